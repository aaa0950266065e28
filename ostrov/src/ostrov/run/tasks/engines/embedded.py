"""The embedded engine: the ledger itself is the queue, a bell wakes its workers.

One exchange with the ledger is one transaction: every finished run is written back, then as many are claimed as there is room
for. While it waits for the disk, the loop goes on running tasks; what they finish goes with the next exchange.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ostrov.run.tasks.bell import Bell

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store import Connection
    from ostrov.run.tasks.run import NewRun
    from ostrov.run.tasks.worker import Worker

GATHER = 0.002
"""Seconds to gather outcomes in while other runs are under way and the last exchange was just now."""
BATCH = 100
"""Runs that one exchange starts at most: others wait that long for the database's write lock (some 3 ms)."""


class EmbeddedEngine:
    """An Engine without anything beside the ledger."""

    def __init__(self, application: Ostrov) -> None:
        self._poll = application.settings.tasks.poll
        self._bell = Bell(application.run_dir / "tasks")

    def enlist(self, connection: Connection, runs: Sequence[NewRun]) -> bool:
        return False

    def announce(self, runs: Sequence[NewRun]) -> None:
        self._bell.ring_soon()

    def knock(self) -> None:
        self._bell.ring_soon(b"!")

    def close(self) -> None:
        self._bell.close()

    async def feed(self, worker: Worker) -> None:
        def rung(urgent: bool) -> None:
            if urgent:
                worker.rounds.soon()
            worker.kick.set()

        self._bell.listen(rung)
        exchanged = 0.0
        while not worker.stopping:
            worker.kick.clear()
            if worker.runner.outcomes and worker.runner.hands and (rest := exchanged + GATHER - time.monotonic()) > 0:
                await asyncio.sleep(rest)
            started = await worker.exchange(BATCH)
            exchanged = time.monotonic()
            await asyncio.sleep(0)  # the runs that were started begin; short ones are over after this
            if not started and not worker.runner.outcomes:
                await worker.wait(min(self._poll, await worker.next_due()) if worker.runner.room > 0 else self._poll)
