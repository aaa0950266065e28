"""Workflows and schedules are the ledger's: every engine brings their runs alike."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from ostrov import Component, Ostrov, approval, otherwise, task, when, workflow
from ostrov.core.store import Connection
from ostrov.run.tasks import control
from ostrov.run.tasks.run import Run, State
from ostrov.run.tasks.scheduler import Scheduler
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.testing import working
from ostrov.run.tasks.workflows.approvals import decide, pending
from ostrov.testing import running

HERE = f"{__name__}:component"
broken: set[str] = set()
ran: list[str] = []


@task
async def beans(count: int) -> list[int]:
    return list(range(1, count + 1))


@task
def grind(bean: int) -> int:
    ran.append(f"grind {bean}")
    if "grinder" in broken and bean == 2:
        raise OSError("the grinder is stuck")
    return bean * 10


@task
async def brew(grounds: list[int], water: str = "cold") -> str:
    ran.append("brew")
    return f"{sum(grounds)} g with {water} water"


@task
async def say(text: str) -> str:
    ran.append(f"say {text}")
    return text


@task
async def waits() -> None:
    await asyncio.sleep(30)


@task(every=0.25)
async def ticks() -> None:
    ran.append("tick")


@workflow
def coffee(count: int) -> Any:
    grounds = grind.map(beans(count))
    say("call the mechanic").after_failure(grounds)
    return brew(grounds, water="hot")


@workflow
def kind(sort: str) -> Any:
    asked = say(sort)
    with when(asked, equals="raf"):
        sweet = say("with coconut")
    with otherwise(asked):
        bitter = say("black")
    return say.using(priority=3)("served").after_any(sweet, bitter)


@workflow
def breakfast() -> Any:
    cup = coffee(2)
    return [cup, say.using(queue="mail")("bread").after(cup)]


@workflow
def tasted() -> Any:
    return say("sold").after(approval("Is it good?"))


@workflow
def slow() -> Any:
    return say("after").after(waits())


component = Component(name="cafe", tasks=[beans, grind, brew, say, waits, ticks, coffee, kind, breakfast, tasted, slow])


@pytest.fixture(autouse=True)
def afresh() -> None:
    broken.clear()
    ran.clear()


async def ended(run: Run[Any]) -> State:
    return await run.wait(30)


async def steps(application: Ostrov, root: str) -> dict[str, str]:
    """The state of each step that is over."""

    def read(connection: Connection) -> dict[str, str]:
        return dict(connection.rows("SELECT step, state FROM task_finished_run WHERE root_id = ?", (root,)))

    return await application.store.read(read)


async def test_results_go_through_a_fan_out_a_fan_in_and_a_workflow_within(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await breakfast.enqueue()
        assert await ended(run) == State.SUCCESSFUL
        assert run.result == ["30 g with hot water", "bread"]
        assert sorted(ran) == ["brew", "grind 1", "grind 2", "say bread"]


async def test_a_branch_is_taken_and_the_other_is_skipped(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        assert await ended(await kind.enqueue("raf")) == State.SUCCESSFUL
        assert ran == ["say raf", "say with coconut", "say served"]


async def test_a_failed_step_has_its_alarm_and_is_retried_with_what_follows(tmp_path: Path, house: list[str]) -> None:
    broken.add("grinder")
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await coffee.enqueue(3)
        assert await ended(run) == State.SUCCESSFUL  # the alarm answers for it
        assert "say call the mechanic" in ran
        assert "brew" not in ran
        broken.clear()
        stuck = "SELECT id FROM task_finished_run WHERE root_id = ? AND state = 'dead' AND step LIKE 'grind[%'"
        dead = await application.store.read(lambda connection: connection.value(stuck, (run.id,)))
        await application.store.write(control.retry, dead, time.time())
        application.part(open_tasks).engine.knock()
        assert await ended(run) == State.SUCCESSFUL
        assert (ran.count("grind 1"), ran.count("grind 2"), ran.count("brew")) == (1, 2, 1)


async def test_a_manual_step_waits_for_a_person(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await tasted.enqueue()
        deadline = time.monotonic() + 20
        while not (waiting := await application.store.read(pending)):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        assert ran == []
        await application.store.write(decide, waiting[0][0], True, "ostrov", "sweet", time.time())
        application.part(open_tasks).engine.knock()
        assert await ended(run) == State.SUCCESSFUL
        assert ran == ["say sold"]


async def test_a_cancelled_workflow_starts_no_more_steps(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await slow.enqueue()
        begun = "SELECT count(*) FROM task_run WHERE state = 'running' AND root_id = ?"
        deadline = time.monotonic() + 20
        while not await application.store.read(lambda connection: connection.value(begun, (run.id,))):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        await application.store.write(control.cancel, run.id, time.time())
        application.part(open_tasks).engine.knock()
        assert await ended(run) == State.CANCELLED
        assert ran == []
        assert set((await steps(application, run.id)).values()) == {"cancelled"}


async def test_ticks_of_a_schedule_run(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        scheduler = Scheduler(application)
        await scheduler.declare()
        deadline = time.monotonic() + 30
        while ran.count("tick") < 3:
            assert time.monotonic() < deadline, "the ticks do not run"
            await asyncio.sleep(min(await scheduler.fire_due(), 0.02))
