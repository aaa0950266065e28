"""For tests: run what is due, here and now, through the same ledger, codec and decisions as in a worker."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import NotFound
from ostrov.core.trace import current
from ostrov.run.tasks.attempt import call, failed, prepare, succeeded
from ostrov.run.tasks.claim import Claimed, claim
from ostrov.run.tasks.context import TaskContext, enter, running
from ostrov.run.tasks.duration import Duration, seconds
from ostrov.run.tasks.finish import finish
from ostrov.run.tasks.limits import NO_LIMITS, Limits
from ostrov.run.tasks.logs import RunLog, capture
from ostrov.run.tasks.outcome import Ended, Ending, Outcome, decide
from ostrov.run.tasks.soft import Softly, SoftTimeout
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.telemetry import happening_of, start_of
from ostrov.run.tasks.terms import keep_result, soft_timeout
from ostrov.run.tasks.workflows.expand import expand

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.run.tasks.task import Task
    from ostrov.run.tasks.worker import Worker

WORKER = "run_tasks"


async def run_tasks(application: Ostrov, *, ahead: Duration = 0, limit: int = 10_000) -> int:
    """Run every run that is due, and those they enqueue, until none is; how many attempts that were.

    One at a time, in the order a worker would start them. With `ahead` also what is due within that time (delayed runs,
    retries). Tasks with `process=True` run in a thread. What a task raises is in the ledger, as always.
    """
    handler = capture()
    registry, telemetry = application.part(open_tasks).registry, application.part(open_tasks).telemetry

    def limits_of(name: str) -> Limits:
        return registry[name].options.limits if name in registry else NO_LIMITS

    try:
        for done in range(limit):
            now = time.time()
            due = now + seconds(ahead)
            claimed = await application.store.write(claim, WORKER, (), 1, due, now + 3600, limits_of=limits_of)
            if not claimed:
                return done
            telemetry.emit(start_of(claimed[0], now))
            outcome = await _run(application, claimed[0])
            if not await application.store.write(finish, WORKER, [outcome]):
                telemetry.emit(happening_of(outcome))
        return limit
    finally:
        logging.getLogger().removeHandler(handler)


async def _run(application: Ostrov, run: Claimed) -> Outcome:
    started = time.time()
    settings = application.settings.tasks
    log = RunLog(settings.log_lines) if settings.log_lines else None
    context = TaskContext(application, run.id, run.attempt, run.task, run.queue, log, run.trace)
    expansion = None
    try:
        task = application.part(open_tasks).get(run.task)
    except NotFound as problem:
        ended, backoff = Ended(Ending.FAILED, error=str(problem), retriable=False), None
        keep = None
    else:
        backoff, keep = task.options.backoff, keep_result(run.plan, task.options)
        if task.options.kind == "workflow":
            ended, expansion = expand(task, run, context, application.part(open_tasks).registry)
        else:
            ended = await _call(task, run, context, settings.largest)
    outcome = decide(run, ended, started, time.time(), backoff, settings.losses)
    outcome.logs = [] if log is None else log.take()
    outcome.progress = context.shown_text
    outcome.expansion = expansion
    outcome.keep_result = keep
    return outcome


async def _call(task: Task[Any, Any], run: Claimed, context: TaskContext, largest: int) -> Ended:
    if not task.is_async:
        return await asyncio.to_thread(_in_thread, task, run, context, largest)
    prepared = prepare(task, run.arguments, context)
    if isinstance(prepared, Ended):
        return prepared
    outer, around = running.get(), current.get()
    enter(context)
    soft = soft_timeout(run.plan, task.options)
    try:
        async with asyncio.timeout(task.options.timeout):
            function = task.function(**prepared)
            return succeeded(task, await (function if soft is None else _softly(function, soft)), largest)
    except TimeoutError as problem:
        if task.options.timeout is None:
            return failed(task, problem)
        return Ended(Ending.TIMEOUT, error=f"out of time after {task.options.timeout:g} s")
    except (Exception, SoftTimeout) as problem:
        return failed(task, problem)
    finally:
        enter(outer)
        current.set(around)


async def _softly(function: Coroutine[Any, Any, Any], seconds: float) -> Any:
    due: list[bool] = []
    current = asyncio.current_task()
    assert current is not None

    def soften() -> None:
        due.append(True)
        current.cancel()

    timer = asyncio.get_running_loop().call_later(seconds, soften)
    try:
        return await Softly(function, lambda: bool(due and due.pop()))
    finally:
        timer.cancel()


def _in_thread(task: Task[Any, Any], run: Claimed, context: TaskContext, largest: int) -> Ended:
    enter(context)
    return call(task, run.arguments, context, largest)


@asynccontextmanager
async def working(application: Ostrov, queues: Sequence[str] = ()) -> AsyncIterator[Worker]:
    """A worker in this process for as long as the block lasts; it drains at the end."""
    from ostrov.run.tasks.worker import Worker

    worker = Worker(application, queues)
    ready = asyncio.Event()
    run = asyncio.create_task(worker.run(ready.set))
    run.add_done_callback(lambda _: ready.set())
    try:
        await ready.wait()
        yield worker
    finally:
        worker.stop()
        await run
