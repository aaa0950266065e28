"""A run is cancelled wherever it stands: waiting, scheduled, blocked, running of each kind, and a workflow with its steps."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ostrov import Component, Ostrov, Run, TaskContext, open_operations, task, workflow
from ostrov.core.errors import Conflict
from ostrov.core.operations.roles import shell_actor
from ostrov.run.tasks.run import State
from ostrov.run.tasks.testing import working
from ostrov.testing import running

SHELL = shell_actor("root")
events: list[str] = []


@task
async def waits(name: str = "it") -> None:
    events.append(f"{name} began")
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        events.append(f"{name} tidied up")
        raise


@task(retries=5)
def loops(context: TaskContext) -> None:
    events.append("thread began")
    while not context.cancel_requested:
        time.sleep(0.01)
    events.append("thread saw it")


@task(concurrency=1)
async def alone(name: str) -> None:
    events.append(f"{name} began")
    await asyncio.sleep(0 if name == "last" else 30)


@workflow
def chain() -> Any:
    return waits.using()("second").after(waits("first"))


component = Component("demo", tasks=[waits, loops, alone, chain])
HERE = f"{__name__}:component"
MODULE = """
import os, time
from ostrov import Component, task

@task(process=True)
def sleeps(file: str) -> None:
    with open(file, "w") as out:
        out.write(str(os.getpid()))
    time.sleep(60)

component = Component(name="cancel_crew", tasks=[sleeps])
"""


@pytest.fixture(autouse=True)
def fresh() -> None:
    events.clear()


@pytest.fixture
def sleepers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "cancel_crew.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield import_module("cancel_crew")
    del sys.modules["cancel_crew"]


async def cancel(application: Ostrov, run: Run[Any]) -> str:
    outcome = await application.part(open_operations).call("tasks.cancel", {"run": run.id}, SHELL, "cli")
    return str(outcome.result)


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.01)


async def until_blocked(*runs: Run[Any]) -> None:
    deadline = time.monotonic() + 20
    while {await run.refresh() for run in runs} != {State.BLOCKED}:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def left(application: Ostrov) -> tuple[int, int]:
    """Runs that are not over, slots that are held."""
    sql = "SELECT (SELECT count(*) FROM task_run), (SELECT count(*) FROM task_semaphore)"
    ((runs, slots),) = await application.store.read(lambda connection: connection.rows(sql))
    return runs, slots


@pytest.mark.parametrize("delay", [0, "1 hour"], ids=["waiting", "scheduled"])
async def test_a_run_that_has_not_begun_is_cancelled_at_once(tmp_path: Path, house: list[str], delay: Any) -> None:
    async with running(tmp_path, [HERE], house) as application:
        run = await waits.using(run_after=delay).enqueue()
        assert await cancel(application, run) == f"run {run.id} is cancelled"
        assert await run.refresh() == State.CANCELLED
        async with working(application):
            assert await left(application) == (0, 0)
        assert events == []


async def test_a_blocked_run_is_cancelled_and_the_next_gets_the_slot(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.poll=30"]) as application, working(application):
        first = await alone.enqueue("first")
        await until(lambda: events == ["first began"])
        blocked, last = await alone.enqueue("blocked"), await alone.enqueue("last")
        await until_blocked(blocked, last)
        assert await cancel(application, blocked) == f"run {blocked.id} is cancelled"
        await cancel(application, first)
        assert await last.wait(20) == State.SUCCESSFUL
        assert await blocked.refresh() == await first.refresh() == State.CANCELLED
        assert events == ["first began", "last began"]
        assert await left(application) == (0, 0)


async def test_a_running_async_task_is_cancelled_and_tidies_up(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.poll=30"]) as application, working(application):
        run = await waits.using(lock_key="k").enqueue()
        await until(lambda: bool(events))
        assert await cancel(application, run) == f"run {run.id} was told to stop"
        assert await run.wait(20) == State.CANCELLED
        assert events == ["it began", "it tidied up"]
        assert await left(application) == (0, 0)


async def test_a_running_thread_is_told_and_not_tried_again(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.poll=30"]) as application, working(application):
        run = await loops.enqueue()
        await until(lambda: bool(events))
        await cancel(application, run)
        assert await run.wait(20) == State.CANCELLED
        await until(lambda: events == ["thread began", "thread saw it"])
        assert await left(application) == (0, 0)


async def test_a_running_process_is_ended(tmp_path: Path, house: list[str], sleepers: Any) -> None:
    file = tmp_path / "pid"
    overrides = [*house, "tasks.poll=30"]
    async with running(tmp_path, ["cancel_crew:component"], overrides) as application, working(application):
        run = await sleepers.sleeps.enqueue(str(file))
        await until(lambda: file.exists() and file.read_text() != "")
        await cancel(application, run)
        assert await run.wait(20) == State.CANCELLED
        assert "its process was ended" in run.error
        await until(lambda: not Path(f"/proc/{file.read_text()}").exists())


async def test_a_workflow_is_cancelled_with_the_steps_that_run_and_those_that_wait(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.poll=30"]) as application, working(application):
        run = await chain.enqueue()
        await until(lambda: events == ["first began"])
        await cancel(application, run)
        assert await run.wait(20) == State.CANCELLED
        assert events == ["first began", "first tidied up"]
        sql = "SELECT step, state FROM task_finished_run WHERE root_id = ? ORDER BY step"
        steps = await application.store.read(lambda connection: connection.rows(sql, (run.id,)))
        assert steps == [("waits", "cancelled"), ("waits_2", "cancelled")]
        assert await left(application) == (0, 0)


async def test_a_run_that_is_over_is_not_cancelled(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application:
        run = await waits.enqueue()
        await cancel(application, run)
        with pytest.raises(Conflict, match="is cancelled already"):
            await cancel(application, run)
