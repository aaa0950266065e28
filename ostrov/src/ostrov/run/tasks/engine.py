"""The port that engines fill: a transport of run ids. What a run is, when it is due and what becomes of it is the ledger's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ostrov.run.tasks.run import NewRun
    from ostrov.run.tasks.worker import Worker


class Engine(Protocol):
    """Brings the ids of ready runs to workers, at least once each. An id that comes twice or too late is dropped by the
    compare-and-set of its start, so an engine needs no memory and no order."""

    def announce(self, runs: Sequence[NewRun]) -> None:
        """These runs are committed. Those that are not due yet are the ledger's business until they are. Never raises."""

    def knock(self) -> None:
        """Something else than a new run wants the workers' attention: a cancellation, a resumed queue. Never raises."""

    async def feed(self, worker: Worker) -> None:
        """Bring runs to this worker until it is stopping."""

    def close(self) -> None: ...
