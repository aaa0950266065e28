"""Faults around a worker: a database that goes away, a machine that sleeps, a ledger that refuses."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from ostrov import Component, Connection, Ostrov, StoreIntegrity, run_tasks, task
from ostrov.run.tasks.run import State
from ostrov.run.tasks.testing import working
from ostrov.testing import running

begun: list[str] = []
TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"


@task
async def waits(seconds: float) -> str:
    begun.append("waits")
    await asyncio.sleep(seconds)
    return "done"


@task
async def quick(name: str = "") -> str:
    return name


component = Component(name="demo", tasks=[waits, quick])
HERE = f"{__name__}:component"


@pytest.fixture(autouse=True)
def fresh() -> None:
    begun.clear()


async def until(condition: Any, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.01)


async def rows(application: Ostrov, sql: str) -> list[tuple[Any, ...]]:
    return await application.store.read(lambda connection: connection.rows(sql))


@pytest.mark.server("postgresql")
async def test_a_worker_outlives_the_loss_of_its_connections(tmp_path: Path) -> None:
    import psycopg

    server, name = os.environ["OSTROV_TEST_POSTGRES"], f"t{os.getpid()}_{time.time_ns() % 10**6}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE SCHEMA {name}")
        try:
            url = f"{server}?application_name={name}&options=-csearch_path%3D{name}"
            overrides = ["db.engine=postgresql", f"db.url={url}"]
            async with running(tmp_path, [HERE], overrides) as application, working(application):
                run = await waits.enqueue(0.5)
                await until(lambda: begun)
                for _ in range(3):
                    admin.execute(TERMINATE, [name])
                    await asyncio.sleep(0.1)
                deadline = time.monotonic() + 20
                done: list[Any] = []
                while not done:
                    assert time.monotonic() < deadline
                    found = f"SELECT state, attempt FROM {name}.task_finished_run WHERE id = %s"
                    done = admin.execute(found, [run.id]).fetchall()
                    await asyncio.sleep(0.05)
                assert done == [("successful", 1)]
        finally:
            admin.execute(f"DROP SCHEMA {name} CASCADE")


async def test_a_worker_that_was_held_up_keeps_what_it_has_in_hand(tmp_path: Path, database: list[str]) -> None:
    """After a sleep of the machine every lease is over: the worker renews its own before it looks for lost runs."""
    async with running(tmp_path, [HERE], [*database, "tasks.poll=0.1"]) as application, working(application):
        run = await waits.enqueue(0.6)
        await until(lambda: begun)
        await application.store.write(lambda c: c.execute("UPDATE task_run SET lease_until = ?", (time.time() - 100,)))
        assert await run.wait(5) == State.SUCCESSFUL
        assert await rows(application, "SELECT number, outcome FROM task_attempt") == [(1, "successful")]
        assert begun == ["waits"]


async def test_a_claim_that_was_lost_with_its_commit_is_found_again(tmp_path: Path, database: list[str]) -> None:
    """The ledger says this worker runs it, the worker does not know of it: when the lease ends it is run."""
    async with (
        running(tmp_path, [HERE], [*database, "tasks.poll=0.1"]) as application,
        working(application, ["other"]) as worker,
    ):
        run = await quick.enqueue("x")
        await application.store.write(
            lambda c: c.execute(
                "UPDATE task_run SET state = 'running', attempt = 1, started_at = ?, worker_id = ?, lease_until = ?",
                (time.time(), worker.id, time.time() + 0.3),
            )
        )
        deadline = time.monotonic() + 5
        while await run.refresh() != State.READY:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        assert await rows(application, "SELECT outcome FROM task_attempt") == [("lost",)]
        assert await run_tasks(application) == 1


async def test_an_outcome_that_cannot_be_written_does_not_hold_up_the_others(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        first, second = await quick.enqueue("a"), await quick.enqueue("b")

        def occupy(connection: Connection) -> None:
            connection.execute(
                "INSERT INTO task_finished_run (id, task, queue, priority, state, arguments, created_at, run_after,"
                " max_attempts, attempt, failures, losses, finished_at)"
                " VALUES (?, 'x', 'x', 0, 'dead', '{}', 0, 0, 1, 1, 0, 0, 0)",
                (first.id,),
            )

        await application.store.write(occupy)
        async with working(application) as worker:
            assert await second.wait(5) == State.SUCCESSFUL
            await until(lambda: not worker.runner.hands)
        assert await rows(application, "SELECT id, state FROM task_run") == [(first.id, "running")]
        with pytest.raises(StoreIntegrity):
            await application.store.write(occupy)
