"""A worker's slots follow its load, and its row says how many there are."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import pytest

from ostrov import Component, Ostrov, task
from ostrov.run.tasks import overview, slots
from ostrov.run.tasks.testing import working
from ostrov.testing import running

blocking: list[float] = []


@task
async def rests() -> None:
    for seconds in blocking:
        time.sleep(seconds)  # noqa: ASYNC251 — what holds up the loop of its worker
    await asyncio.sleep(0.2)


component = Component("demo", tasks=[rests])


@pytest.fixture(autouse=True)
def fast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocking.clear()
    monkeypatch.setattr(slots, "EVERY", 0.1)
    monkeypatch.setattr(slots, "TICK", 0.02)
    monkeypatch.setattr(slots, "STAT", tmp_path / "no processors to look at")


async def shown(application: Ostrov) -> int:
    (row,) = await application.store.read(overview.workers, time.time(), 30.0)
    return row.slots


async def until_shown(application: Ostrov, number: int) -> None:
    deadline = time.monotonic() + 30
    while await shown(application) != number:
        assert time.monotonic() < deadline, f"slots never were {number}"
        await asyncio.sleep(0.02)


async def test_a_worker_takes_more_runs_while_they_wait_and_fewer_when_it_is_held_up(
    tmp_path: Path, database: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ostrov.tasks")
    settings = [*database, "tasks.slots=6", "tasks.slots_min=2"]
    async with running(tmp_path, [f"{__name__}:component"], settings) as application, working(application) as worker:
        await until_shown(application, 2)
        await rests.enqueue_many([{} for _ in range(2000)])
        await until_shown(application, 6)
        assert worker.runner.slots == 6
        assert len(worker.runner.hands) <= 6
        blocking.append(0.3)
        await until_shown(application, 2)
        blocking.clear()
        worker.stop()
    told = [record.getMessage() for record in caplog.records if record.getMessage().startswith("slots ")]
    assert told[0] == "slots 2 → 3: runs wait, and there is room for more"
    assert any("its loop is late by 0." in line for line in told)


async def test_without_a_lowest_number_all_slots_are_used(tmp_path: Path) -> None:
    async with running(tmp_path, [f"{__name__}:component"], ["tasks.slots=6"]) as application, working(application) as worker:
        assert worker.runner.slots == 6
        assert await shown(application) == 6
