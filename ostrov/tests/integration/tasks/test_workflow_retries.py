"""A workflow with `retries` runs what failed of it again by itself, with what follows, and nothing that was successful."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from ostrov import Backoff, Component, Ostrov, Run, approval, run_tasks, task, workflow
from ostrov.run.tasks import control
from ostrov.run.tasks.run import State
from ostrov.run.tasks.workflows.approvals import decide, pending
from ostrov.testing import running

NOW = Backoff("fixed", first=0, jitter=0)
fails: dict[str, int] = {}
ran: list[str] = []


def go(name: str) -> None:
    ran.append(name)
    if fails.get(name, 0) > 0:
        fails[name] -= 1
        raise OSError(f"{name} is broken")


@task
async def extract() -> list[int]:
    go("extract")
    return [1, 2, 3]


@task
async def double(number: int) -> int:
    go(f"double {number}")
    return number * 2


@task
async def load(rows: list[int]) -> int:
    go("load")
    return sum(rows)


@task
async def tidy() -> None:
    go("tidy")


@workflow(retries=2, backoff=NOW)
def etl() -> Any:
    return load(double.map(extract()))


@workflow(retries=1, backoff=Backoff("fixed", first="10 minutes", jitter=0))
def patient() -> Any:
    return extract()


@workflow(retries=3, backoff=NOW)
def handled() -> Any:
    tidy().after_failure(extract())


@workflow(retries=3, backoff=NOW)
def asks() -> Any:
    approval("Go on?")


@workflow(retries=50, backoff=NOW)
def never() -> Any:
    return double.map(load([1]))


@workflow
def outer() -> Any:
    return load(double.map(etl.using(retries=1)()))


component = Component("demo", tasks=[__name__])
HERE = f"{__name__}:component"


@pytest.fixture(autouse=True)
def fresh() -> None:
    fails.clear()
    ran.clear()


async def ended(application: Ostrov, run: Run[Any]) -> State:
    await run_tasks(application)
    return await run.refresh()


async def test_what_failed_is_run_again_and_what_was_successful_is_not(tmp_path: Path, database: list[str]) -> None:
    fails.update({"double 2": 1, "load": 1})
    async with running(tmp_path, [HERE], database) as application:
        run = await etl.enqueue()
        assert await ended(application, run) == State.SUCCESSFUL
        assert run.result == 12
        assert ran == ["extract", "double 1", "double 2", "double 3", "double 2", "load", "load"]


async def test_a_workflow_out_of_retries_is_dead_with_its_reason_and_may_be_retried_by_hand(
    tmp_path: Path, database: list[str]
) -> None:
    fails["load"] = 4
    async with running(tmp_path, [HERE], database) as application:
        run = await etl.enqueue()
        assert await ended(application, run) == State.DEAD
        assert ran.count("load") == 3
        assert "OSError: load is broken" in run.error
        await application.store.write(control.retry, run.id, time.time())
        assert await ended(application, run) == State.SUCCESSFUL, "with all its retries anew"


async def test_the_back_off_is_kept(tmp_path: Path, database: list[str]) -> None:
    fails["extract"] = 1
    async with running(tmp_path, [HERE], database) as application:
        run = await patient.enqueue()
        assert await ended(application, run) == State.BLOCKED
        assert await run_tasks(application, ahead="9 minutes") == 0
        assert await run_tasks(application, ahead="11 minutes") == 1
        assert await run.refresh() == State.SUCCESSFUL


async def test_a_failure_that_the_workflow_handles_is_no_reason(tmp_path: Path, database: list[str]) -> None:
    fails["extract"] = 5
    async with running(tmp_path, [HERE], database) as application:
        assert await ended(application, await handled.enqueue()) == State.SUCCESSFUL
        assert ran == ["extract", "tidy"]


async def test_what_a_person_has_ended_is_not_begun_again(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        run = await asks.enqueue()
        assert await ended(application, run) == State.BLOCKED
        ((step, *_),) = await application.store.read(pending)
        await application.store.write(decide, step, False, "ann", "no", time.time())
        assert await run.refresh() == State.DEAD


async def test_what_always_fails_ends(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        run = await never.enqueue()
        assert await ended(application, run) == State.DEAD
        assert "map fans out over a list" in run.error


async def test_a_step_that_was_cancelled_before_it_began_is_given_its_arguments_when_it_is_retried(
    tmp_path: Path, database: list[str]
) -> None:
    async with running(tmp_path, [HERE], database) as application:
        run = await etl.enqueue()
        await run_tasks(application, limit=1)
        sql = "SELECT id FROM task_run WHERE step = 'load'"
        step = await application.store.read(lambda connection: connection.value(sql))
        await application.store.write(control.cancel, step, time.time())
        assert await ended(application, run) == State.DEAD
        await application.store.write(control.retry, step, time.time())
        assert await ended(application, run) == State.SUCCESSFUL
        assert run.result == 12


async def test_a_workflow_within_another_has_retries_of_its_own(tmp_path: Path, database: list[str]) -> None:
    fails["extract"] = 2
    async with running(tmp_path, [HERE], database) as application:
        run = await outer.enqueue()
        assert await ended(application, run) == State.DEAD
        assert ran == ["extract", "extract"]
