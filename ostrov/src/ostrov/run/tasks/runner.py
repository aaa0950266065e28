"""Running claimed runs, each the way its task wants: on the loop, in a thread, in a process. Outcomes are collected as data."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ostrov.run.tasks.attempt import failed, prepare, succeeded
from ostrov.run.tasks.claim import Claimed
from ostrov.run.tasks.context import TaskContext, enter
from ostrov.run.tasks.hand import Hand
from ostrov.run.tasks.limits import NO_LIMITS, Limits
from ostrov.run.tasks.logs import RunLog
from ostrov.run.tasks.outcome import Ended, Ending, Outcome, decide
from ostrov.run.tasks.processes import Processes
from ostrov.run.tasks.settings import TasksSettings
from ostrov.run.tasks.soft import Softly
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.terms import keep_result, soft_timeout
from ostrov.run.tasks.threads import Threads
from ostrov.run.tasks.workflows.expand import expand

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.run.tasks.workflows.steps import Expansion

log = logging.getLogger("ostrov.tasks")
GRACE = 5.0
"""Seconds that an async task has to clean up after it was told to stop; then it is left behind."""
SOFT_AGAIN = 0.5
"""Seconds after which a thread or a process is told of its soft timeout again: it may not have begun its function the first
time. A function is told once."""
UNKNOWN_AGAIN = 15.0
"""Seconds after which a run of a task that this worker does not know is offered again (to a newer worker, perhaps)."""


class Runner:
    """The runs in hand of one worker. `on_end` is called in the loop when an outcome is there to be taken."""

    def __init__(self, application: Ostrov, on_end: Callable[[], None]) -> None:
        self.application = application
        self.settings: TasksSettings = application.settings.tasks
        self.registry = application.part(open_tasks).registry
        self.slots: int = self.settings.slots
        """Runs that it has in hand at most, now."""
        self.hands: dict[str, Hand] = {}
        self.outcomes: list[Outcome] = []
        self._on_end = on_end
        self._unknown_tasks: set[str] = set()
        self._loop = asyncio.get_running_loop()
        self._threads = Threads(self.settings.threads, self.settings.largest, self._arm, self._end)
        self._processes = Processes(application, self._arm, self._end)

    @property
    def room(self) -> int:
        """How many more runs this worker takes in hand."""
        return self.slots - len(self.hands)

    def resize(self, slots: int) -> None:
        """Take so many runs in hand at most from now on. Those in hand stay."""
        self.slots = slots
        self._on_end()

    def admission(self) -> Callable[[str], bool]:
        """A function that says, for each candidate in turn, whether there is room for a run of its task."""
        threads, processes = self._threads.room, self._processes.room

        def admit(name: str) -> bool:
            nonlocal threads, processes
            task = self.registry.get(name)
            if task is None or task.is_async or task.options.kind == "workflow":
                return True
            if task.options.process:
                processes -= 1
                return processes >= 0
            threads -= 1
            return threads >= 0

        return admit

    def limits_of(self, name: str) -> Limits:
        """What the code of a task allows of its runs at a time and in time."""
        task = self.registry.get(name)
        return NO_LIMITS if task is None else task.options.limits

    def start(self, runs: Iterable[Claimed]) -> None:
        """Run what was claimed."""
        for run in runs:
            task = self.registry.get(run.task)
            if task is None:
                self._unknown(run)
                continue
            log_ = RunLog(self.settings.log_lines) if self.settings.log_lines else None
            hand = Hand(run, task, TaskContext(self.application, run.id, run.attempt, run.task, run.queue, log_, run.trace))
            if run.plan is not None or task.options.soft_timeout is not None:
                hand.soft = soft_timeout(run.plan, task.options)
            self.hands[run.id] = hand
            if run.cancel_requested:
                self._end(hand, Ended(Ending.CANCELLED))
            elif task.options.kind == "workflow":
                self._end(hand, *expand(task, run, hand.context, self.registry))
            elif task.is_async:
                hand.job = self._loop.create_task(self._run(hand))
            elif task.options.process:
                self._processes.submit(hand)
            else:
                self._threads.submit(hand)

    def stop(self, hand: Hand, why: Ending) -> None:
        """Tell a run to stop: cancelled, out of time, or interrupted because the worker stops."""
        if hand.over or hand.stop is not None:
            return
        hand.stop = why
        hand.context.cancel_requested = True
        if hand.job is not None:
            hand.job.cancel()
            hand.timer = self._loop.call_later(GRACE, self.leave, hand)
        elif hand.task.options.process:
            self._processes.stop(hand)
        elif self._threads.take_back(hand):
            self._end(hand, Ended(why if why is Ending.CANCELLED else Ending.UNSTARTED))
        elif self._threads.leave(hand):
            self._end(hand, _stopped(hand))

    def give_back_unstarted(self) -> None:
        """Runs that wait for a thread or a process go back to the ledger at once."""
        for hand in self._threads.unstarted() + self._processes.unstarted():
            self._end(hand, Ended(Ending.UNSTARTED))

    def forget(self, hand: Hand) -> None:
        """Stop a run that is no longer ours; its outcome is of no interest."""
        hand.unwanted = True
        self.hands.pop(hand.run.id, None)
        self.stop(hand, Ending.CANCELLED)

    def soften(self, hand: Hand) -> None:
        """Raise SoftTimeout in a run."""
        if hand.over or hand.stop is not None:
            return
        hand.softened = True
        if hand.job is not None:
            hand.job.cancel()
        else:
            (self._processes if hand.task.options.process else self._threads).soften(hand)
            hand.soft_timer = self._loop.call_later(SOFT_AGAIN, self.soften, hand)

    def take(self) -> list[Outcome]:
        """The outcomes that came in since the last time."""
        outcomes, self.outcomes = self.outcomes, []
        return outcomes

    async def close(self) -> None:
        """End threads and processes."""
        self._threads.close()
        await self._processes.close()

    async def _run(self, hand: Hand) -> None:
        task = hand.task
        hand.started_at = time.time()
        if task.options.timeout is not None or hand.soft is not None:
            self._arm(hand)
        enter(hand.context)
        prepared = prepare(task, hand.run.arguments, hand.context)
        if isinstance(prepared, Ended):
            self._end(hand, prepared)
            return
        try:
            call = task.function(**prepared)
            result = await (call if hand.soft is None else Softly(call, lambda: _is_softened(hand)))
        except asyncio.CancelledError as problem:
            self._end(hand, failed(task, problem) if hand.stop is None else _stopped(hand))
        except BaseException as problem:  # also SystemExit: a task does not end its worker
            self._end(hand, failed(task, problem))
        else:
            self._end(hand, succeeded(task, result, self.settings.largest))

    def _arm(self, hand: Hand) -> None:
        """The attempt has begun: its time runs."""
        timeout = hand.task.options.timeout
        if timeout is not None and not hand.over:
            rest = hand.started_at + timeout - time.time()
            hand.timer = self._loop.call_later(max(rest, 0.0), self.stop, hand, Ending.TIMEOUT)
        if hand.soft is not None and not hand.over:
            rest = hand.started_at + hand.soft - time.time()
            hand.soft_timer = self._loop.call_later(max(rest, 0.0), self.soften, hand)

    def leave(self, hand: Hand) -> None:
        """An async task that does not stop when told so."""
        if not hand.over:
            log.warning("run %s of %s does not stop; it is left behind", hand.run.id, hand.run.task)
            self._end(hand, _stopped(hand))

    def _end(self, hand: Hand, ended: Ended, expansion: Expansion | None = None) -> None:
        if hand.over:
            return
        hand.over = True
        if hand.timer is not None:
            hand.timer.cancel()
        if hand.soft_timer is not None:
            hand.soft_timer.cancel()
        if hand.unwanted:
            return
        run, context = hand.run, hand.context
        now = time.time()
        outcome = decide(run, ended, hand.started_at or now, now, hand.task.options.backoff, self.settings.losses)
        if context.log is not None:
            outcome.logs = context.log.take()
        outcome.progress = context.shown_text
        outcome.expansion = expansion
        if run.plan is not None or hand.task.options.keep_result is not None:
            outcome.keep_result = keep_result(run.plan, hand.task.options)
        self.hands.pop(run.id, None)
        self.outcomes.append(outcome)
        self._on_end()

    def _unknown(self, run: Claimed) -> None:
        now = time.time()
        error = f"this worker knows no task {run.task!r}: it was removed or renamed, or a newer version enqueued it"
        if run.task not in self._unknown_tasks:
            self._unknown_tasks.add(run.task)
            log.warning("run %s waits: %s", run.id, error)
        ended = Ended(Ending.UNSTARTED, error=error, retry_after=UNKNOWN_AGAIN)
        self.outcomes.append(decide(run, ended, now, now))
        self._on_end()


def _is_softened(hand: Hand) -> bool:
    """Whether a cancellation that arrives is its soft timeout: once, and not when it was told to stop meanwhile."""
    softened, hand.softened = hand.softened and hand.stop is None, False
    return softened


def _stopped(hand: Hand) -> Ended:
    assert hand.stop is not None
    left = "" if hand.task.is_async or hand.task.options.process else "; its thread could not be stopped and runs on"
    if hand.stop is Ending.TIMEOUT:
        return Ended(Ending.TIMEOUT, error=f"out of time after {hand.task.options.timeout:g} s{left}")
    if hand.stop is Ending.INTERRUPTED:
        return Ended(Ending.INTERRUPTED, error=f"the worker stopped{left}")
    return Ended(Ending.CANCELLED, error=f"cancelled while running{left}")
