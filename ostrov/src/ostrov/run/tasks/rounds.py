"""A worker's rounds beside its work: dead workers, cancellations, progress and logs, heartbeat."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ostrov.core.errors import OstrovError
from ostrov.core.store import Connection
from ostrov.run.tasks import reaper, roster
from ostrov.run.tasks.desk import Desk
from ostrov.run.tasks.finish import LOG
from ostrov.run.tasks.outcome import Ending, Outcome
from ostrov.run.tasks.runner import Runner
from ostrov.run.tasks.settings import TasksSettings
from ostrov.run.tasks.slots import Scaling
from ostrov.run.tasks.telemetry import Telemetry, happening_of

log = logging.getLogger("ostrov.tasks")


class Rounds:
    """`unwritten` are the outcomes that are on their way into the ledger: their leases are renewed too. `reaped` is called when
    runs were taken from a dead worker."""

    def __init__(
        self,
        worker_id: str,
        desk: Desk,
        runner: Runner,
        settings: TasksSettings,
        telemetry: Telemetry,
        unwritten: Callable[[], Iterable[Outcome]],
        reaped: Callable[[], None],
    ) -> None:
        self.on_status: Callable[[str], None] = lambda status: None
        self._worker_id = worker_id
        self._desk = desk
        self._runner = runner
        self._settings = settings
        self._telemetry = telemetry
        self._unwritten = unwritten
        self._reaped = reaped
        self._soon = asyncio.Event()
        self._heard = time.time()
        self._status = ""

    def soon(self) -> None:
        """Make the next round now."""
        self._soon.set()

    async def go(self) -> None:
        """A round each `tasks.poll` seconds. Raises OstrovError when another has declared this worker dead."""
        fewest, most = self._settings.slots_min, self._settings.slots
        if not fewest:
            await self._go()
        scaling = asyncio.create_task(Scaling(self._worker_id, self._desk, self._runner, fewest, most).go())
        try:
            await self._go()
        finally:
            scaling.cancel()
            await asyncio.wait([scaling])

    async def _go(self) -> None:
        while True:
            self._soon.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.poll):  # wait_for of Python 3.11 can swallow a cancellation
                    await self._soon.wait()
            await self.reap()
            if self._runner.hands:
                await self._check()
            if time.time() >= self._heard + self._settings.lease / 3:
                await self._heartbeat()
            self._show_status()

    async def reap(self) -> None:
        """Take the runs of dead workers, and runs whose lease has ended."""
        now = time.time()
        limits_of = self._runner.limits_of
        missing = await self._desk.read(reaper.missing, now, limits_of)
        if self._worker_id in missing.lapsed:  # this process was held up, or the machine slept: what is in hand is not lost
            await self._heartbeat()
            missing = await self._desk.read(reaper.missing, now, limits_of)
        if any(missing):
            for outcome in await self._desk.write(reaper.reap, missing, now, self._settings.losses):
                self._telemetry.emit(happening_of(outcome))
            self._reaped()

    async def _heartbeat(self) -> None:
        now = time.time()
        held = [(hand.run.id, hand.run.attempt) for hand in self._runner.hands.values()]
        held += [(outcome.run.id, outcome.run.attempt) for outcome in self._unwritten()]
        if not await self._desk.write(roster.heartbeat, self._worker_id, now, held, now + self._settings.lease):
            raise OstrovError(
                "this worker was declared dead", cause="another worker did not find its process", tip="it starts again"
            )
        self._heard = now

    async def _check(self) -> None:
        """Stop what was cancelled, forget what is no longer ours, write down progress and logs."""
        hands = list(self._runner.hands.values())  # before the ledger is read: none of these is newer than what it says
        held = {holding.id: holding for holding in await self._desk.read(roster.holds, self._worker_id)}
        shown: list[tuple[Any, ...]] = []
        lines: list[tuple[Any, ...]] = []
        for hand in hands:
            if hand.over:
                continue
            holding = held.get(hand.run.id)
            if holding is None or holding.attempt != hand.run.attempt:
                log.warning("run %s was given to another worker; this attempt is dropped", hand.run.id)
                self._runner.forget(hand)
                continue
            if holding.cancel_requested:
                self._runner.stop(hand, Ending.CANCELLED)
                continue
            if hand.context.log is not None:
                lines += [(hand.run.id, hand.run.attempt, *line) for line in hand.context.log.take(ended=False)]
            if hand.context.shown is not hand.written:
                hand.written = hand.context.shown
                shown.append((hand.context.shown_text, hand.run.id, hand.run.attempt, self._worker_id))
        if shown or lines:
            await self._desk.write(_note, shown, lines)
            self._telemetry.changed()

    def _show_status(self) -> None:
        count = len(self._runner.hands)
        status = f"{count} in hand" if count else "idle"
        if self._settings.slots_min:
            status += f" of {self._runner.slots}"
        if status != self._status:
            self._status = status
            self.on_status(status)


def _note(connection: Connection, shown: Sequence[tuple[Any, ...]], lines: Sequence[tuple[Any, ...]]) -> None:
    if shown:
        connection.many(roster.PROGRESS, shown)
    LOG.run(connection, lines)
