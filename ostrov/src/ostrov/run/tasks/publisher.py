"""Telling a broker of runs that are ready and that nobody has told it of: those whose delay is over, that are tried again, that
were held by a semaphore or a queue's pause, or whose announcement failed.

Every worker and the scheduler have one. `task_run.unpublished` is 0 for a run the broker knows, 1 for one it does not, above
that the moment (2 + seconds modulo 30,000) at which one of them took it in order to publish it: so no two publish the same, and
what one leaves undone another finds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError
from ostrov.core.store import Connection
from ostrov.run.tasks.claim import NEXT_DUE, promote
from ostrov.run.tasks.engine import Engine, Publication

if TYPE_CHECKING:
    from ostrov.run.tasks.engines.remote import RemoteEngine

log = logging.getLogger("ostrov.tasks")
BATCH = 500
"""Runs that are published at a time."""
LOOK = 5.0
"""Seconds between two looks at how many messages the broker has."""
STALE = 15
"""Seconds after which a run that was taken and not published is taken by another."""
CYCLE = 30_000
UNPAUSED = "queue NOT IN (SELECT name FROM task_queue WHERE paused = 1)"
UNTOLD = f"""SELECT id, task, queue, priority FROM task_run WHERE unpublished = 1 AND state = 'ready' AND {UNPAUSED}
 ORDER BY id LIMIT {BATCH}"""
UNTOLD_LOCKED = UNTOLD + " FOR UPDATE SKIP LOCKED"
TAKE = "UPDATE task_run SET unpublished = ? WHERE id = ? AND unpublished = 1"
TOLD = "UPDATE task_run SET unpublished = 0 WHERE id = ? AND unpublished = ?"
FAILED = "UPDATE task_run SET unpublished = 1 WHERE id = ? AND unpublished = ?"
LEAVE = "UPDATE task_run SET unpublished = 1 WHERE id = ? AND state = 'ready'"
TAKEN = "SELECT id, unpublished FROM task_run WHERE state = 'ready' AND unpublished > 1"
READY = f"SELECT count(*) FROM task_run WHERE state = 'ready' AND unpublished = 0 AND run_after < ? AND {UNPAUSED}"
REPUBLISH = f"UPDATE task_run SET unpublished = 1 WHERE state = 'ready' AND unpublished = 0 AND run_after < ? AND {UNPAUSED}"
ALL_READY = "UPDATE task_run SET unpublished = 1 WHERE state = 'ready'"
ANY_DUE = "SELECT 1 FROM task_run WHERE state = 'scheduled' AND run_after <= ? LIMIT 1"
ANY_UNTOLD = f"SELECT 1 FROM task_run WHERE unpublished = 1 AND state = 'ready' AND {UNPAUSED} LIMIT 1"


def untold(connection: Connection, ids: Sequence[str]) -> None:
    """The broker was not told of these runs."""
    connection.many(LEAVE, [(run_id,) for run_id in ids])


def take(connection: Connection, now: float) -> tuple[int, list[Publication]]:
    """Make due runs ready and take up to 500 ready runs that the broker does not know: (the mark of the taking, the runs)."""
    mark = 2 + int(now) % CYCLE
    promote(connection, now)
    sql = UNTOLD if connection.dialect == "sqlite" else UNTOLD_LOCKED
    runs = [Publication._make(row) for row in connection.rows(sql)]
    connection.many(TAKE, [(mark, run.id) for run in runs])
    return mark, runs


def stale(connection: Connection, now: float) -> None:
    """Runs that were taken a while ago and not published are free to be taken."""
    mark = 2 + int(now) % CYCLE
    old = [(run_id, taken) for run_id, taken in connection.rows(TAKEN) if (mark - taken) % CYCLE > STALE]
    connection.many(FAILED, old)


class Publisher:
    """`read` and `write` are those of a Desk or of a Store."""

    def __init__(
        self, engine: RemoteEngine, read: Callable[..., Awaitable[Any]], write: Callable[..., Awaitable[Any]], poll: float
    ) -> None:
        self._engine = engine
        self._read = read
        self._write = write
        self._poll = poll
        self._soon = asyncio.Event()
        self._looked = time.monotonic()
        self._missing_since: float | None = None

    def soon(self) -> None:
        """Look now."""
        self._soon.set()

    async def go(self) -> None:
        """Publish until cancelled."""
        pause = 0.1
        while True:
            self._soon.clear()
            wait = self._poll
            try:
                if await self._anything():
                    while await self.publish() == BATCH:
                        pass
                if time.monotonic() >= self._looked + LOOK:
                    self._looked = time.monotonic()
                    await self.republish()
                due = await self._read(_value, NEXT_DUE)
                wait = min(wait, self._poll if due is None else max(0.0, due - time.time()))
                pause = 0.1
            except OstrovError as problem:
                log.warning("runs wait in the ledger, the next attempt is in %.1f s: %s", pause, problem.cause or problem)
                wait, pause = pause, min(pause * 2, 5.0)
                await asyncio.sleep(wait)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):  # wait_for of Python 3.11 swallows a cancellation that comes with the event
                    await self._soon.wait()

    async def publish(self) -> int:
        """Publish up to 500 runs; how many. When the broker does not take them they stay unpublished: raises OstrovError."""
        mark, runs = await self._write(take, time.time())
        if not runs:
            return 0
        rows = [(run.id, mark) for run in runs]
        try:
            await self._engine.call(self._engine.publish(runs))
        except OstrovError:
            await self._write(_many, FAILED, rows)
            raise
        await self._write(_many, TOLD, rows)
        return len(runs)

    async def republish(self) -> int:
        """When the broker has fewer messages than there are ready runs, at two looks in turn, it has lost some: publish those
        runs again that were ready before the first look; how many."""
        now = time.time()
        await self._write(stale, now)
        before = self._missing_since
        ready = await self._read(_value, READY, (now if before is None else before,))
        if not ready or await self._engine.call(self._engine.depth()) >= ready:
            self._missing_since = None
            return 0
        if before is None:
            self._missing_since = now
            return 0
        self._missing_since = None
        again: int = await self._write(_execute, REPUBLISH, (before,))
        if again:
            log.warning("the broker has lost messages: %d runs are published again", again)
            self.soon()
        return again

    async def _anything(self) -> bool:
        if await self._read(_value, ANY_UNTOLD) is not None:
            return True
        return await self._read(_value, ANY_DUE, (time.time(),)) is not None


def publisher_of(
    engine: Engine, read: Callable[..., Awaitable[Any]], write: Callable[..., Awaitable[Any]], poll: float
) -> Publisher | None:
    """A publisher for an engine with a broker; None for the embedded one."""
    from ostrov.run.tasks.engines.remote import RemoteEngine

    return Publisher(engine, read, write, poll) if isinstance(engine, RemoteEngine) else None


def _value(connection: Connection, sql: str, parameters: Sequence[Any] = ()) -> Any:
    return connection.value(sql, parameters)


def _execute(connection: Connection, sql: str, parameters: Sequence[Any]) -> int:
    return connection.execute(sql, parameters)


def _many(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
    return connection.many(sql, rows)
