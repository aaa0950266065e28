"""Moving between engines loses no run."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostrov import Component, task
from ostrov.core.errors import Conflict
from ostrov.run.tasks.move import move
from ostrov.run.tasks.run import State
from ostrov.run.tasks.testing import working
from ostrov.testing import running


@task
async def quick(number: int) -> int:
    return number


component = Component(name="demo", tasks=[quick])
HERE = f"{__name__}:component"
EVERYTHING = [("successful", 1)] * 20


def engine_of(house: list[str]) -> str:
    return next((entry.split("=")[1] for entry in house if entry.startswith("tasks.engine")), "embedded")


async def test_what_waits_in_a_broker_runs_after_a_move_to_the_embedded_engine(tmp_path: Path, house: list[str]) -> None:
    if engine_of(house) == "embedded":
        pytest.skip("it is the embedded engine")
    async with running(tmp_path, [HERE], house) as application:
        await quick.enqueue_many([{"number": n} for n in range(19)])
        await quick.using(run_after=0.2).enqueue(19)
        told = await move.function(application, "embedded")
        assert "no run is lost (not over: 19 ready, 1 scheduled)" in told
        assert "tasks.engine=embedded" in told
    stays = [entry for entry in house if not entry.startswith("tasks.")]
    async with running(tmp_path, [HERE], stays) as application, working(application):
        await all_over(application)


async def test_what_waits_in_the_ledger_runs_after_a_move_to_an_engine_with_a_broker(tmp_path: Path, house: list[str]) -> None:
    if engine_of(house) == "embedded":
        pytest.skip("it is the embedded engine")
    stays = [entry for entry in house if not entry.startswith("tasks.")]
    async with running(tmp_path, [HERE], stays) as application:
        await quick.enqueue_many([{"number": n} for n in range(20)])
        told = await move.function(application, engine_of(house))
        assert f"set tasks.engine={engine_of(house)} and tasks.broker" in told
    async with running(tmp_path, [HERE], house) as application, working(application):
        await all_over(application)


async def test_nothing_moves_while_workers_are_at_work(tmp_path: Path, house: list[str]) -> None:
    other = "taskiq" if engine_of(house) == "embedded" else "embedded"
    async with running(tmp_path, [HERE], house) as application, working(application):
        with pytest.raises(Conflict, match="1 workers are at work"):
            await move.function(application, other)


async def all_over(application: object) -> None:
    import asyncio
    import time

    from ostrov import Ostrov

    assert isinstance(application, Ostrov)
    deadline = time.monotonic() + 20
    sql = "SELECT state, attempt FROM task_finished_run"
    while len(found := await application.store.read(lambda connection: connection.rows(sql))) < 20:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.02)
    assert found == [(str(State.SUCCESSFUL), 1)] * 20
