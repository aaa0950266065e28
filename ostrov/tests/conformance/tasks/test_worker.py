"""A worker: every kind of task, what becomes of failures, and how it stops."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ostrov import Backoff, Component, Ostrov, Retry, Run, TaskContext, task
from ostrov.run.tasks import control
from ostrov.run.tasks.engines.remote import RemoteEngine
from ostrov.run.tasks.run import State
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.testing import working
from ostrov.run.tasks.worker import Worker
from ostrov.testing import running

SOON = Backoff("fixed", first=0.05, jitter=0)
log = logging.getLogger("demo")
started: list[Any] = []


@task
async def on_the_loop(number: int) -> int:
    await asyncio.sleep(0)
    return number + 1


@task
def in_a_thread(number: int) -> int:
    time.sleep(0.01)
    return number + 2


@task(retries=2, backoff=SOON)
async def third_time_lucky(context: TaskContext) -> int:
    if context.attempt < 3:
        raise ValueError(f"not yet: {context.attempt}")
    return context.attempt


@task(retries=5, retry_on=KeyError, backoff=SOON)
async def fails(name: str) -> None:
    raise {"key": KeyError("k"), "value": ValueError("v")}[name]


@task(retries=1)
async def asks_for_more(context: TaskContext) -> str:
    if context.attempt == 1:
        raise Retry("come back", after=0.05)
    return "thanks"


@task(timeout=0.2)
async def sleeps() -> None:
    await asyncio.sleep(30)


@task(timeout="200 ms")
def sleeps_in_a_thread(context: TaskContext) -> None:
    while not context.cancel_requested:
        time.sleep(0.01)
    started.append("thread saw it")


@task
async def leaves() -> None:
    sys.exit(3)


@task
async def waits(seconds: float = 30.0) -> str:
    started.append("waits")
    await asyncio.sleep(seconds)
    return "done"


@task
def waits_in_a_thread(seconds: float = 30.0) -> str:
    started.append("thread waits")
    time.sleep(seconds)
    return "done"


@task
def blinks(number: int) -> None: ...


@task
async def marks(name: str) -> None:
    started.append(name)


@task
async def returns(what: str) -> object:
    return {"set": {1}, "object": object(), "large": "x" * 2_000_000, "nothing": None}[what]


@task
async def babbles() -> None:
    for number in range(100):
        log.warning("line %d", number)
    started.append("babbling")
    await asyncio.sleep(1)
    for number in range(100, 200):
        log.warning("line %d", number)


@task
async def talks(context: TaskContext) -> None:
    log.warning("first %s", 1)
    context.progress(0.25, "quarter")
    await asyncio.sleep(0)
    log.error("second \0 \ud800")


component = Component(
    name="demo",
    tasks=[
        *(on_the_loop, in_a_thread, third_time_lucky, fails, asks_for_more, sleeps, sleeps_in_a_thread, leaves),
        *(waits, waits_in_a_thread, marks, returns, talks, babbles, blinks),
    ],
)
HERE = f"{__name__}:component"


@pytest.fixture(autouse=True)
def fresh() -> None:
    started.clear()


async def until(condition: Any, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.01)


async def rows(application: Ostrov, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return await application.store.read(lambda connection: connection.rows(sql, values))


async def attempts(application: Ostrov, run: Run[Any]) -> list[tuple[Any, ...]]:
    return await rows(application, "SELECT number, outcome, error FROM task_attempt WHERE run_id = ? ORDER BY number", run.id)


async def test_every_kind_of_task_returns_its_result(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        first, second = await on_the_loop.enqueue(1), await in_a_thread.enqueue(1)
        for run in (first, second):
            assert await run.wait(20) == State.SUCCESSFUL
        assert (first.result, second.result) == (2, 3)


async def test_a_failed_run_is_tried_again_until_it_succeeds(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await third_time_lucky.enqueue()
        assert await run.wait(10) == State.SUCCESSFUL
        assert run.result == 3
        told = await attempts(application, run)
        assert [row[:2] for row in told] == [(1, "failed"), (2, "failed"), (3, "successful")]
        assert told[0][2] == "ValueError: not yet: 1"


async def test_a_run_out_of_attempts_is_dead_with_its_traceback(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await fails.using(retries=1).enqueue("key")
        assert await run.wait(10) == State.DEAD
        assert len(await attempts(application, run)) == 2
        ((trace,),) = await rows(application, "SELECT traceback FROM task_attempt WHERE run_id = ? AND number = 2", run.id)
        assert "in fails" in trace
        assert "run/tasks/runner.py" not in trace


async def test_only_the_errors_named_are_tried_again(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await fails.enqueue("value")
        assert await run.wait(10) == State.DEAD
        assert len(await attempts(application, run)) == 1


async def test_a_task_may_say_when_it_wants_to_be_tried_again(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await asks_for_more.enqueue()
        assert await run.wait(3) == State.SUCCESSFUL  # the task's own backoff would be 5 s


async def test_an_attempt_out_of_time_is_ended(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application) as worker:
        runs = [await sleeps.enqueue(), await sleeps_in_a_thread.enqueue()]
        for run in runs:
            assert await run.wait(20) == State.DEAD
            ((_, outcome, error),) = await attempts(application, run)
            assert outcome == "timeout"
            assert "out of time after" in error
        await until(lambda: "thread saw it" in started)
        assert not worker.runner.hands


async def test_a_thread_that_does_not_stop_costs_no_thread(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.threads=1"]) as application, working(application):
        stuck = await waits_in_a_thread.using().enqueue(3.0)
        await until(lambda: "thread waits" in started)
        await application.store.write(control.cancel, stuck.id, time.time())
        application.part(open_tasks).engine.knock()
        assert await stuck.wait(5) == State.CANCELLED
        assert "runs on" in stuck.error
        other = await in_a_thread.enqueue(1)
        assert await other.wait(2) == State.SUCCESSFUL


async def test_a_task_that_exits_does_not_end_its_worker(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await leaves.enqueue()
        assert await run.wait(5) == State.DEAD
        assert run.error == "SystemExit: 3"
        assert await (await on_the_loop.enqueue(1)).wait(5) == State.SUCCESSFUL


async def test_a_result_that_cannot_be_kept_kills_the_run_with_the_reason(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        runs = {what: await returns.using(retries=3).enqueue(what) for what in ("object", "large", "nothing")}
        for run in runs.values():
            await run.wait(10)
        assert runs["object"].status == State.DEAD
        assert "cannot be kept" in runs["object"].error
        assert "tasks.largest" in runs["large"].error
        assert runs["nothing"].result is None


async def test_what_a_run_logs_is_kept_with_it(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await talks.enqueue()
        await run.wait(5)
        kept = await rows(application, "SELECT level, logger, message FROM task_log WHERE run_id = ? ORDER BY number", run.id)
        assert kept == [("WARNING", "demo", "first 1"), ("ERROR", "demo", "second � \\ud800")]


async def test_of_a_run_that_logs_much_the_first_and_the_last_lines_are_kept(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.log_lines=5", "tasks.poll=0.05"]) as application:
        async with working(application):
            run = await babbles.enqueue()
            await until(lambda: started)
            deadline = time.monotonic() + 5
            while not await rows(application, "SELECT 1 FROM task_log"):
                assert time.monotonic() < deadline, "the log of a running run is not shown"
                await asyncio.sleep(0.02)
            await run.wait(10)
        kept = await rows(application, "SELECT message FROM task_log ORDER BY number")
        assert [int(message.split()[1]) for (message,) in kept] == [*range(5), *range(195, 200)]


async def test_a_running_run_is_cancelled(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.poll=30"]) as application, working(application):
        run = await waits.enqueue()
        await until(lambda: started)
        assert await application.store.write(control.cancel, run.id, time.time()) == State.RUNNING
        application.part(open_tasks).engine.knock()
        assert await run.wait(10) == State.CANCELLED
        assert await rows(application, "SELECT count(*) FROM task_run") == [(0,)]


async def test_a_waiting_run_is_cancelled_at_once(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application:
        run = await waits.using(run_after="1 hour").enqueue()
        assert await application.store.write(control.cancel, run.id, time.time()) == State.CANCELLED
        assert await run.refresh() == State.CANCELLED


async def told(application: Ostrov, runs: int) -> None:
    """Until the broker, if there is one, has the ids of so many runs."""
    engine = application.part(open_tasks).engine
    if isinstance(engine, RemoteEngine):
        deadline = time.monotonic() + 10
        while await engine.call(engine.depth()) < runs:
            assert time.monotonic() < deadline, "the broker is not told"
            await asyncio.sleep(0.01)


async def test_higher_priority_first_then_the_older(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.slots=1"]) as application:
        runs = [await marks.using(priority=priority).enqueue(name) for name, priority in [("a", 0), ("b", 5), ("c", 0)]]
        await told(application, 3)
        async with working(application):
            for run in runs:
                await run.wait(5)
        assert started == ["b", "a", "c"]


async def test_a_full_queue_does_not_starve_another(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.slots=2"]) as application:
        await marks.using(queue="bulk").enqueue_many([{"name": "bulk"} for _ in range(50)])
        last = await marks.using(queue="mail").enqueue("mail")
        await told(application, 51)
        async with working(application):
            await last.wait(5)
        assert started.index("mail") < 10


async def test_a_worker_serves_the_queues_it_is_given(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application, ["mail"]):
        other = await marks.enqueue("default")
        mine = await marks.using(queue="mail").enqueue("mail")
        assert await mine.wait(5) == State.SUCCESSFUL
        assert await other.refresh() == State.READY


async def test_a_paused_queue_rests_until_it_is_resumed(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.poll=30"]) as application, working(application):
        await application.store.write(control.pause, "default", True, time.time())
        run = await marks.enqueue("x")
        with pytest.raises(TimeoutError):
            await run.wait(0.3)
        await application.store.write(control.pause, "default", False, time.time())
        application.part(open_tasks).engine.knock()
        assert await run.wait(10) == State.SUCCESSFUL


async def test_a_delayed_run_starts_when_it_is_due(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.poll=30"]) as application, working(application):
        at = time.time()
        run = await on_the_loop.using(run_after=0.4).enqueue(1)
        assert run.status == State.SCHEDULED
        assert await run.wait(20) == State.SUCCESSFUL, "it waits for the next look, which is in thirty seconds"
        ((began,),) = await rows(application, "SELECT started_at FROM task_finished_run WHERE id = ?", run.id)
        assert began - at >= 0.4


async def test_one_run_of_a_lock_at_a_time(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.poll=30"]) as application, working(application) as worker:
        busiest = 0
        runs = [await waits.using(lock_key="k").enqueue(0.03) for _ in range(5)]

        async def watch() -> None:
            nonlocal busiest
            while True:
                busiest = max(busiest, len(worker.runner.hands))
                await asyncio.sleep(0.002)

        watcher = asyncio.create_task(watch())
        for run in runs:
            assert await run.wait(10) == State.SUCCESSFUL
        watcher.cancel()
        assert busiest == 1
        assert await rows(application, "SELECT count(*) FROM task_semaphore") == [(0,)]


async def test_a_stopping_worker_finishes_what_runs_and_gives_back_what_waits(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.threads=1"]) as application:
        async with working(application) as worker:
            running_ = await waits.enqueue(0.3)
            thread = await waits_in_a_thread.enqueue(0.3)
            await until(lambda: len(started) == 2)
            worker.stop()
            late = await marks.enqueue("late")
        assert await running_.refresh() == State.SUCCESSFUL
        assert await thread.refresh() == State.SUCCESSFUL
        assert await late.refresh() == State.READY
        ((attempt,),) = await rows(application, "SELECT attempt FROM task_run WHERE id = ?", late.id)
        assert attempt == 0


async def test_runs_that_wait_for_a_thread_are_given_back_at_once(tmp_path: Path, house: list[str]) -> None:
    """Short tasks are claimed ahead of the threads; what was claimed and has not begun goes back when the worker stops."""
    async with running(tmp_path, [HERE], [*house, "tasks.threads=1"]) as application, working(application) as worker:
        for run in await blinks.enqueue_many([{"number": number} for number in range(300)]):
            await run.wait(20)
        runs = [await waits_in_a_thread.enqueue(1.0) for _ in range(5)]
        await until(lambda: len(worker.runner.hands) > 1)
        await until(lambda: started)
        begun = time.monotonic()
        worker.stop()
        await until(lambda: len(worker.runner.hands) == 1)
        assert time.monotonic() - begun < 0.9, "they wait for the one that runs, which takes a second"
        deadline = time.monotonic() + 5
        while await runs[0].refresh() != State.SUCCESSFUL:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        assert {await run.refresh() for run in runs[1:]} == {State.READY}
        assert await rows(application, "SELECT DISTINCT attempt FROM task_run") == [(0,)]


async def test_a_worker_out_of_patience_interrupts_and_gives_back(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], [*house, "tasks.drain=0.2"]) as application:
        async with working(application):
            run = await waits.enqueue()
            await until(lambda: started)
        assert await run.refresh() == State.READY
        assert [row[:2] for row in await attempts(application, run)] == [(1, "interrupted")]
        async with working(application):
            await until(lambda: len(started) == 2)
            await application.store.write(control.cancel, run.id, time.time())
        assert await run.refresh() == State.CANCELLED


async def test_a_run_of_an_unknown_task_is_kept_for_a_worker_that_knows_it(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application:
        run = await marks.enqueue("x")
        await application.store.write(lambda c: c.execute("UPDATE task_run SET task = 'gone.away'"))
        async with working(application):
            deadline = time.monotonic() + 5
            while await run.refresh() != State.SCHEDULED:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.01)
        assert "knows no task 'gone.away'" in run.error
        assert await rows(application, "SELECT attempt, failures FROM task_run") == [(0, 0)]
        await application.store.write(lambda c: c.execute("UPDATE task_run SET task = ?", (marks.name,)))
        await application.store.write(control.retry, run.id, time.time())
        async with working(application):
            assert await run.wait(5) == State.SUCCESSFUL


async def test_arguments_that_no_longer_fit_kill_the_run_and_it_can_be_retried(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application):
        run = await marks.using(run_after="1 hour", retries=3).enqueue("x")
        await application.store.write(lambda c: c.execute("UPDATE task_run SET arguments = ?", ('{"nom":"x"}',)))
        await application.store.write(control.retry, run.id, time.time())
        application.part(open_tasks).engine.knock()
        assert await run.wait(5) == State.DEAD
        assert "do not fit the signature" in run.error
        await application.store.write(lambda c: c.execute("UPDATE task_finished_run SET arguments = ?", ('{"name":"y"}',)))
        assert await application.store.write(control.retry, run.id, time.time()) == State.READY
        application.part(open_tasks).engine.knock()
        assert await run.wait(5) == State.SUCCESSFUL
        assert [row[:2] for row in await attempts(application, run)] == [(1, "failed"), (2, "successful")]


async def test_a_worker_thought_dead_cannot_overwrite(tmp_path: Path, house: list[str]) -> None:
    """Its run was given to another: the first worker's outcome leaves no trace, and its own copy is stopped."""
    async with running(tmp_path, [HERE], house) as application, working(application) as worker:
        run = await waits.enqueue(0.3)
        await until(lambda: started)
        await application.store.write(
            lambda c: c.execute("UPDATE task_run SET worker_id = 'another', attempt = attempt + 1, lease_until = 1e12")
        )
        await until(lambda: not worker.runner.hands)
        await asyncio.sleep(0.1)
        assert await run.refresh() == State.RUNNING
        assert await attempts(application, run) == []


async def test_a_busy_ledger_loses_no_outcome(tmp_path: Path) -> None:
    async with running(tmp_path, [HERE], ["db.busy_timeout=0.1"]) as application, working(application):
        run = await waits.enqueue(0.1)
        await until(lambda: started)
        other = application.store.connect()
        other.begin()
        await asyncio.sleep(0.6)
        assert await run.refresh() == State.RUNNING
        other.rollback()
        other.close()
        assert await run.wait(5) == State.SUCCESSFUL


async def test_two_workers_in_one_process_share_the_work(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application, working(application), working(application):
        runs = await on_the_loop.enqueue_many([{"number": n} for n in range(300)])
        for run in runs:
            assert await run.wait(20) == State.SUCCESSFUL
        assert await rows(application, "SELECT count(*), max(number) FROM task_attempt") == [(300, 1)]


async def test_the_ledger_is_left_clean(tmp_path: Path, house: list[str]) -> None:
    async with running(tmp_path, [HERE], house) as application:
        worker = Worker(application)
        run = asyncio.create_task(worker.run())
        await (await on_the_loop.enqueue(1)).wait(5)
        worker.stop()
        await run
        assert await rows(application, "SELECT stopped_at IS NULL FROM task_worker") == [(0,)]
