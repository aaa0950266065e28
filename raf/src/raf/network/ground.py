"""What every face of the network stands on: the parts of one application, and how its commands are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from ostrov import Connection, Ostrov, StoreIntegrity, VersionConflict, base_url, open_events
from raf import entities
from raf.accounts.reading import Portrayal
from raf.errors import Missing
from raf.journal import Journal
from raf.paging import Listing
from raf.settings import RafSettings
from raf.timelines.attendance import Attendance
from raf.timelines.documents import Encoder
from raf.timelines.memory import Memory
from raf.timelines.refresh import Refresh
from raf.timelines.timelines import Timelines
from raf.timelines.wire import Wire

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 3


class Ground:
    """The parts that make up the network of one application."""

    def __init__(self, application: Ostrov) -> None:
        settings: RafSettings = application.settings.raf
        kept = settings.timelines
        self.application = application
        self.settings = settings
        self.store = application.store
        self.events = application.part(open_events)
        self.url = base_url(application)
        self.memory = Memory(kept.readers, kept.documents, kept.accounts)
        self.wire = Wire(application, self.events, self.memory, kept.catch_up)
        self.journal = Journal(self.events, settings.posts, self.wire.told)
        self.portrayal = Portrayal(self.url)
        self.encoder = Encoder(self.portrayal)
        self.timelines = Timelines(self.store, self.memory, self.wire, self.encoder, kept)
        self.refresh = Refresh(application, self.timelines)
        self.attendance = Attendance(application, self.memory)

    async def accounts(self, ids: Sequence[int]) -> list[entities.Account]:
        """In the order asked; those that do not exist are left out."""
        return await self.timelines.accounts(ids)

    async def account(self, account_id: int) -> entities.Account:
        """Raises Missing."""
        found = await self.accounts([account_id])
        if not found:
            raise Missing
        return found[0]

    async def _write(
        self, command: Callable[Concatenate[Connection, Journal, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        """Run a command in a transaction, again when another process took its stream's version or its id."""
        for left in range(TRIES, 0, -1):
            try:
                return await self.store.write(command, self.journal, *arguments, **options)
            except (VersionConflict, StoreIntegrity):
                if left == 1:
                    raise
        raise AssertionError

    command = _write
    """The same for the parts beside this one."""

    async def _accounts(
        self, select: Callable[Concatenate[Connection, P], Listing[int]], *arguments: P.args, **options: P.kwargs
    ) -> Listing[entities.Account]:
        listing = await self.store.read(select, *arguments, **options)
        return Listing(await self.timelines.accounts(listing.items), listing.older, listing.newer)
