"""The scheduler service: turns ticks of schedules into runs, and prunes history."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ostrov.core.errors import OstrovError
from ostrov.run.tasks import metrics, prune, schedule
from ostrov.run.tasks.publisher import publisher_of
from ostrov.run.tasks.rule import rule_of
from ostrov.run.tasks.tasks import Tasks, open_tasks

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.supervisor.context import ServiceContext
    from ostrov.run.tasks.job import Job
    from ostrov.run.tasks.run import NewRun

log = logging.getLogger("ostrov.tasks")
LONGEST_SLEEP = 30.0
"""Seconds between two looks at the table, in case the clock was set or another process changed it."""
PRUNE_EVERY = 600.0
"""Seconds between two times of pruning history."""


async def serve(context: ServiceContext) -> None:
    """The scheduler service."""
    scheduler = Scheduler(context.application)
    await scheduler.declare()
    context.ready()
    store, settings = context.application.store, context.application.settings.tasks
    publisher = publisher_of(context.application.part(open_tasks).engine, store.read, store.write, settings.poll)
    publishing = None if publisher is None else asyncio.create_task(publisher.go())
    try:
        await _go(context, scheduler)
    finally:
        if publishing is not None:
            publishing.cancel()
            await asyncio.wait([publishing])


async def _go(context: ServiceContext, scheduler: Scheduler) -> None:
    pruned = 0.0
    while not context.stopping.is_set():
        try:
            wait = await scheduler.fire_due()
            if time.monotonic() >= pruned + PRUNE_EVERY or not pruned:
                await prune_history(context.application)
                await scheduler.seen()
                pruned = time.monotonic()
        except OstrovError as problem:
            log.error("the scheduler goes on in a moment: %s", problem)
            wait = 1.0
        await context.sleep(wait)


class Scheduler:
    """The schedules that this process's code declares. `clock` tells the time, epoch seconds."""

    def __init__(self, application: Ostrov, clock: Callable[[], float] = time.time) -> None:
        self._application = application
        self._clock = clock
        self._tasks = application.part(open_tasks)
        self.schedules: dict[str, schedule.Declared] = {}
        for one in declared(self._tasks, application.settings.tasks.timezone, clock()):
            self.schedules[one.key] = one

    async def declare(self) -> None:
        """Bring the table to what the code says."""
        holding = await self._application.store.write(schedule.declare, list(self.schedules.values()), self._clock())
        self.schedules = {one.key: one for one in holding}

    async def seen(self) -> None:
        """Keep the schedules from being forgotten."""
        await self._application.store.write(schedule.seen, list(self.schedules.values()), self._clock())

    async def fire_due(self) -> float:
        """Make runs of the ticks that are due; seconds until the next one, or until the table should be looked at again."""
        store = self._application.store
        for key, tick in await store.read(schedule.due, self._clock()):
            due = self.schedules.get(key)
            if due is not None:
                run = await store.write(schedule.fire, due, tick, self._clock())
                if run is not None:
                    self._tasks.enqueued((run,))
        following = [tick for key, tick in (await store.read(schedule.ticks)).items() if key in self.schedules]
        return min([LONGEST_SLEEP, *(max(0.0, tick - self._clock()) for tick in following)])


def declared(tasks: Tasks, timezone: str, now: float) -> list[schedule.Declared]:
    """What the code of an application declares: `every=` and `cron=` of its tasks, and its lines in the words of `schedule`."""
    found = []
    for task in tasks.registry.values():
        rule = rule_of(task.options, timezone)
        if rule is not None:
            found.append(schedule.Declared(task.name, task.options, rule))
    return found + [of_job(job, timezone, now) for job in tasks.jobs]


async def run_now(application: Ostrov, key: str) -> NewRun | None:
    """Enqueue a run of a line in the words of `schedule`, with its arguments; None when there is no such line."""
    from ostrov.run.tasks.tasks import insert

    now = time.time()
    every = declared(application.part(open_tasks), application.settings.tasks.timezone, now)
    line = next((one for one in every if one.key == key != one.options.name), None)
    if line is None:
        return None
    run = schedule.new_run(line, now, None)._replace(dedupe_key=None)
    await application.store.write(insert, application, run)
    return run


def of_job(job: Job, timezone: str, now: float) -> schedule.Declared:
    """A line in the words of `schedule`."""
    assert job.task is not None
    return schedule.Declared(job.key, job.task.options, job.rule(timezone, now), job.arguments, job.limit_key)


async def prune_history(application: Ostrov) -> int:
    """Forget the history that is older than the settings say, and results that have expired; how many runs."""
    settings = application.settings.tasks
    now = time.time()
    total = expired = 0
    while done := await application.store.write(prune.expire, now):
        expired += done
        await asyncio.sleep(0.05)  # others write too
    if expired:
        log.info("%d results have expired", expired)
    while done := await application.store.write(prune.prune, now - settings.keep * 86400, now - settings.keep_dead * 86400):
        total += done
        await asyncio.sleep(0.05)
    await application.store.write(metrics.forget, now - settings.keep_dead * 86400)
    return total
