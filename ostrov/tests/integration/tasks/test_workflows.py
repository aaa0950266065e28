"""Workflows: graphs of tasks in the ledger."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from ostrov import Backoff, Component, Ostrov, approval, otherwise, run_tasks, task, when, workflow
from ostrov.core.errors import Conflict, NotFound
from ostrov.run.tasks import control
from ostrov.run.tasks.claim import claim
from ostrov.run.tasks.errors import NotATask, Refused
from ostrov.run.tasks.finish import finish
from ostrov.run.tasks.outcome import Ended, Ending
from ostrov.run.tasks.outcome import decide as decide_outcome
from ostrov.run.tasks.run import State
from ostrov.run.tasks.scheduler import Scheduler
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.testing import working
from ostrov.run.tasks.workflows.approvals import decide, pending
from ostrov.run.tasks.workflows.graph import BadWorkflow
from ostrov.run.tasks.workflows.history import WorkflowFilter, graph_of, workflow_names, workflow_runs
from ostrov.run.tasks.workflows.steps import expansion
from ostrov.testing import running

broken: set[str] = set()
ran: list[str] = []


@task
async def extract(count: int = 3) -> list[int]:
    ran.append("extract")
    return list(range(count))


@task
async def double(number: int, by: int = 2) -> int:
    ran.append(f"double {number}")
    if f"double {number}" in broken:
        raise ValueError(f"cannot double {number}")
    return number * by


@task
def add(numbers: list[int]) -> int:
    ran.append("add")
    return sum(numbers)


@task(retries=1, backoff=Backoff("fixed", first=0, jitter=0))
async def load(what: Any = None) -> str:
    ran.append("load")
    if "load" in broken:
        raise OSError("the store is closed")
    return f"loaded {what}"


@task
async def alarm(text: str) -> str:
    ran.append(f"alarm {text}")
    return "rung"


@task
async def tidy() -> str:
    ran.append("tidy")
    return "tidied"


@task
async def kind_of(number: int) -> str:
    return "odd" if number % 2 else "even"


@task
async def name(text: str) -> str:
    ran.append(f"name {text}")
    return text


@task
async def join(left: str | None, right: str | None) -> str:
    ran.append("join")
    return f"{left} {right}"


@workflow(version="2")
def etl(count: int = 3) -> Any:
    rows = extract(count)
    parts = double.map(rows, by=10)
    total = add(parts)
    return {"total": total, "rows": rows}


@workflow
def careful() -> Any:
    loaded = load("all")
    alarm("load failed").after_failure(loaded)
    tidy().after_any(loaded)
    return loaded


@workflow
def branches(number: int) -> Any:
    kind = kind_of(number)
    with when(kind, equals="odd"):
        left = name("odd one")
    with otherwise(kind):
        right = name("even one")
    return join(left, right).trigger("any")


@workflow
def outer(count: int) -> Any:
    inner = etl(count)
    return name.using(priority=5)("done").after(inner)


@workflow
def asks() -> Any:
    asked = approval("Publish?")
    return load(asked)


@workflow(schedule="@daily")
def nightly() -> None:
    tidy()


@workflow
def circle() -> None:
    first, second, third = name("a"), name("b"), name("c")
    second.after(first)
    third.after(second)
    first.after(third)


@workflow
def decides(count: int = 1) -> None:
    if extract(count):
        tidy()


@workflow
def wrong() -> None:
    double("many")


@workflow
def over_a_word() -> None:
    double.map(name("word"))


component = Component("demo", tasks=[__name__])


@pytest.fixture(autouse=True)
def fresh() -> None:
    broken.clear()
    ran.clear()


def opened(tmp_path: Path, database: list[str]) -> Any:
    return running(tmp_path, [f"{__name__}:component"], database)


async def rows(application: Ostrov, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return await application.store.read(lambda connection: connection.rows(sql, values))


async def states(application: Ostrov, root: str) -> dict[str, str]:
    """The state of each step of a run."""
    sql = "SELECT step, state FROM task_run WHERE root_id = ? UNION SELECT step, state FROM task_finished_run WHERE root_id = ?"
    return dict(await rows(application, sql, root, root))


async def test_results_go_from_step_to_step_through_fan_out_and_fan_in(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        run = await etl.enqueue(4)
        await run_tasks(application)
        assert await run.refresh() is State.SUCCESSFUL
        assert run.result == {"total": 60, "rows": [0, 1, 2, 3]}
        assert (await states(application, run.id))["double[3]"] == "successful"
        assert await rows(application, "SELECT version, kind FROM task_finished_run WHERE id = ?", run.id) == [
            ("2", "workflow")
        ]


async def test_a_map_over_nothing_gives_nothing(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        run = await etl.enqueue(0)
        await run_tasks(application)
        await run.refresh()
        assert run.result == {"total": 0, "rows": []}


async def test_a_waiting_workflow_holds_no_slot(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [f"{__name__}:component"], [*database, "tasks.slots=1"]) as application, working(application):
        runs = [await outer.enqueue(5) for _ in range(5)]
        for run in runs:
            assert await run.wait(30) is State.SUCCESSFUL


async def test_a_failed_step_takes_its_alarm_and_fails_no_workflow_that_answers_it(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        broken.add("load")
        run = await careful.enqueue()
        await run_tasks(application)
        assert await run.refresh() is State.SUCCESSFUL
        assert run.result is None
        assert await states(application, run.id) == {"load": "dead", "alarm": "successful", "tidy": "successful"}
        assert ran == ["load", "load", "alarm load failed", "tidy"]


async def test_without_a_failure_there_is_no_alarm(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        run = await careful.enqueue()
        await run_tasks(application)
        await run.refresh()
        assert run.result == "loaded all"
        assert await states(application, run.id) == {"load": "successful", "alarm": "skipped", "tidy": "successful"}


@pytest.mark.parametrize(
    ("number", "taken", "skipped", "result"), [(1, "name", "name_2", "odd one None"), (2, "name_2", "name", "None even one")]
)
async def test_a_branch_is_taken_and_the_other_skipped_and_they_join(
    tmp_path: Path, database: list[str], number: int, taken: str, skipped: str, result: str
) -> None:
    async with opened(tmp_path, database) as application:
        run = await branches.enqueue(number)
        await run_tasks(application)
        await run.refresh()
        assert run.result == result
        told = await states(application, run.id)
        assert (told[taken], told[skipped], told["join"]) == ("successful", "skipped", "successful")


async def test_what_waits_for_a_failed_step_is_skipped_and_the_workflow_says_which_failed(
    tmp_path: Path, database: list[str]
) -> None:
    async with opened(tmp_path, database) as application:
        broken.add("double 1")
        run = await etl.enqueue(3)
        await run_tasks(application)
        assert await run.refresh() is State.DEAD
        assert run.error == "step double is dead: 1 of 3 failed, double[1] first: ValueError: cannot double 1"
        assert (await states(application, run.id))["add"] == "skipped"


async def test_a_workflow_is_a_step_of_another(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        run = await outer.enqueue(2)
        await run_tasks(application)
        await run.refresh()
        assert (run.status, run.result) == (State.SUCCESSFUL, "done")
        assert await states(application, run.id) == {"etl": "successful", "name": "successful"}


async def test_a_cycle_is_refused_where_the_run_is_asked_for(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        with pytest.raises(BadWorkflow, match="cycle: name → name_2 → name_3 → name"):
            await circle.enqueue()
        with pytest.raises(BadWorkflow, match="the result of step extract is not known"):
            await decides.enqueue()
        with pytest.raises(Refused, match="argument number"):
            await wrong.enqueue()
        assert await rows(application, "SELECT count(*) FROM task_run") == [(0,)]
    with pytest.raises(NotATask, match="not run by calling it"):
        etl()


async def test_two_parents_that_end_at_once_start_their_child_once(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application, working(application), working(application):
        runs = [await etl.enqueue(8) for _ in range(10)]
        for run in runs:
            assert await run.wait(30) is State.SUCCESSFUL
        assert ran.count("add") == 10


async def step_id(application: Ostrov, root: str, step: str) -> str:
    one = "SELECT id FROM {} WHERE root_id = ? AND step = ?"
    sql = f"{one.format('task_run')} UNION {one.format('task_finished_run')}"
    ((found,),) = await rows(application, sql, root, step, root, step)
    return str(found)


async def test_a_manual_step_waits_for_a_person_and_hands_on_who_it_was(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        run = await asks.enqueue()
        await run_tasks(application)
        assert await run.refresh() is State.BLOCKED
        ((step, root, text, _),) = await application.store.read(pending)
        assert (root, text) == (run.id, "Publish?")
        await application.store.write(decide, step, True, "ann", "looks well", time.time())
        with pytest.raises(NotFound, match="no approval"):
            await application.store.write(decide, step, True, "bob", "", time.time())
        await run_tasks(application)
        await run.refresh()
        assert run.result == "loaded {'by': 'ann', 'reason': 'looks well'}"


async def test_a_rejected_manual_step_fails_the_workflow_and_names_who_and_why(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        run = await asks.enqueue()
        await run_tasks(application)
        ((step, _, _, _),) = await application.store.read(pending)
        await application.store.write(decide, step, False, "bob", "on a Friday", time.time())
        assert await run.refresh() is State.DEAD
        assert run.error == "step approval is dead: rejected by bob: on a Friday"


async def test_a_retried_step_takes_its_descendants_along_and_the_workflow_ends_well(
    tmp_path: Path, database: list[str]
) -> None:
    async with opened(tmp_path, database) as application:
        broken.add("double 1")
        run = await etl.enqueue(3)
        await run_tasks(application)
        assert await run.refresh() is State.DEAD
        broken.clear()
        ran.clear()
        await application.store.write(control.retry, await step_id(application, run.id, "double[1]"), time.time())
        assert await run.refresh() is State.BLOCKED
        await run_tasks(application)
        assert await run.refresh() is State.SUCCESSFUL
        assert run.result == {"total": 30, "rows": [0, 1, 2]}
        assert ran == ["double 1", "add"]


async def test_retrying_a_workflow_runs_what_failed_of_it_and_nothing_else(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        broken.update({"double 0", "double 2"})
        run = await outer.enqueue(3)
        await run_tasks(application)
        assert await run.refresh() is State.DEAD
        broken.clear()
        ran.clear()
        await application.store.write(control.retry, run.id, time.time())
        await run_tasks(application)
        assert await run.refresh() is State.SUCCESSFUL
        assert sorted(ran) == ["add", "double 0", "double 2", "name done"]


async def test_a_successful_step_that_is_retried_fans_out_anew(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        run = await etl.enqueue(3)
        await run_tasks(application)
        ran.clear()
        await application.store.write(control.retry, await step_id(application, run.id, "extract"), time.time())
        await run_tasks(application)
        assert await run.refresh() is State.SUCCESSFUL
        assert run.result == {"total": 30, "rows": [0, 1, 2]}
        assert ran == ["extract", "double 0", "double 1", "double 2", "add"]
        assert len(await states(application, run.id)) == 6


async def test_a_skipped_step_is_not_retried_by_itself(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        run = await careful.enqueue()
        await run_tasks(application)
        with pytest.raises(Conflict, match="was skipped"):
            await application.store.write(control.retry, await step_id(application, run.id, "alarm"), time.time())


async def test_a_cancelled_workflow_starts_no_more_steps(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        run = await etl.enqueue(3)
        await run_tasks(application, limit=2)
        assert await application.store.write(control.cancel, run.id, time.time()) is State.CANCELLED
        assert await run_tasks(application) == 0
        assert await run.refresh() is State.CANCELLED
        assert await rows(application, "SELECT count(*) FROM task_run") == [(0,)]
        await application.store.write(control.retry, run.id, time.time())
        await run_tasks(application)
        assert await run.refresh() is State.SUCCESSFUL


async def test_versions_of_a_workflow_go_side_by_side(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        old = await etl.enqueue(2)
        await run_tasks(application, limit=1)
        new = workflow(name=etl.name, version="3")(lambda count=3: load("the new way"))
        application.part(open_tasks).registry[etl.name] = new
        young = await new.enqueue(2)
        await run_tasks(application)
        await old.refresh()
        await young.refresh()
        assert (old.result, young.result) == ({"total": 10, "rows": [0, 1]}, "loaded the new way")
        sql = "SELECT version FROM task_finished_run WHERE kind = 'workflow' ORDER BY id"
        assert await rows(application, sql) == [("2",), ("3",)]


async def test_a_workflow_runs_by_the_clock(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        scheduler = Scheduler(application)
        await scheduler.declare()
        due = "UPDATE task_schedule SET next_tick = ? WHERE key = ?"
        await application.store.write(lambda c: c.execute(due, (time.time() - 1, nightly.name)))
        await scheduler.fire_due()
        await run_tasks(application)
        found = await application.store.read(workflow_runs, WorkflowFilter(workflow=nightly.name))
        assert [(run.state, run.task) for run in found.runs] == [("successful", nightly.name)]


async def test_the_list_and_the_graph_show_what_is_there(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        first, second = await etl.enqueue(1), await careful.enqueue()
        await run_tasks(application)
        page = await application.store.read(workflow_runs, WorkflowFilter(), 1)
        assert [run.id for run in page.runs] == [second.id]
        page = await application.store.read(workflow_runs, WorkflowFilter(before=page.older), 1)
        assert ([run.id for run in page.runs], page.older) == ([first.id], "")
        assert await application.store.read(workflow_names) == sorted([etl.name, careful.name])
        graph = await application.store.read(graph_of, second.id)
        assert [(step.step, step.state) for step in graph.steps] == [
            *(("load", "successful"), ("alarm", "skipped"), ("tidy", "successful"))
        ]
        assert sorted((edge.condition, edge.met) for edge in graph.edges) == [("always", 1), ("failure", 0)]


async def test_a_map_over_what_is_no_list_says_so(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        run = await over_a_word.enqueue()
        await run_tasks(application)
        assert await run.refresh() is State.DEAD
        assert run.error == 'step double is dead: map fans out over a list, and number is "word"'


async def test_a_workflow_that_is_cancelled_while_it_builds_its_graph_starts_no_step(
    tmp_path: Path, database: list[str]
) -> None:
    async with opened(tmp_path, database) as application:
        run = await etl.enqueue(3)
        now = time.time()
        (claimed,) = await application.store.write(claim, "w1", (), 1, now, now + 60)
        await application.store.write(control.cancel, run.id, now)
        outcome = decide_outcome(claimed, Ended(Ending.SUCCESSFUL), now, now)
        registry = application.part(open_tasks).registry
        outcome.expansion = expansion(etl.graph(3), run.id, registry.__getitem__, now)
        await application.store.write(finish, "w1", [outcome])
        assert await run.refresh() is State.CANCELLED
        assert await rows(application, "SELECT count(*) FROM task_run") == [(0,)]


async def test_a_workflow_keeps_its_lock_until_its_steps_are_over(tmp_path: Path, database: list[str]) -> None:
    async with opened(tmp_path, database) as application:
        first = await etl.using(lock_key="warehouse").enqueue(2)
        second = await etl.using(lock_key="warehouse").enqueue(2)
        await run_tasks(application, limit=3)
        assert (await first.refresh(), await second.refresh()) == (State.BLOCKED, State.BLOCKED)
        assert await states(application, second.id) == {}
        await run_tasks(application)
        assert (await first.refresh(), await second.refresh()) == (State.SUCCESSFUL, State.SUCCESSFUL)
