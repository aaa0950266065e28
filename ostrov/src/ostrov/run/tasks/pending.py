"""`run_pending()` in a program of its own: the ticks that are due become runs in the ledger, and its runs are run here.

For the lines of this program it is scheduler and worker at once, in the caller's thread. Beside `ostrov up` it is harmless: a
tick is taken once, and so is a run.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ostrov.core.application import Ostrov, current
from ostrov.core.errors import OstrovError
from ostrov.run.tasks import reaper, roster, schedule
from ostrov.run.tasks.attempt import call, failed, prepare, succeeded
from ostrov.run.tasks.claim import Claimed, claim_offered, promote
from ostrov.run.tasks.context import TaskContext, enter, running
from ostrov.run.tasks.finish import finish
from ostrov.run.tasks.fluent import BOARD
from ostrov.run.tasks.identifier import new_id
from ostrov.run.tasks.limits import NO_LIMITS, Limits
from ostrov.run.tasks.liveness import this_process
from ostrov.run.tasks.logs import RunLog, capture
from ostrov.run.tasks.outcome import Ended, Ending, decide
from ostrov.run.tasks.scheduler import of_job
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.telemetry import happening_of, start_of
from ostrov.run.tasks.terms import keep_result

if TYPE_CHECKING:
    from ostrov.core.store import Connection
    from ostrov.run.tasks.task import Task

READY = "SELECT id FROM task_run WHERE state = 'ready' AND task = ? ORDER BY priority DESC, id LIMIT 1"
HOLD = 86400.0
"""Seconds that a run may take here; a process that dies is noticed at once by those on its machine."""
MEND = 5.0
"""Seconds between two looks for runs whose process is dead."""


def run_pending() -> None:
    """One round: declare new lines, make runs of due ticks, run the runs of this program that are ready."""
    _opened().part(Program).round()


def run_all(delay_seconds: float) -> None:
    """Enqueue a run of every line, so many seconds apart."""
    application = _opened()
    for number, job in enumerate(BOARD.jobs):
        one = of_job(job, application.settings.tasks.timezone, time.time())
        application.store.write_sync(_enqueue, application, one, number * delay_seconds)


def strike(keys: Collection[str]) -> None:
    """Strike lines out of the ledger of the application that is open, if one is."""
    application = _current()
    if application is not None:
        application.store.write_sync(schedule.forget, sorted(keys))


def next_tick(keys: Collection[str]) -> float | None:
    """The next tick of these lines, epoch seconds."""
    application = _opened()
    application.part(Program).declare()
    return min((at for key, at in application.store.read_sync(schedule.ticks).items() if key in keys), default=None)


class Program:
    """This program as scheduler and worker of its own lines."""

    def __init__(self, application: Ostrov) -> None:
        self._application = application
        self._tasks = application.part(open_tasks)
        self._store = application.store
        self._settings = application.settings.tasks
        self._id = new_id()
        self._schedules: dict[str, schedule.Declared] = {}
        self._mended = 0.0
        self._log = capture()
        self._store.write_sync(roster.add, self._id, this_process(), time.time(), (), 1, 1, "schedule")
        application.on_close(self._leave)

    def declare(self) -> None:
        """Bring the table to the lines of this program, if there are new ones."""
        if self._schedules.keys() == {job.key for job in BOARD.jobs}:
            return
        now = time.time()
        declared = [of_job(job, self._settings.timezone, now) for job in BOARD.jobs]
        self._schedules = {one.key: one for one in self._store.write_sync(schedule.declare, declared, now)}

    def round(self) -> None:
        """What is due now."""
        self.declare()
        self._mend()
        for key, tick in self._store.read_sync(schedule.due, time.time()):
            if key in self._schedules:
                new = self._store.write_sync(schedule.fire, self._schedules[key], tick, time.time())
                if new is not None:
                    self._tasks.enqueued((new,))
        tasks: dict[str, Task[Any, Any]] = {job.task.name: job.task for job in BOARD.jobs if job.task is not None}
        while run := self._store.write_sync(self._claim, tasks):
            self._run(tasks[run.task], run)

    def _claim(self, connection: Connection, tasks: dict[str, Task[Any, Any]]) -> Claimed | None:
        def limits_of(name: str) -> Limits:
            return tasks[name].options.limits if name in tasks else NO_LIMITS

        now = time.time()
        promote(connection, now)
        for name in tasks:
            found = [run_id for (run_id,) in connection.rows(READY, (name,))]
            started, _ = claim_offered(connection, self._id, (), found, 1, now, now + HOLD, lambda task: True, limits_of)
            if started:
                return started[0]
        return None

    def _run(self, task: Task[Any, Any], run: Claimed) -> None:
        started = time.time()
        self._tasks.telemetry.emit(start_of(run, started))
        log = RunLog(self._settings.log_lines) if self._settings.log_lines else None
        context = TaskContext(self._application, run.id, run.attempt, run.task, run.queue, log, run.trace)
        outer = running.get()
        enter(context)
        try:
            ended = (_call_async if task.is_async else call)(task, run.arguments, context, self._settings.largest)
        finally:
            enter(outer)
        if ended.ending is not Ending.SUCCESSFUL:  # the ledger has it too; here a person may be looking
            sys.stderr.write(f"{task.name} failed: {ended.error}\n{ended.traceback or ''}")
        outcome = decide(run, ended, started, time.time(), task.options.backoff, self._settings.losses)
        outcome.logs = [] if log is None else log.take()
        outcome.progress = context.shown_text
        outcome.keep_result = keep_result(run.plan, task.options)
        if not self._store.write_sync(finish, self._id, [outcome]):
            self._tasks.telemetry.emit(happening_of(outcome))

    def _mend(self) -> None:
        if time.monotonic() < self._mended + MEND:
            return
        self._mended, now = time.monotonic(), time.time()
        self._store.write_sync(roster.heartbeat, self._id, now, (), now)
        found = self._store.read_sync(reaper.missing, now)
        if found.gone or found.lapsed:
            for outcome in self._store.write_sync(reaper.reap, found, now, self._settings.losses):
                self._tasks.telemetry.emit(happening_of(outcome))

    def _leave(self) -> None:
        self._store.write_sync(roster.stopped, self._id, time.time())


def _call_async(task: Task[Any, Any], arguments: str, context: TaskContext, largest: int) -> Ended:
    prepared = prepare(task, arguments, context)
    if isinstance(prepared, Ended):
        return prepared
    try:
        return succeeded(task, asyncio.run(task.function(**prepared)), largest)
    except Exception as problem:
        return failed(task, problem)


def _enqueue(connection: Connection, application: Ostrov, one: schedule.Declared, delay: float) -> None:
    from ostrov.run.tasks.tasks import insert

    now = time.time()
    run = schedule.new_run(one, now, None)
    insert(connection, application, run._replace(run_after=now + delay, state="scheduled" if delay else "ready"))


def _opened() -> Ostrov:
    """The application of this process; a program that has none opens the project it is in, and its database."""
    application = _current()
    if application is None:
        from ostrov.core.store.migrations import migrate

        application = Ostrov.open()
        migrate(application)
        application.part(open_tasks)
    return application


def _current() -> Ostrov | None:
    try:
        return current()
    except OstrovError:
        return None
