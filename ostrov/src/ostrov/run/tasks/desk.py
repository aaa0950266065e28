"""Where a worker reads and writes the ledger: its own connection, group commit, and no giving up while the database is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from ostrov.core.errors import StoreBusy, StoreFull, StoreUnreachable
from ostrov.core.store import Connection
from ostrov.core.store.writer import Writer

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store.postgresql import PostgresConnection
    from ostrov.core.store.sqlite import SqliteConnection

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("ostrov.tasks")
LATER = (StoreBusy, StoreUnreachable, StoreFull)
"""What passes: the same is tried again."""
SHARED = 8
"""Writes of one worker that may share a transaction (an exchange, a heartbeat, progress)."""


class Desk:
    """The ledger, as one worker has it."""

    def __init__(self, application: Ostrov) -> None:
        self._application = application
        self._writer = Writer(self._connect, SHARED)

    async def read(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(connection, …)`, again and again while the ledger is busy or away."""
        return await _insist(lambda: self._application.store.read(function, *args, **kwargs))

    async def write(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(connection, …)` in a transaction, again and again while the ledger is busy, away or full.

        When a connection breaks during its commit nobody knows what was written: the function must bear to be repeated.
        """
        return await _insist(lambda: self._writer.submit(lambda connection: function(connection, *args, **kwargs), ()))

    async def close(self) -> None:
        """Finish what was submitted."""
        await self._writer.close()

    def _connect(self) -> SqliteConnection | PostgresConnection:
        synchronous = self._application.settings.tasks.synchronous
        connection = self._application.store.connect(synchronous=synchronous)
        if connection.dialect == "postgresql":
            # The ledger goes from empty to full in seconds: a plan made while it was empty must not be kept.
            # A scan that is switched off costs 1e10 on paper, for which PostgreSQL would compile code: 14 ms an exchange.
            settings = ["plan_cache_mode = force_custom_plan", "enable_seqscan = off", "jit = off"]
            if synchronous != "FULL":  # commits stay in order, so only the last of a worker's own can be lost
                settings.append("synchronous_commit = off")
            for setting in settings:
                connection.execute(f"SET {setting}")
        return connection


async def _insist(attempt: Callable[[], Awaitable[T]]) -> T:
    pause = 0.05
    while True:
        try:
            answer = await attempt()
        except LATER as problem:
            log.warning("the ledger does not serve, trying again in %.2f s: %s", pause, problem.error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)
        else:
            if pause > 0.05:
                log.info("the ledger serves again")
            return answer
