"""The ledger without a worker: starts are compare-and-set, every write back is fenced, reaping is idempotent."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ostrov import Component, Connection, Ostrov, task
from ostrov.run.tasks import reaper, roster
from ostrov.run.tasks.claim import Claimed, claim
from ostrov.run.tasks.finish import finish
from ostrov.run.tasks.liveness import this_process
from ostrov.run.tasks.outcome import Ended, Ending, Outcome, decide
from ostrov.testing import running


@task(retries=3)
async def quick(name: str = "") -> str:
    return name


component = Component(name="demo", tasks=[quick])
HERE = f"{__name__}:component"


async def take(application: Ostrov, worker: str, room: int = 10) -> list[Claimed]:
    now = time.time()
    return await application.store.write(claim, worker, (), room, now, now + 30)


def ended(run: Claimed, ending: Ending = Ending.SUCCESSFUL, **more: Any) -> Outcome:
    now = time.time()
    return decide(run, Ended(ending, **more), now, now, quick.options.backoff)


async def rows(application: Ostrov, sql: str) -> list[tuple[Any, ...]]:
    return await application.store.read(lambda connection: connection.rows(sql))


async def test_a_run_is_started_once(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await quick.enqueue_many([{"name": "a"}] * 5)
        first, second = await take(application, "w1", 3), await take(application, "w2", 3)
        assert (len(first), len(second)) == (3, 2)
        assert {run.id for run in first}.isdisjoint({run.id for run in second})
        assert {run.attempt for run in first + second} == {1}
        assert await take(application, "w1") == []


async def test_another_worker_cannot_write_back_the_same_attempt(tmp_path: Path, database: list[str]) -> None:
    """A run that was given back and started elsewhere has the same attempt number there."""
    async with running(tmp_path, [HERE], database) as application:
        await quick.enqueue("a")
        (first,) = await take(application, "w1")
        await application.store.write(finish, "w1", [ended(first, Ending.UNSTARTED)])
        (second,) = await take(application, "w2")
        assert second.attempt == first.attempt == 1
        late = ended(first)
        assert await application.store.write(finish, "w1", [late]) == [late]
        assert await rows(application, "SELECT state, worker_id FROM task_run") == [("running", "w2")]
        assert await rows(application, "SELECT count(*) FROM task_attempt") == [(0,)]
        assert await application.store.write(finish, "w2", [ended(second)]) == []
        assert await rows(application, "SELECT state, worker_id FROM task_finished_run") == [("successful", "w2")]


async def test_a_worker_cannot_write_back_an_older_attempt_of_its_own(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await quick.enqueue("a")
        (first,) = await take(application, "w1")
        await application.store.write(finish, "w1", [ended(first, Ending.INTERRUPTED)])
        (second,) = await take(application, "w1")
        late, now = ended(first, Ending.FAILED, retriable=False), ended(second)
        assert await application.store.write(finish, "w1", [late, now]) == [late]
        told = await rows(application, "SELECT number, outcome FROM task_attempt ORDER BY number")
        assert told == [(1, "interrupted"), (2, "successful")]


async def test_an_outcome_is_written_once_however_often_it_is_sent(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await quick.enqueue("a")
        (run,) = await take(application, "w1")
        outcome = ended(run, error=None)
        assert await application.store.write(finish, "w1", [outcome]) == []
        assert await application.store.write(finish, "w1", [outcome]) == [outcome]
        assert await rows(application, "SELECT count(*) FROM task_finished_run") == [(1,)]


async def test_a_failed_attempt_waits_for_its_backoff(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await quick.enqueue("a")
        (run,) = await take(application, "w1")
        began = time.time()
        await application.store.write(finish, "w1", [ended(run, Ending.FAILED, error="no", traceback="trace")])
        ((state, due, failures, reason),) = await rows(application, "SELECT state, run_after, failures, reason FROM task_run")
        assert (state, failures, reason) == ("scheduled", 1, "no")
        assert began + 3.9 < due < time.time() + 6.1
        assert await take(application, "w1") == []


async def test_a_cancellation_that_crosses_a_failure_holds(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await quick.enqueue("a")
        (run,) = await take(application, "w1")
        await application.store.write(lambda c: c.execute("UPDATE task_run SET cancel_requested = 1"))
        await application.store.write(finish, "w1", [ended(run, Ending.FAILED)])
        assert await rows(application, "SELECT state FROM task_finished_run") == [("cancelled",)]


async def test_reaping_twice_is_reaping_once(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        now = time.time()

        def enter(connection: Connection, worker: str, **changes: Any) -> None:
            identity = this_process()._replace(**changes)
            roster.add(connection, worker, identity, now, (), 1, 1, "")

        await application.store.write(enter, "gone", started="1")
        await application.store.write(enter, "here")
        await application.store.write(enter, "far", boot_id="another machine", pid=1)
        await quick.enqueue_many([{"name": "a"}] * 3)
        for worker in ("gone", "here", "far"):
            assert len(await take(application, worker, 1)) == 1
        missing = await application.store.read(reaper.missing, now)
        assert missing == (["gone"], [], [])
        assert len(await application.store.write(reaper.reap, missing, now, 5)) == 1
        assert await application.store.write(reaper.reap, missing, now, 5) == []
        assert await rows(application, "SELECT state, worker_id FROM task_run ORDER BY worker_id IS NULL, worker_id") == [
            ("running", "far"),
            ("running", "here"),
            ("ready", None),
        ]
        later = await application.store.read(reaper.missing, now + 31)
        assert sorted(later.lapsed) == ["far", "here"]


async def test_due_runs_are_claimed_in_the_order_of_priority_and_age_within_their_queues(
    tmp_path: Path, database: list[str]
) -> None:
    async with running(tmp_path, [HERE], database) as application:
        for name, queue, priority in (("a", "x", 0), ("b", "x", 0), ("c", "y", 0), ("d", "y", 9), ("e", "z", -1)):
            await quick.using(queue=queue, priority=priority).enqueue(name)
        order = [run.arguments[9] for run in await take(application, "w1")]
        assert order == ["d", "a", "b", "c", "e"]  # b and c are both the second of their queue; b is older
