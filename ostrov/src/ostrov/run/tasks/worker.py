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
from ostrov.run.tasks import roster
from ostrov.run.tasks.claim import ANY_READY, NEXT_DUE, READY_QUEUES, Claimed, claim, claim_offered
from ostrov.run.tasks.desk import Desk
from ostrov.run.tasks.finish import finish
from ostrov.run.tasks.liveness import this_process
from ostrov.run.tasks.logs import capture
from ostrov.run.tasks.offers import Offers
from ostrov.run.tasks.outcome import Ending, Outcome
from ostrov.run.tasks.overview import know_queues
from ostrov.run.tasks.publisher import publisher_of
from ostrov.run.tasks.rounds import Rounds
from ostrov.run.tasks.run import FINISHED
from ostrov.run.tasks.runner import Runner
from ostrov.run.tasks.settings import TasksSettings
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.telemetry import happening_of, start_of

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.supervisor.context import ServiceContext

log = logging.getLogger("ostrov.tasks")
TIDY = 2.0
"""Seconds a stopping worker gives interrupted runs to clean up."""
SPARE = 4
"""Ids that a broker may have brought beyond the room there is."""
TIRED = 2.0
"""Seconds that a worker keeps an id on offer that it has no place for, before another worker gets it."""


async def serve(context: ServiceContext) -> None:
    """The worker service."""
    worker = Worker(context.application, context.application.settings.tasks.queues)
    worker.rounds.on_status = context.status
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
        self.offers = Offers()
        self.by_offer = False
        """Whether runs are started only when a broker has brought their ids."""
        self.roomy = asyncio.Event()
        """Set when there may be more room than before, for a broker's receiver to clear."""
        self.on_started: list[Callable[[Claimed], None]] = []
        """Called with each run that was started."""
        self.on_ended: list[Callable[[Outcome], None]] = []
        """Called with what became of each attempt that this worker had in hand: the run is over, or goes again."""
        self._application = application
        self._settings: TasksSettings = application.settings.tasks
        self._tasks = application.part(open_tasks)
        self.runner = Runner(application, self.kick.set)
        self._desk = Desk(application)
        self._writing: list[Outcome] = []
        telemetry = self._tasks.telemetry
        self.publisher = publisher_of(self._tasks.engine, self._desk.read, self._desk.write, self._settings.poll)
        self.rounds = Rounds(self.id, self._desk, self.runner, self._settings, telemetry, self._unwritten, self._reaped)

    @property
    def slots(self) -> int:
        """How many runs it has in hand at most, now."""
        return self.runner.slots

    @property
    def window(self) -> int:
        """How many more ids a broker may bring now."""
        return 0 if self.stopping else max(0, self.runner.room + SPARE - len(self.offers)) if self.runner.room > 0 else 0

    def offer(self, run_id: str, done: Callable[[bool], None]) -> None:
        """A broker has brought the id of a run. `done(True)` is called in the loop once its start is committed, `done(False)`
        when the id is of no use; until then the broker's message is not to be acknowledged. Call it in the worker's loop."""
        self.offers.add(run_id, done)
        self.kick.set()

    def withdraw(self) -> None:
        """The broker has taken back all that it brought: its connection is gone."""
        self.offers.clear()

    async def queue_names(self) -> set[str]:
        """The queues that a broker should bring runs of: those this worker serves; when it serves all of them, those of
        the code and those that have runs now."""
        if self.queues:
            return set(self.queues)
        declared = {task.options.queue for task in self._tasks.registry.values()}
        return declared | {name for (name,) in await self._desk.read(_rows, READY_QUEUES)}

    def stop(self) -> None:
        """Claim no more; `run` returns when what is in hand was put down."""
        self.stopping = True
        self.kick.set()

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Work until `stop` is called."""
        handler = capture()
        try:
            await self._enter()
            rounds = asyncio.create_task(self.rounds.go())
            publishing = asyncio.create_task(self._publish())
            try:
                ready()
                feed = asyncio.create_task(self._tasks.engine.feed(self))
                await asyncio.wait([feed, rounds], return_when=asyncio.FIRST_COMPLETED)
                self.stopping = True
                self.kick.set()
                if rounds.done():
                    feed.cancel()
                    await rounds
                await feed
                await self._drain()
            finally:
                rounds.cancel()
                publishing.cancel()
                await asyncio.wait([rounds, publishing])
            await self._desk.write(roster.stopped, self.id, time.time())
        finally:
            logging.getLogger().removeHandler(handler)
            await self.runner.close()
            await self._desk.close()

    def wake(self, urgent: bool = False) -> None:
        """Somebody rang: there may be runs to start or to publish; `urgent` when it was about more than new runs."""
        if urgent:
            self.rounds.soon()
        if self.publisher is not None:
            self.publisher.soon()
        self.kick.set()

    async def wait(self, seconds: float) -> None:
        """Until a run ends, the bell rings, or `seconds` have passed."""
        if not self.kick.is_set() and seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.kick.wait(), seconds)

    async def exchange(self, most: int) -> int:
        """Write back what ended and claim up to `most` runs, in one transaction; how many were started.

        When there is nothing to write and nothing to claim, the database is only read.
        """
        outcomes = self.runner.take()
        room = 0 if self.stopping else min(most, self.runner.room)
        offered, tired = self.offers.ids, self.offers.older_than(TIRED)
        if not outcomes and not tired and (room <= 0 or not await self._anything()):
            return 0
        now = time.time()
        kept: set[str] = set()
        claimed: list[Claimed] = []
        fenced: list[Outcome] = []

        def work(connection: Connection) -> None:
            nonlocal fenced, claimed, kept
            fenced = finish(connection, self.id, outcomes) if outcomes else []
            if room > 0 or tired:
                lease = now + self._settings.lease
                admit, limits_of = self.runner.admission(), self.runner.limits_of
                if not self.by_offer:
                    claimed = claim(connection, self.id, self.queues, room, now, lease, admit, limits_of)
                elif offered:
                    claimed, kept = claim_offered(
                        connection, self.id, self.queues, offered, room, now, lease, admit, limits_of, tired
                    )

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
        self.roomy.set()
        if self.by_offer and (room > 0 or tired):
            self.offers.settle(set(offered) - kept, {run.id for run in claimed})
        if tired and self.publisher is not None:
            self.publisher.soon()
        self._tell(outcomes, fenced, claimed)
        return len(claimed)

    async def next_due(self) -> float:
        """Seconds until the next scheduled run is due; an hour when there is none."""
        due = await self._desk.read(_value, NEXT_DUE)
        return 3600.0 if due is None else max(0.0, due - time.time())

    async def _anything(self) -> bool:
        if self.by_offer:
            return bool(self.offers)
        return await self._desk.read(_value, ANY_READY) is not None or await self.next_due() <= 0

    async def _publish(self) -> None:
        if self.publisher is not None:
            await self.publisher.go()

    def _reaped(self) -> None:
        """Runs of a dead worker are ready again."""
        self.kick.set()
        if self.publisher is not None:
            self.publisher.soon()

    def _unwritten(self) -> list[Outcome]:
        return [*self._writing, *self.runner.outcomes]

    async def _write_singly(self, outcomes: Sequence[Outcome]) -> None:
        """One of these cannot be written: find it, keep the others. Its lease will end, and its run is tried again."""
        for outcome in outcomes:
            try:
                fenced = await self._desk.write(finish, self.id, [outcome])
            except OstrovError as problem:
                log.error("what became of run %s cannot be written: %s", outcome.run.id, problem)
                self._put_down(outcome)
            else:
                self._tell([outcome], fenced, [])

    async def _enter(self) -> None:
        now, slots, threads = time.time(), self._settings.slots, self._settings.threads
        await self._desk.write(roster.add, self.id, this_process(), now, self.queues, slots, threads, roster.software())
        queues = {task.options.queue for task in self._tasks.registry.values()}
        await self._desk.write(know_queues, sorted(queues), now)
        await self.rounds.reap()

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
        dropped = {id(outcome) for outcome in fenced}
        for outcome in outcomes:
            self._put_down(outcome)
            if id(outcome) in dropped:
                log.warning("run %s was given to another worker; what became of it here is dropped", outcome.run.id)
                continue
            self._tasks.telemetry.emit(happening_of(outcome))
            if outcome.final is not None:
                over.append(outcome.run.id)
            run = outcome.run
            if self.publisher is not None and (outcome.final is None or run.lock_key or run.limit_key or run.root_id):
                self.publisher.soon()  # it goes again, or others do
        now = time.time()
        for new in claimed:
            for begun in self.on_started:
                begun(new)
            self._tasks.telemetry.emit(start_of(new, now))
        if over:
            self._application.channel.publish(FINISHED, " ".join(over).encode())

    def _put_down(self, outcome: Outcome) -> None:
        for ended in self.on_ended:
            ended(outcome)


def _value(connection: Connection, sql: str) -> Any:
    return connection.value(sql)


def _rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.rows(sql)
