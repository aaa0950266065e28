"""Results are kept for as long as `keep_result` says; the run's history stays."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from ostrov import Component, Connection, Ostrov, Run, run_tasks, task, workflow
from ostrov.run.tasks import control
from ostrov.run.tasks.errors import NotATask, ResultExpired
from ostrov.run.tasks.history import detail
from ostrov.run.tasks.prune import expire
from ostrov.run.tasks.run import State
from ostrov.run.tasks.testing import working
from ostrov.testing import running

fails: list[bool] = []


@task(keep_result="1 hour")
async def makes(number: int = 1) -> list[int]:
    return [number]


@task(keep_result=0)
async def ignored() -> list[int]:
    return [3]


@task
async def kept() -> int:
    return 4


@task
async def total(rows: list[int], more: list[list[int]]) -> int:
    if fails:
        raise ValueError("not today")
    return sum(rows) + sum(map(sum, more))


@workflow
def adds() -> Any:
    rows = ignored()
    return total(rows, makes.using(keep_result=0).map(rows))


@workflow
def pairs() -> Any:
    return total(ignored(), [makes.using(keep_result=0)()])


component = Component("demo", tasks=[makes, ignored, kept, total, adds, pairs])
HERE = f"{__name__}:component"


@pytest.fixture(autouse=True)
def fresh() -> None:
    fails.clear()


async def stored(application: Ostrov, run: Run[Any]) -> str | None:
    sql = "SELECT result FROM task_finished_run WHERE id = ?"
    found: str | None = await application.store.read(lambda connection: connection.value(sql, (run.id,)))
    return found


async def retry_step(application: Ostrov, name: str) -> None:
    def again(connection: Connection) -> None:
        run_id = connection.value("SELECT id FROM task_finished_run WHERE step = ?", (name,))
        control.retry(connection, run_id, time.time())

    await application.store.write(again)


async def let_pass(application: Ostrov) -> None:
    """The time for which results are kept."""
    await application.store.write(lambda c: c.execute("UPDATE task_finished_run SET result_until = result_until - 7200"))


async def test_a_result_is_there_until_its_time_and_then_says_that_it_has_expired(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        async with working(application):
            run = await makes.enqueue()
            assert await run.wait(10) == State.SUCCESSFUL
        assert run.result == [1]
        await application.store.write(expire, time.time())
        await run.refresh()
        assert run.result == [1]
        await let_pass(application)
        assert await run.refresh() == State.SUCCESSFUL, "the history stays"
        with pytest.raises(ResultExpired, match=f"result of run {run.id} of .*makes has expired"):
            _ = run.result
        found = await application.store.read(detail, run.id)
        assert found is not None
        assert found.run.expired


async def test_an_expired_result_is_dropped_in_small_batches_and_the_rest_stays(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        runs = [*await makes.enqueue_many([{}] * 3), await makes.using(keep_result="1 day").enqueue(), await kept.enqueue()]
        await run_tasks(application)
        await let_pass(application)
        assert await application.store.write(expire, time.time()) == 3
        assert await application.store.write(expire, time.time()) == 0
        assert [await stored(application, run) for run in runs] == ["", "", "", "[1]", "4"]
        found = await application.store.read(detail, runs[0].id)
        assert found is not None
        assert len(found.attempts) == 1


async def test_a_result_that_is_not_kept_is_never_written(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        run, other = await ignored.enqueue(), await kept.using(keep_result=0).enqueue()
        async with working(application):
            for one in (run, other):
                assert await one.wait(10) == State.SUCCESSFUL
                assert await stored(application, one) == ""
                with pytest.raises(ResultExpired):
                    _ = one.result


async def test_a_step_is_given_the_results_of_those_before_it_whatever_is_kept(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        run = await adds.enqueue()
        for _ in range(6):
            await run_tasks(application, limit=1)
            await application.store.write(expire, time.time() + 60)
        assert await run.refresh() == State.SUCCESSFUL
        assert run.result == 6
        sql = "SELECT step FROM task_finished_run WHERE result = '' ORDER BY step"
        gone = [step for (step,) in await application.store.read(lambda connection: connection.rows(sql))]
        assert gone == ["ignored", "makes", "makes[0]"], "once the workflow is over"


async def test_a_step_that_was_given_its_arguments_can_be_retried_when_they_have_expired(
    tmp_path: Path, database: list[str]
) -> None:
    async with running(tmp_path, [HERE], database) as application:
        fails.append(True)
        run = await adds.enqueue()
        await run_tasks(application)
        assert await run.refresh() == State.DEAD
        await application.store.write(expire, time.time() + 60)
        fails.clear()
        await application.store.write(control.retry, run.id, time.time())
        await run_tasks(application)
        assert await run.refresh() == State.SUCCESSFUL
        assert run.result == 6


async def test_a_step_that_needs_a_result_which_has_expired_names_the_step_to_retry(
    tmp_path: Path, database: list[str]
) -> None:
    async with running(tmp_path, [HERE], database) as application:
        run = await pairs.enqueue()
        await run_tasks(application)
        await application.store.write(expire, time.time() + 60)
        for name, state in (("ignored", State.DEAD), ("makes", State.SUCCESSFUL)):
            await retry_step(application, name)
            await run_tasks(application)
            assert await run.refresh() == state
            if state is State.DEAD:
                assert "the result of step makes has expired: retry that step" in run.error
        assert run.result == 4


async def test_a_replay_keeps_what_was_asked_of_the_run(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        run = await kept.using(keep_result=0).enqueue()
        await run_tasks(application)
        await application.store.write(control.replay, run.id, time.time())
        await run_tasks(application)
        sql = "SELECT result FROM task_finished_run"
        assert await application.store.read(lambda connection: connection.rows(sql)) == [("",), ("",)]


def test_a_time_that_is_none_is_refused_where_it_stands() -> None:
    with pytest.raises(NotATask, match="keep_result=-1"):
        task(keep_result=-1)(lambda: None)
