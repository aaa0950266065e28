"""Where, when and how many: transactions, dedupe, limits, progress and dead letters hold in every house."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from ostrov import Backoff, Component, Connection, Ostrov, TaskContext, task
from ostrov.run.tasks import control
from ostrov.run.tasks.run import State
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.testing import working
from ostrov.testing import running

at_once: list[int] = [0, 0]
released: list[asyncio.Event] = []


@task
async def adds(first: int, second: int) -> int:
    return first + second


@task(concurrency=2)
async def at_most_two(number: int) -> int:
    at_once[0] += 1
    at_once[1] = max(at_once)
    await asyncio.sleep(0.03)
    at_once[0] -= 1
    return number


@task(rate="5 per 1 second")
async def five_a_second(number: int) -> int:
    return number


@task(retries=1, backoff=Backoff("fixed", first=0.05, jitter=0))
async def fails_until_mended(context: TaskContext, mended: list[str]) -> str:
    if not released:
        raise ValueError("not mended")
    return "mended"


@task
async def shows_how_far(context: TaskContext) -> None:
    context.progress(0.5, "half")
    await asyncio.sleep(0.6)


component = Component(name="demo", tasks=[adds, at_most_two, five_a_second, fails_until_mended, shows_how_far])
HERE = f"{__name__}:component"


@pytest.fixture(autouse=True)
def fresh() -> None:
    at_once[:] = [0, 0]
    released.clear()


async def rows(application: Ostrov, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return await application.store.read(lambda connection: connection.rows(sql, values))


async def test_many_are_enqueued_in_one_transaction(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        runs = await adds.enqueue_many([{"first": n, "second": n} for n in range(600)])
        for run in runs:
            assert await run.wait(30) == State.SUCCESSFUL
        assert [run.result for run in runs] == [2 * n for n in range(600)]
        assert await rows(application, "SELECT count(*), max(number) FROM task_attempt") == [(600, 1)]


async def test_a_run_is_there_when_the_callers_transaction_commits_and_not_otherwise(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):

        def both(connection: Connection, fails: bool) -> Any:
            run = adds.enqueue_in(connection, 1, 2)
            if fails:
                raise LookupError("the caller thinks better of it")
            return run

        with pytest.raises(LookupError):
            await application.store.write(both, True)
        run = await application.store.write(both, False)
        assert await run.wait(10) == State.SUCCESSFUL
        assert await rows(application, "SELECT id FROM task_finished_run") == [(run.id,)]
        assert await rows(application, "SELECT count(*) FROM task_run") == [(0,)]


async def test_a_run_can_be_enqueued_from_a_thread(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await asyncio.to_thread(adds.enqueue_sync, 3, 4)
        assert await run.wait(10) == State.SUCCESSFUL
        assert run.result == 7


async def test_a_task_can_have_a_process(tmp_path: Path, house: list[str], crew: Any) -> None:
    async with running(tmp_path, ["house_crew:component"], [*house, "tasks.processes=1"]) as application, working(application):
        run = await crew.in_a_process.enqueue(21)
        assert await run.wait(30) == State.SUCCESSFUL
        assert run.result == 42


async def test_a_dedupe_key_has_one_run_at_a_time(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application:
        runs = [await adds.using(dedupe_key="k").enqueue(1, n) for n in range(3)]
        assert [run.created for run in runs] == [True, False, False]
        async with working(application):
            assert await runs[0].wait(10) == State.SUCCESSFUL
            again = await adds.using(dedupe_key="k").enqueue(1, 9)
            assert again.created
            assert await again.wait(10) == State.SUCCESSFUL


async def test_no_more_run_at_a_time_than_the_code_allows(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application), working(application):
        for run in await at_most_two.enqueue_many([{"number": n} for n in range(10)]):
            assert await run.wait(20) == State.SUCCESSFUL
        assert at_once == [0, 2]


async def test_no_more_start_in_a_time_than_the_code_allows(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.poll=0.1"]) as application, working(application):
        for run in await five_a_second.enqueue_many([{"number": n} for n in range(8)]):
            assert await run.wait(20) == State.SUCCESSFUL
        begun = sorted(at for (at,) in await rows(application, "SELECT started_at FROM task_finished_run"))
        assert begun[7] - begun[0] >= 0.55  # five at once, then one each fifth of a second


async def test_dead_runs_are_retried_and_over_ones_replayed(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await fails_until_mended.enqueue([])
        assert await run.wait(10) == State.DEAD
        released.append(asyncio.Event())
        await application.store.write(control.retry, run.id, time.time())
        application.part(open_tasks).engine.knock()
        assert await run.wait(10) == State.SUCCESSFUL
        replayed = await application.store.write(control.replay, run.id, time.time())
        application.part(open_tasks).engine.knock()
        deadline = time.monotonic() + 10
        while (replayed, "successful") not in await rows(application, "SELECT id, state FROM task_finished_run"):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)


async def test_how_far_a_run_is_can_be_seen_while_it_runs(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.poll=0.05"]) as application, working(application):
        run = await shows_how_far.enqueue()
        deadline = time.monotonic() + 10
        while not (found := await rows(application, "SELECT progress FROM task_run WHERE progress IS NOT NULL")):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        assert "half" in found[0][0]
        assert await run.wait(10) == State.SUCCESSFUL
