"""What came of a run: what a task enqueued, the elements of a map, the steps of a workflow; and where a run belongs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ostrov import Component, Ostrov, run_tasks, task, workflow
from ostrov.run.tasks import family, history
from ostrov.run.tasks.family import Child, children
from ostrov.run.tasks.workflows.history import graph_of
from ostrov.testing import running


@task
async def lays(eggs: int) -> int:
    for number in range(eggs):
        await hatches.enqueue(number)
    return eggs


@task
async def hatches(number: int) -> int:
    if number == 2:
        raise ValueError("an empty egg")
    return number


@workflow
def brood(eggs: int) -> object:
    return hatches.map(list(range(eggs)))


component = Component(name="nest", tasks=[lays, hatches, brood])
HERE = f"{__name__}:component"


async def born(application: Ostrov, run_id: str) -> list[Child]:
    found = await application.store.read(history.detail, run_id)
    assert found is not None
    return await application.store.read(children, found.run, time.time())


async def test_the_runs_that_a_task_enqueued_are_found_the_failed_first(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        mother = await lays.enqueue(4)
        await run_tasks(application, limit=1)
        other = await lays.enqueue(1)
        await run_tasks(application)
        found = await born(application, mother.id)
        assert [child.state for child in found] == ["dead", "successful", "successful", "successful"]
        assert found[0].error == "ValueError: an empty egg"
        assert len(await born(application, other.id)) == 1
        assert await born(application, found[0].id) == []
        assert await born(application, (await lays.enqueue(1)).id) == []


async def test_elements_and_steps_are_found_by_their_workflow(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        root = await brood.enqueue(5)
        await run_tasks(application)
        (step,) = await born(application, root.id)
        assert step.step == "hatches"
        assert [child.step for child in await born(application, step.id)] == [f"hatches[{n}]" for n in (2, 0, 1, 3, 4)]
        graph = await application.store.read(graph_of, root.id)
        found = await application.store.read(history.detail, graph.steps[1].id)
        assert found is not None
        assert (found.run.root_id, found.run.parent_id, found.run.step) == (root.id, step.id, "hatches[0]")


async def test_no_more_are_looked_at_or_shown_than_a_page_can_bear(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, [HERE], database) as application:
        mother = await lays.enqueue(6)
        await run_tasks(application)
        monkeypatch.setattr(family, "MOST", 4)
        assert len(await born(application, mother.id)) == 4
        monkeypatch.setattr(family, "LOOKED", 3)
        assert len(await born(application, mother.id)) == 3


async def test_runs_are_filtered_by_trace(tmp_path: Path, database: list[str]) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    async with running(tmp_path, [HERE], database) as application:
        traced, other = await hatches.enqueue(1), await hatches.enqueue(3)
        sql = "UPDATE task_run SET trace = ? WHERE id = ?"
        await application.store.write(lambda c: c.execute(sql, (f"00-{trace}-00f067aa0ba902b7-01", traced.id)))
        await application.store.write(lambda c: c.execute(sql, (f"00-{trace[::-1]}-00f067aa0ba902b7-01", other.id)))
        found = await application.store.read(history.runs, history.Filter(trace=trace))
        assert [(run.id, run.trace_id) for run in found.runs] == [(traced.id, trace)]


async def test_runs_are_filtered_by_the_worker_that_had_them(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        ours, other = await hatches.enqueue(1), await hatches.enqueue(3)
        await run_tasks(application)
        sql = "UPDATE task_finished_run SET worker_id = ? WHERE id = ?"
        await application.store.write(lambda c: c.many(sql, [("w1", ours.id), ("w2", other.id)]))
        found = await application.store.read(history.runs, history.Filter(worker="w1"))
        assert [run.id for run in found.runs] == [ours.id]
