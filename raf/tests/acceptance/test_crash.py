"""Raf as people run it, killed by SIGKILL in parts and as a whole under use: the short form of bench/raf/kill_loop.py."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[3] / "bench" / "raf"))

from crash.loop import Loop  # type: ignore[import-not-found]

KILLS = 8


@pytest.mark.long
def test_nothing_acknowledged_is_lost_halved_or_doubled_whatever_is_killed(tmp_path: Path, database: list[str]) -> None:
    loop = Loop(tmp_path, database, people=4, say=print)
    row = asyncio.run(loop.run(KILLS, every=4, rebuild_every=8))
    assert loop.findings == []
    assert row["kills"] == KILLS
    assert row["facts"] > 100
    assert row["files"] > 5
    assert row["mentions"] > 1
