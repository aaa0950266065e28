"""A worker's slots follow its load, between `tasks.slots_min` and `tasks.slots`."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

from ostrov.core.store import Connection
from ostrov.run.tasks import roster
from ostrov.run.tasks.claim import ANY_READY
from ostrov.run.tasks.desk import Desk
from ostrov.run.tasks.load import Load, Slots, following
from ostrov.run.tasks.runner import Runner

log = logging.getLogger("ostrov.tasks")
TICK = 0.25
"""Seconds between two looks at how late the loop is."""
EVERY = 1.0
"""Seconds between two looks at the load."""
STAT = Path("/proc/stat")


class Scaling:
    """Looks at the load of one worker and sets its slots, in its row of the roster too."""

    def __init__(self, worker_id: str, desk: Desk, runner: Runner, fewest: int, most: int) -> None:
        self._worker_id = worker_id
        self._desk = desk
        self._runner = runner
        self._fewest = min(fewest, most)
        self._most = most
        self._processors = Processors()
        self.slots = Slots(self._fewest)

    async def go(self) -> None:
        """A look each second. It begins with the fewest."""
        self._runner.resize(self.slots.number)
        await self._desk.write(_tell, self._worker_id, self.slots.number)
        while True:
            late = await _lateness()
            in_hand = len(self._runner.hands)
            waiting = in_hand >= self.slots.number and await self._desk.read(_any_ready)
            load = Load(late, self._processors.share(), waiting, in_hand)
            before, self.slots = self.slots.number, following(self.slots, load, self._fewest, self._most)
            if self.slots.number != before:
                log.info("slots %d → %d: %s", before, self.slots.number, self.slots.why)
                self._runner.resize(self.slots.number)
                await self._desk.write(_tell, self._worker_id, self.slots.number)


class Processors:
    """The share of this machine's processors that was in use since the last look."""

    def __init__(self) -> None:
        self._seen = self._read()

    def share(self) -> float:
        """From 0 to 1; 0 where the system does not tell."""
        before, self._seen = self._seen, self._read()
        total = self._seen[1] - before[1]
        return 0.0 if total <= 0 else 1.0 - (self._seen[0] - before[0]) / total

    def _read(self) -> tuple[int, int]:
        """(ticks without work, all ticks), proc(5)."""
        try:
            numbers = [int(word) for word in STAT.read_text().partition("\n")[0].split()[1:9]]
        except (OSError, ValueError):
            return 0, 0
        return numbers[3] + numbers[4], sum(numbers)


async def _lateness() -> float:
    """The most that the loop was late within EVERY, seconds."""
    worst, until = 0.0, time.monotonic() + EVERY
    while (begun := time.monotonic()) < until:
        await asyncio.sleep(TICK)
        worst = max(worst, time.monotonic() - begun - TICK)
    return worst


def _any_ready(connection: Connection) -> bool:
    return connection.value(ANY_READY) is not None


def _tell(connection: Connection, worker_id: str, slots: int) -> None:
    connection.execute(roster.SLOTS, (slots, worker_id))
