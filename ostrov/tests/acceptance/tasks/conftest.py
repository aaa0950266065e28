"""Real worker processes for the tests of this room."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

WORKER = """
import asyncio, json, logging, signal, sys
from pathlib import Path
sys.path[:0] = json.loads(sys.argv[3])
logging.basicConfig(level=logging.INFO)
from ostrov import Ostrov
from ostrov.run.tasks.worker import Worker

async def main():
    application = Ostrov.open(Path(sys.argv[1]), json.loads(sys.argv[2]), environ={})
    await application.channel.start()
    worker = Worker(application)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run(lambda: print("ready", flush=True))
    await application.close()

asyncio.run(main())
"""


class WorkerProcess:
    """A worker in a process of its own."""

    def __init__(self, root: Path, overrides: list[str], log: Path) -> None:
        paths = [entry for entry in sys.path if entry]
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", WORKER, str(root), json.dumps(overrides), json.dumps(paths)],
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_ready(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the tasks, under the name that worker processes know it by."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    yield import_module("crew")
    del sys.modules["crew"]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[..., WorkerProcess]]:
    """Start a worker process for the project in `tmp_path`; all are ended after the test."""
    started: list[WorkerProcess] = []

    def start(overrides: list[str], *, ready: bool = True) -> WorkerProcess:
        worker = WorkerProcess(tmp_path, overrides, tmp_path / "workers.log")
        started.append(worker)
        if ready:
            worker.wait_ready()
        return worker

    yield start
    for worker in started:
        worker.close()


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
