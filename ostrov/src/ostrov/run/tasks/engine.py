"""The port that engines fill: a transport of run ids. What a run is, when it is due and what becomes of it is the ledger's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from ostrov.core.store import Connection
    from ostrov.run.tasks.run import NewRun
    from ostrov.run.tasks.worker import Worker


class Publication(NamedTuple):
    """What an engine is told of a ready run. A higher priority goes first, where the broker knows priorities."""

    id: str
    task: str
    queue: str
    priority: int


class Engine(Protocol):
    """Brings the ids of ready runs to workers, at least once each. An id that comes twice or too late is dropped by the
    compare-and-set of its start, so an engine needs no memory and no order."""

    def enlist(self, connection: Connection, runs: Sequence[NewRun]) -> bool:
        """Whether the engine was told of these in the transaction that adds them, so that `announce` need not."""

    def announce(self, runs: Sequence[NewRun]) -> None:
        """These runs are committed. Those that are not due yet are the ledger's business until they are. Never raises."""

    def knock(self) -> None:
        """Something else than a new run wants the workers' attention: a cancellation, a resumed queue. Never raises."""

    async def feed(self, worker: Worker) -> None:
        """Bring runs to this worker until it is stopping."""

    def close(self) -> None:
        """Pass on what was announced, within a few seconds; then leave."""
