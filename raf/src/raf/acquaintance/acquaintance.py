"""The one face of notes, recommendations and familiar followers: `application.part(open_acquaintance)`."""

from __future__ import annotations

from ostrov import Ostrov
from raf.acquaintance import records
from raf.entities import Account
from raf.network import open_raf
from raf.paging import FIRST_PAGE, Listing, Paging


class Acquaintance:
    """Each method takes first whose acquaintance it is. Relationships tell of notes and recommendations too."""

    def __init__(self, application: Ostrov) -> None:
        self.raf = application.part(open_raf)
        self.store = application.store

    async def note(self, account_id: int, target_id: int, comment: str) -> None:
        """Keep words about somebody, seen by nobody else; none takes them away. Raises Missing, Invalid."""
        await self.store.write(records.note, account_id, target_id, comment)

    async def endorse(self, account_id: int, target_id: int) -> None:
        """Recommend somebody one follows on one's profile. Raises Missing, Invalid."""
        await self.store.write(records.endorse, account_id, target_id, self.raf.journal.ids.next())

    async def unendorse(self, account_id: int, target_id: int) -> None:
        await self.store.write(records.unendorse, account_id, target_id)

    async def endorsements(self, account_id: int, viewer_id: int | None, paging: Paging = FIRST_PAGE) -> Listing[Account]:
        """Whom somebody recommends, the last first."""
        found = await self.store.read(records.endorsements, account_id, viewer_id, paging)
        return Listing(await self.raf.accounts(found.items), found.older, found.newer)

    async def familiar(self, viewer_id: int, account_id: int, limit: int = 40) -> list[Account]:
        """Whom the viewer follows that follows this account."""
        return await self.raf.accounts(await self.store.read(records.familiar, viewer_id, account_id, limit))


def open_acquaintance(application: Ostrov) -> Acquaintance:
    """The acquaintance of an application."""
    return Acquaintance(application)
