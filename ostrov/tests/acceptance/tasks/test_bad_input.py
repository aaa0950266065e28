"""What people get wrong with tasks: a clear error where they stand, in the code and at the command line, and the run is kept
and goes on once it is mended."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ostrov import Ostrov, Run
from ostrov.core.errors import OstrovError
from ostrov.run.tasks.errors import NotATask, Refused
from ostrov.run.tasks.run import State
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.testing import working
from ostrov.run.tasks.workflows.graph import BadWorkflow
from ostrov.testing import running

MODULE = """
from ostrov import Component, task, workflow

SIZE = 2_000_000
ROUND = True

@task
async def weighs(grams: int) -> int:
    return grams

@task
async def bakes() -> str:
    return "x" * SIZE

@workflow
def goes_round():
    first, second = weighs(1), weighs(2)
    second.after(first)
    if ROUND:
        first.after(second)
    return second

component = Component(name="pantry", tasks=[weighs, bakes, goes_round])
"""
CRON = """
from ostrov import task

@task(cron="61 10 * * *")
async def never() -> None: ...
"""
Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def pantry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "pantry.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield import_module("pantry")
    del sys.modules["pantry"]


@pytest.fixture
def ostrov(tmp_path: Path, database: list[str]) -> Shell:
    """The command line on the project in `tmp_path`, in a process of its own."""

    def call(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "PYTHONPATH": str(tmp_path / "modules"), "OSTROV_OVERRIDES": json.dumps(database)}
        command = [sys.executable, "-m", "ostrov.cli", "--project", str(tmp_path), *words]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback (most recent call last)" not in done.stderr
        return done

    return call


async def until(run: Run[Any], state: State) -> None:
    deadline = time.monotonic() + 20
    while await run.refresh() != state:
        assert time.monotonic() < deadline, f"it is {run.status}: {run.error}"
        await asyncio.sleep(0.02)


async def runs(application: Ostrov) -> int:
    sql = "SELECT (SELECT count(*) FROM task_run) + (SELECT count(*) FROM task_finished_run)"
    return int(await application.store.read(lambda connection: connection.value(sql)))


async def shown(ostrov: Shell, run: Run[Any]) -> dict[str, Any]:
    """What `ostrov tasks show` says of a run."""
    told: dict[str, Any] = json.loads((await asyncio.to_thread(ostrov, "--json", "tasks", "show", run.id)).stdout)
    return told


async def retry(ostrov: Shell, run: Run[Any]) -> None:
    await asyncio.to_thread(ostrov, "tasks", "retry", run.id)


async def test_an_argument_that_cannot_be_carried_is_refused_by_name_and_nothing_is_enqueued(
    tmp_path: Path, database: list[str], pantry: Any
) -> None:
    async with running(tmp_path, ["pantry:component"], database) as application:
        for wrong, reason in [
            ({1, 2}, "got `array` - at `.*grams`"),
            ("a lot", "Expected `int`, got `str`"),
            (object(), "cannot be carried"),
        ]:
            with pytest.raises(Refused, match=reason):
                await pantry.weighs.enqueue(wrong)
            with pytest.raises(Refused, match=reason):
                await pantry.weighs.enqueue_many([{"grams": 1}, {"grams": wrong}])
        with pytest.raises(Refused, match="it takes no argument 'kilos'; it takes grams"):
            await pantry.weighs.enqueue(kilos=1)
        assert await runs(application) == 0


async def test_a_run_of_a_task_that_a_worker_does_not_know_waits_for_one_that_does(
    tmp_path: Path, database: list[str], pantry: Any, ostrov: Shell
) -> None:
    async with running(tmp_path, ["pantry:component"], database) as application:
        registry = application.part(open_tasks).registry
        newer = registry.pop(pantry.weighs.name)
        run = await pantry.weighs.enqueue(7)
        async with working(application):
            await until(run, State.SCHEDULED)
        told = await shown(ostrov, run)
        assert "this worker knows no task 'pantry.weighs'" in told["error"]
        assert told["attempt"] == 0
        registry[newer.name] = newer
        await retry(ostrov, run)
        async with working(application):
            await until(run, State.SUCCESSFUL)


async def test_a_run_whose_task_was_removed_is_kept_and_goes_on_when_the_task_is_back(
    tmp_path: Path, database: list[str], pantry: Any, ostrov: Shell
) -> None:
    async with running(tmp_path, ["pantry:component"], database) as application:
        run = await pantry.weighs.enqueue(7)
        file = tmp_path / "modules" / "pantry.py"
        file.write_text(MODULE.replace("weighs, bakes, goes_round]", "bakes]"))
        missing = await asyncio.to_thread(ostrov, "tasks", "run-now", "pantry.weighs", code=1)
        assert "there is no task 'pantry.weighs'" in missing.stderr
        assert "it was removed or renamed" in missing.stderr
        assert (await shown(ostrov, run))["arguments"] == '{"grams":7}'
        file.write_text(MODULE)
        async with working(application):
            await until(run, State.SUCCESSFUL)
        assert run.result == 7


async def test_a_result_that_is_too_large_is_named_and_the_run_can_be_retried_when_it_is_mended(
    tmp_path: Path, database: list[str], pantry: Any, ostrov: Shell
) -> None:
    async with running(tmp_path, ["pantry:component"], database) as application, working(application):
        run = await pantry.bakes.using(retries=5).enqueue()
        await until(run, State.DEAD)
        told = await shown(ostrov, run)
        assert "the result of pantry.bakes takes 2000002 bytes, tasks.largest allows 1048576" in told["error"]
        assert "store the data and return its id" in told["error"]
        assert told["attempt"] == 1, "trying again would not help"
        pantry.SIZE = 10
        await retry(ostrov, run)
        await until(run, State.SUCCESSFUL)
        assert run.result == "x" * 10


async def test_a_cycle_in_a_workflow_is_refused_where_it_is_enqueued(
    tmp_path: Path, database: list[str], pantry: Any, ostrov: Shell
) -> None:
    async with running(tmp_path, ["pantry:component"], database) as application:
        with pytest.raises(BadWorkflow, match="has a cycle: weighs → weighs_2 → weighs"):
            await pantry.goes_round.enqueue()
        told = await asyncio.to_thread(ostrov, "tasks", "run-now", "pantry.goes_round", code=2)
        assert "→" in told.stderr
        assert await runs(application) == 0


async def test_a_cycle_that_comes_after_it_was_enqueued_is_told_and_the_run_can_be_retried(
    tmp_path: Path, database: list[str], pantry: Any, ostrov: Shell
) -> None:
    async with running(tmp_path, ["pantry:component"], database) as application, working(application):
        pantry.ROUND = False
        run = await pantry.goes_round.using(run_after=0.3).enqueue()
        pantry.ROUND = True
        await until(run, State.DEAD)
        assert "→" in (await shown(ostrov, run))["error"]
        pantry.ROUND = False
        await retry(ostrov, run)
        await until(run, State.SUCCESSFUL)
        assert run.result == 2


async def test_a_cron_line_that_cannot_be_read_is_refused_where_it_stands(
    tmp_path: Path, database: list[str], pantry: Any, ostrov: Shell
) -> None:
    with pytest.raises(NotATask, match="cron '61 10") as told:
        exec(CRON, {"__name__": "pantry"})
    assert "such as 30 10" in told.value.tip
    async with running(tmp_path, ["pantry:component"], database) as application:
        run = await pantry.weighs.using(run_after="1 hour").enqueue(7)
        (tmp_path / "modules" / "pantry.py").write_text(CRON + MODULE)
        wrong = await asyncio.to_thread(ostrov, "tasks", "list", code=1)
        assert "task pantry.never: cron '61 10 * * *' cannot be read" in wrong.stderr
        assert "tip: write minute, hour" in wrong.stderr
        (tmp_path / "modules" / "pantry.py").write_text(MODULE)
        assert (await shown(ostrov, run))["state"] == "scheduled"
        assert await runs(application) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('cron="0 0 30 2 *"', "Bad day-of-month"),
        ('cron="@sometimes"', "cannot be read"),
        ('cron="* * * * *", timezone="Mars/Olympus"', "there is no time zone 'Mars/Olympus'"),
        ("every=0", "every=0 is not a length of time"),
        ('every="soon"', "is not a length of time"),
        ("timeout=0", "timeout=0 is not a length of time"),
        ("retries=-1", "retries=-1 is not a number of times"),
    ],
)
def test_an_option_that_cannot_be_is_refused_where_it_stands(line: str, reason: str) -> None:
    with pytest.raises(OstrovError, match=reason):
        exec(f"from ostrov import task\n@task({line})\ndef job(): ...", {"__name__": "pantry"})
