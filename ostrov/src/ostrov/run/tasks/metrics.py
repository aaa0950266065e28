"""Counting what happens: in this process's memory first, every few seconds added to the ledger.

Each process adds only what is new since its last time, so the table holds the sums over all processes, living and dead, and
never goes back. A process that is killed takes at most the last `EVERY` seconds of its counts with it; the runs themselves, and
the gauges, which are read from the ledger, are not touched by that.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import math
import threading
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ostrov.core.errors import OstrovError
from ostrov.core.store import Connection
from ostrov.run.tasks.bulk import Bulk

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.run.tasks.telemetry import Happening

log = logging.getLogger("ostrov.tasks")
EVERY = 5.0
"""Seconds between two times of adding to the ledger, while anything happens."""
BATCH = 20
"""Happenings that are kept until they are counted. Few: with 500 a drain of empty tasks took 2 µs a run longer, for they and
what they hold had left the processor's cache when they were counted."""
BOUNDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
"""Upper bounds of the buckets of waits and durations, seconds."""
TIMED = frozenset(("started", "successful", "retried", "dead"))
"""Verbs whose seconds are kept: a start's wait, and how long attempts took that ended by themselves."""
ADD = Bulk(
    """INSERT INTO task_metric (verb, task, queue, part, value, changed_at) VALUES (?, ?, ?, ?, ?, ?)
 ON CONFLICT (verb, task, queue, part) DO UPDATE SET value = task_metric.value + excluded.value,
 changed_at = excluded.changed_at""",
    """INSERT INTO task_metric (verb, task, queue, part, value, changed_at)
 SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::float8[], ?::float8[])
 ON CONFLICT (verb, task, queue, part) DO UPDATE SET value = task_metric.value + excluded.value,
 changed_at = excluded.changed_at""",
)
ALL = "SELECT verb, task, queue, part, value FROM task_metric ORDER BY verb, task, queue"
FORGET = "DELETE FROM task_metric WHERE changed_at < ?"

Key = tuple[str, str, str]
"""Verb, task, queue."""
Series = list[float]
"""How often; then, of a timed verb, the sum of seconds and how many lie in each bucket, the last without a bound."""


class Metrics:
    """The consumer that counts. Any thread may call it."""

    def __init__(self, application: Ostrov) -> None:
        self._application = application
        self._fresh: deque[Happening] = deque()
        self._series: dict[Key, Series] = {}
        self._lock = threading.Lock()
        self._armed = False
        self._kept = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | threading.Timer | None = None
        self._flushing: asyncio.Task[None] | None = None

    def __call__(self, happening: Happening) -> None:
        self._fresh.append(happening)
        if not self._armed:
            self._arm()
        elif len(self._fresh) >= BATCH:
            self._count()

    def _count(self) -> None:
        """Some at once, for one by one costs more."""
        take = self._fresh.popleft
        with self._lock, contextlib.suppress(IndexError):
            known = self._series
            while True:
                verb, _, task, queue, _, seconds, _, _, _ = take()
                key = (verb, task, queue)
                series = known.get(key)
                if series is None:
                    series = known[key] = [0] * (3 + len(BOUNDS) if verb in TIMED else 1)
                series[0] += 1
                if verb in TIMED:
                    series[1] += seconds
                    series[2 + bisect_left(BOUNDS, seconds)] += 1

    async def flush(self) -> None:
        """Add to the ledger what was counted since the last time. When the ledger does not serve, it is kept for the next.

        On PostgreSQL in a transaction of its own: in one with others' writes its rows would be locked for longer, and two
        processes could wait for each other.
        """
        if self._application.settings.db.engine == "postgresql":
            await asyncio.to_thread(self.flush_now)
        elif taken := self._take():
            try:
                await self._application.store.write(add, taken, time.time())
            except OstrovError as problem:
                self._give_back(taken)
                log.debug("metrics are kept for later: %s", problem)

    def flush_now(self) -> None:
        """The same without an event loop, on a connection of its own."""
        if taken := self._take():
            try:
                connection = self._application.store.connect()
                try:
                    connection.begin()
                    add(connection, taken, time.time())
                    connection.commit()
                finally:
                    connection.close()
            except Exception as problem:
                self._give_back(taken)
                log.debug("metrics are kept for later: %s", problem)

    def hand_over(self) -> list[tuple[Key, Series]]:
        """What was counted since the last time, for another process to add."""
        return list(self._take().items())

    def take_over(self, counted: Iterable[tuple[Key, Series]]) -> None:
        """Count what another process has handed over."""
        self._give_back(dict(counted))
        if not self._armed:
            self._arm()

    async def close(self) -> None:
        """Add the last to the ledger."""
        atexit.unregister(self.flush_now)
        if self._timer is not None:
            self._timer.cancel()
        if self._flushing is not None and self._flushing.get_loop() is asyncio.get_running_loop():
            await asyncio.wait([self._flushing])
        await self.flush()

    def _arm(self) -> None:
        self._armed = True
        if not self._kept:  # something happened, so the store is open: it is closed after this
            self._kept = True
            self._application.on_close(self.close)
            atexit.register(self.flush_now)
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            if self._loop is not None and not self._loop.is_closed():
                with contextlib.suppress(RuntimeError):  # it was closed meanwhile
                    self._loop.call_soon_threadsafe(self._arm)
                    return
            self._timer = threading.Timer(EVERY, self._in_thread)
            self._timer.daemon = True
            self._timer.start()
        else:
            self._timer = self._loop.call_later(EVERY, self._in_loop)

    def _in_loop(self) -> None:
        self._armed = False
        self._flushing = asyncio.get_running_loop().create_task(self.flush())

    def _in_thread(self) -> None:
        self._armed = False
        self.flush_now()

    def _take(self) -> dict[Key, Series]:
        self._count()
        with self._lock:
            taken, self._series = self._series, {}
        return taken

    def _give_back(self, taken: dict[Key, Series]) -> None:
        with self._lock:
            for key, series in taken.items():
                newer = self._series.get(key)
                self._series[key] = series if newer is None else [a + b for a, b in zip(series, newer, strict=True)]


def add(connection: Connection, counted: dict[Key, Series], now: float) -> None:
    """Add what one process has counted to the sums of all."""
    rows = []
    for key in sorted(counted):  # in one order, so that no two processes wait for each other
        for part, value in zip(PARTS, counted[key], strict=False):
            if value:
                rows.append((*key, part, float(value), now))
    ADD.run(connection, rows)


def totals(connection: Connection) -> dict[Key, dict[str, float]]:
    """The sums of all processes by verb, task and queue: `count`, `sum`, and the buckets by their bounds."""
    found: dict[Key, dict[str, float]] = {}
    for verb, task, queue, part, value in connection.rows(ALL):
        found.setdefault((verb, task, queue), {})[part] = value
    return found


def forget(connection: Connection, before: float) -> int:
    """Drop what has not been counted since, of tasks that are gone; how many rows."""
    return connection.execute(FORGET, (before,))


PARTS = ("count", "sum", *(f"{bound:g}" for bound in BOUNDS), f"{math.inf:g}")
