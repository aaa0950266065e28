"""Callers without an event loop: enqueue, look and wait as the others do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ostrov import Component, NotFound, Ostrov, task, workflow
from ostrov.run.tasks.errors import Refused, RunFailed
from ostrov.run.tasks.run import FINISHED, State
from ostrov.run.tasks.testing import working
from ostrov.testing import running


@task
async def double(number: int) -> int:
    return number * 2


@task
async def fails() -> int:
    raise ValueError("it is broken")


@task(timeout=0.1)
async def takes_long() -> None:
    await asyncio.sleep(30)


@workflow
def twice(number: int) -> Any:
    return double(double(number))


component = Component("demo", tasks=[double, fails, takes_long, twice])


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


async def test_a_run_that_fails_is_waited_for_and_its_result_says_why(tmp_path: Path, database: list[str]) -> None:
    def call() -> None:
        run, late = fails.enqueue_sync(), takes_long.enqueue_sync()
        with pytest.raises(RunFailed, match="is ready"):
            _ = run.result
        assert (run.wait_sync(20), run.error) == (State.DEAD, "ValueError: it is broken")
        with pytest.raises(RunFailed, match=f"run {run.id} of .*fails is dead\ncause: ValueError: it is broken"):
            _ = run.result
        assert (late.wait_sync(20), late.error) == (State.DEAD, "out of time after 0.1 s")

    async with running(tmp_path, [f"{__name__}:component"], database) as application, working(application):
        await asyncio.to_thread(call)


async def test_a_workflow_is_waited_for_from_a_thread(tmp_path: Path, database: list[str]) -> None:
    def call() -> int:
        run = twice.enqueue_sync(3)
        assert run.wait_sync(20) == State.SUCCESSFUL
        return int(run.result)

    async with running(tmp_path, [f"{__name__}:component"], database) as application, working(application):
        assert await asyncio.to_thread(call) == 12


async def test_the_end_of_a_workflow_is_told_to_those_who_wait(tmp_path: Path, database: list[str]) -> None:
    """It ends in the ledger, with its last step, and not in a worker's hands."""
    async with running(tmp_path, [f"{__name__}:component"], database) as application, working(application):
        with application.channel.subscribe([FINISHED], limit=1000) as mailbox:
            run, told = await twice.enqueue(3), b""
            async with asyncio.timeout(20):
                while run.id.encode() not in told:
                    told += b"".join(message.body for message in await mailbox.take(20))


async def test_a_run_whose_history_was_pruned_cannot_be_waited_for(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [f"{__name__}:component"], database) as application:
        run = await asyncio.to_thread(double.enqueue_sync, 1)
        await application.store.write(lambda connection: connection.execute("DELETE FROM task_run"))
        with pytest.raises(NotFound, match=f"there is no run {run.id}"):
            await asyncio.to_thread(run.wait_sync, 5)


async def test_many_are_enqueued_all_or_none(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [f"{__name__}:component"], database) as application:
        with pytest.raises(Refused, match="Expected `int`, got `str` - at"):
            await asyncio.to_thread(double.enqueue_many_sync, [{"number": 1}, {"number": "two"}])
        assert await count(application) == 0


async def count(application: Ostrov) -> int:
    return int(await application.store.read(lambda connection: connection.value("SELECT count(*) FROM task_run")))
