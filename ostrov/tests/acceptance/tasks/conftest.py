"""Real worker processes for the tests of this room."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the tasks, under the name that worker processes know it by."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    yield import_module("crew")
    del sys.modules["crew"]


class Room:
    """What tests of real processes look at."""

    @staticmethod
    async def until(condition: Callable[[], Any], seconds: float = 20.0) -> float:
        """Wait for a condition; the seconds it took."""
        begun = time.monotonic()
        while not condition():
            assert time.monotonic() < begun + seconds, "it did not come about in time"
            await asyncio.sleep(0.01)
        return time.monotonic() - begun

    @staticmethod
    def notes(folder: Path) -> list[str]:
        """What the tasks of all processes have noted."""
        return [line for file in folder.glob("*.txt") for line in file.read_text().splitlines()]

    @staticmethod
    def alive(pid: int) -> bool:
        """Whether a process runs."""
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except OSError:
            return False

    @staticmethod
    def children(pid: int) -> list[int]:
        """The child processes of a process."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[1]) == pid:
                    found.append(int(name))
        return found


@pytest.fixture
def room() -> Room:
    return Room()
