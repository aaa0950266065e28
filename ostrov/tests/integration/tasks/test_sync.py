"""Callers without an event loop: enqueue, look and wait as the others do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ostrov import Component, Ostrov, task
from ostrov.run.tasks.errors import Refused
from ostrov.run.tasks.run import State
from ostrov.run.tasks.testing import working
from ostrov.testing import running


@task
async def double(number: int) -> int:
    return number * 2


component = Component("demo", tasks=[double])


async def test_a_thread_enqueues_and_waits_for_results(tmp_path: Path, database: list[str]) -> None:
    def call() -> list[int]:
        runs = double.enqueue_many_sync([{"number": number} for number in range(20)])
        runs.append(double.enqueue_sync(20))
        assert {run.wait_sync(20) for run in runs} == {State.SUCCESSFUL}
        return [run.result for run in runs]

    async with running(tmp_path, [f"{__name__}:component"], database) as application, working(application):
        assert await asyncio.to_thread(call) == [number * 2 for number in range(21)]


async def test_waiting_ends_with_the_time_it_was_given(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [f"{__name__}:component"], database):
        run = await asyncio.to_thread(double.enqueue_sync, 1)
        with pytest.raises(TimeoutError, match=f"{run.id} of .*double is still ready after 0.1 s"):
            await asyncio.to_thread(run.wait_sync, 0.1)


async def test_many_are_enqueued_all_or_none(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [f"{__name__}:component"], database) as application:
        with pytest.raises(Refused, match="Expected `int`, got `str` - at"):
            await asyncio.to_thread(double.enqueue_many_sync, [{"number": 1}, {"number": "two"}])
        assert await count(application) == 0


async def count(application: Ostrov) -> int:
    return int(await application.store.read(lambda connection: connection.value("SELECT count(*) FROM task_run")))
