"""The embedded engine: the ledger itself is the queue, a bell wakes its workers.

One exchange with the ledger is one transaction: every finished run is written back, then as many are claimed as there is room
for. While it waits for the disk, the loop goes on running tasks; what they finish goes with the next exchange.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ostrov.run.tasks.bell import Bell
from ostrov.run.tasks.engines.exchanging import exchange_until_stopped

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store import Connection
    from ostrov.run.tasks.run import NewRun
    from ostrov.run.tasks.worker import Worker


class EmbeddedEngine:
    """An Engine without anything beside the ledger."""

    def __init__(self, application: Ostrov) -> None:
        self._poll: float = application.settings.tasks.poll
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
        async def idle() -> float:
            return min(self._poll, await worker.next_due()) if worker.runner.room > 0 else self._poll

        await exchange_until_stopped(worker, self._bell, idle)
