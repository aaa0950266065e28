"""A worker: claims runs from the ledger, runs them, writes back what became of them, and keeps its place in the roster.

The same on every engine: an engine only decides how runs get here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError
from ostrov.core.store import Connection
from ostrov.run.tasks import reaper, roster
from ostrov.run.tasks.claim import ANY_READY, NEXT_DUE, Claimed, claim
from ostrov.run.tasks.desk import Desk
from ostrov.run.tasks.finish import finish
from ostrov.run.tasks.liveness import this_process
from ostrov.run.tasks.logs import capture
from ostrov.run.tasks.outcome import Ending, Outcome
from ostrov.run.tasks.overview import KNOW_QUEUE
from ostrov.run.tasks.run import FINISHED, State
from ostrov.run.tasks.runner import Runner
from ostrov.run.tasks.settings import TasksSettings
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.telemetry import Happening, Verb

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.supervisor.context import ServiceContext

log = logging.getLogger("ostrov.tasks")
TIDY = 2.0
"""Seconds a stopping worker gives interrupted runs to clean up."""


async def serve(context: ServiceContext) -> None:
    """The worker service."""
    worker = Worker(context.application, context.application.settings.tasks.queues)
    worker.on_status = context.status
    stop = asyncio.create_task(context.stopping.wait())
    stop.add_done_callback(lambda _: worker.stop())
    try:
        await worker.run(context.ready)
    finally:
        stop.cancel()


class Worker:
    """One worker of this process."""

    def __init__(self, application: Ostrov, queues: Sequence[str] = ()) -> None:
        self.id = f"{time.time_ns() // 1_000_000:x}-{os.urandom(3).hex()}"
        self.queues = tuple(queues)
        self.stopping = False
        self.kick = asyncio.Event()
        self.on_status: Callable[[str], None] = lambda status: None
        self._application = application
        self._settings: TasksSettings = application.settings.tasks
        self._tasks = application.part(open_tasks)
        self.runner = Runner(application, self.kick.set)
        self._desk = Desk(application)
        self._look = asyncio.Event()
        self._heard = 0.0
        self._writing: list[Outcome] = []
        self._status = ""

    def stop(self) -> None:
        """Claim no more; `run` returns when what is in hand was put down."""
        self.stopping = True
        self.kick.set()

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Work until `stop` is called."""
        handler = capture()
        try:
            await self._enter()
            watch = asyncio.create_task(self._watch())
            try:
                ready()
                feed = asyncio.create_task(self._tasks.engine.feed(self))
                await asyncio.wait([feed, watch], return_when=asyncio.FIRST_COMPLETED)
                self.stopping = True
                self.kick.set()
                if watch.done():
                    feed.cancel()
                    await watch
                await feed
                await self._drain()
            finally:
                watch.cancel()
                await asyncio.wait([watch])
            await self._desk.write(roster.stopped, self.id, time.time())
        finally:
            logging.getLogger().removeHandler(handler)
            await self.runner.close()
            await self._desk.close()

    async def wait(self, seconds: float) -> None:
        """Until a run ends, the bell rings, or `seconds` have passed."""
        if not self.kick.is_set() and seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.kick.wait(), seconds)

    def look_soon(self) -> None:
        """Ask the ledger for cancellations now."""
        self._look.set()

    async def exchange(self, most: int) -> int:
        """Write back what ended and claim up to `most` runs, in one transaction; how many were started.

        When there is nothing to write and nothing to claim, the database is only read.
        """
        outcomes = self.runner.take()
        room = 0 if self.stopping else min(most, self.runner.room)
        if not outcomes and (room <= 0 or not await self._anything()):
            return 0
        now = time.time()
        claimed: list[Claimed] = []
        fenced: list[Outcome] = []

        def work(connection: Connection) -> None:
            nonlocal fenced, claimed
            fenced = finish(connection, self.id, outcomes) if outcomes else []
            if room > 0:
                lease = now + self._settings.lease
                claimed = claim(connection, self.id, self.queues, room, now, lease, self.runner.admission())

        self._writing = outcomes
        try:
            await self._desk.write(work)
        except OstrovError as problem:
            log.error("the ledger refused an exchange: %s", problem)
            await self._write_singly(outcomes)
            return 0
        finally:
            self._writing = []
        self.runner.start(claimed)
        self._tell(outcomes, fenced, claimed)
        return len(claimed)

    async def next_due(self) -> float:
        """Seconds until the next scheduled run is due; an hour when there is none."""
        due = await self._desk.read(_value, NEXT_DUE)
        return 3600.0 if due is None else max(0.0, due - time.time())

    async def _anything(self) -> bool:
        return await self._desk.read(_value, ANY_READY) is not None or await self.next_due() <= 0

    async def _write_singly(self, outcomes: Sequence[Outcome]) -> None:
        """One of these cannot be written: find it, keep the others. Its lease will end, and its run is tried again."""
        for outcome in outcomes:
            try:
                fenced = await self._desk.write(finish, self.id, [outcome])
            except OstrovError as problem:
                log.error("what became of run %s cannot be written: %s", outcome.run.id, problem)
            else:
                self._tell([outcome], fenced, [])

    async def _enter(self) -> None:
        identity = this_process()
        settings = self._settings
        version = _version()
        await self._desk.write(
            roster.add, self.id, identity, time.time(), self.queues, settings.slots, settings.threads, version
        )
        self._heard = time.time()
        queues = sorted({task.options.queue for task in self._tasks.registry.values()})
        await self._desk.write(_many, KNOW_QUEUE, [(queue, self._heard) for queue in queues])
        await self._reap()

    async def _watch(self) -> None:
        """Once a poll: dead workers, cancellations, progress; now and then a heartbeat."""
        while True:
            self._look.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), self._settings.poll)
            await self._reap()
            if self.runner.hands:
                await self._check_holdings()
            if time.time() >= self._heard + self._settings.lease / 3:
                await self._heartbeat()
            self._show_status()

    def _show_status(self) -> None:
        count = len(self.runner.hands)
        status = f"{count} in hand" if count else "idle"
        if status != self._status:
            self._status = status
            self.on_status(status)

    async def _heartbeat(self) -> None:
        now = time.time()
        held = [(hand.run.id, hand.run.attempt) for hand in self.runner.hands.values()]
        held += [(outcome.run.id, outcome.run.attempt) for outcome in [*self._writing, *self.runner.outcomes]]
        if not await self._desk.write(roster.heartbeat, self.id, now, held, now + self._settings.lease):
            raise OstrovError(
                "this worker was declared dead", cause="another worker did not find its process", tip="it starts again"
            )
        self._heard = now

    async def _check_holdings(self) -> None:
        """Stop what was cancelled, forget what is no longer ours, write down progress."""
        hands = list(self.runner.hands.values())  # before the ledger is read: none of these is newer than what it says
        held = {holding.id: holding for holding in await self._desk.read(roster.holds, self.id)}
        shown: list[tuple[str | None, str, int, str]] = []
        for hand in hands:
            if hand.over:
                continue
            holding = held.get(hand.run.id)
            if holding is None or holding.attempt != hand.run.attempt:
                log.warning("run %s was given to another worker; this attempt is dropped", hand.run.id)
                self.runner.forget(hand)
            elif holding.cancel_requested:
                self.runner.stop(hand, Ending.CANCELLED)
            elif hand.context.shown is not hand.written:
                hand.written = hand.context.shown
                shown.append((hand.context.shown_text, hand.run.id, hand.run.attempt, self.id))
        if shown:
            await self._desk.write(_many, roster.PROGRESS, shown)

    async def _reap(self) -> None:
        now = time.time()
        missing = await self._desk.read(reaper.missing, now)
        if self.id in missing.lapsed:  # this process was held up, or the machine slept: what is in hand is not lost
            await self._heartbeat()
            missing = await self._desk.read(reaper.missing, now)
        if any(missing):
            reaped = await self._desk.write(reaper.reap, missing, now, self._settings.losses)
            for outcome in reaped:
                self._emit(outcome)
            self.kick.set()

    async def _drain(self) -> None:
        """Give back what has not begun, wait for what has, then interrupt it."""
        self.runner.give_back_unstarted()
        for seconds in (self._settings.drain, TIDY):
            until = time.monotonic() + seconds
            while True:
                self.kick.clear()
                await self.exchange(0)
                if not self.runner.hands and not self.runner.outcomes:
                    return
                if time.monotonic() >= until:
                    break
                await self.wait(until - time.monotonic())
            for hand in list(self.runner.hands.values()):
                self.runner.stop(hand, Ending.INTERRUPTED)
        for hand in list(self.runner.hands.values()):
            self.runner.leave(hand)
        await self.exchange(0)

    def _tell(self, outcomes: Sequence[Outcome], fenced: Sequence[Outcome], claimed: Sequence[Claimed]) -> None:
        over = []
        for outcome in outcomes:
            if fenced and outcome in fenced:
                log.warning("run %s was given to another worker; what became of it here is dropped", outcome.run.id)
                continue
            self._emit(outcome)
            if outcome.final is not None:
                over.append(outcome.run.id)
        for run in claimed:
            self._tasks.telemetry.emit(Happening("started", run.id, run.task, run.queue, run.attempt))
        if over:
            self._application.channel.publish(FINISHED, " ".join(over).encode())

    def _emit(self, outcome: Outcome) -> None:
        run, ended = outcome.run, outcome.ended
        verb: Verb = VERBS.get(ended.ending) or ("retried" if outcome.final is None else "failed")
        if outcome.final is State.CANCELLED:
            verb = "cancelled"
        next_at = outcome.run_after if verb == "retried" else 0.0
        duration = outcome.ended_at - outcome.started_at
        self._tasks.telemetry.emit(
            Happening(verb, run.id, run.task, run.queue, run.attempt, duration, ended.error or "", next_at)
        )


VERBS: dict[Ending, Verb] = {
    Ending.SUCCESSFUL: "finished",
    Ending.LOST: "reaped",
    Ending.INTERRUPTED: "interrupted",
    Ending.UNSTARTED: "returned",
    Ending.CANCELLED: "cancelled",
}


def _value(connection: Connection, sql: str) -> Any:
    return connection.value(sql)


def _many(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
    return connection.many(sql, rows)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ostrov")
    except PackageNotFoundError:
        return ""
