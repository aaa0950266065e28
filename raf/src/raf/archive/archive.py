"""The one face of export and import that pages use: `application.part(open_archive)`."""

from __future__ import annotations

from urllib.parse import urlsplit

from ostrov import Ostrov
from raf.archive import outgoing, sheets
from raf.archive.outgoing import Addresses
from raf.network import open_raf


class Archive:
    """What an account takes along or brings."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.raf = application.part(open_raf)
        self.store = application.store

    @property
    def addresses(self) -> Addresses:
        """How accounts and posts of this place are called elsewhere."""
        return Addresses(self.raf.url, urlsplit(self.raf.url).netloc)

    # ---- out --------------------------------------------------------------------------------------------------------

    async def counts(self, account_id: int) -> dict[str, int]:
        """How many rows each CSV file has, by kind."""
        return await self.store.read(outgoing.counts, account_id)

    async def sheet(self, account_id: int, kind: str) -> str:
        """One's CSV file of a kind."""
        rows = await self.store.read(outgoing.rows_of, kind, account_id, self.addresses)
        return sheets.written(kind, rows)


def open_archive(application: Ostrov) -> Archive:
    """The archive of an application."""
    return Archive(application)
