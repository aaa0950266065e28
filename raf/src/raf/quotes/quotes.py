"""`Quotes`: posts that hold posts. `quotes = application.part(open_quotes)`."""

from __future__ import annotations

from ostrov import Ostrov
from raf.network import Raf, open_raf
from raf.paging import Listing, Paging
from raf.quotes import quoting, reading


class Quotes:
    """The quotes of one network."""

    def __init__(self, raf: Raf) -> None:
        self._raf = raf

    async def of(self, status_id: int, viewer_id: int | None, paging: Paging) -> Listing[int]:
        """Ids of the posts that quote one, the newest first. Raises Missing."""
        return await self._raf.store.read(reading.of_post, status_id, viewer_id, paging)

    async def revoke(self, account_id: int, quoted_id: int, status_id: int) -> None:
        """Take one's own post out of somebody's quote. Raises Missing."""
        await self._raf.command(quoting.revoke, account_id, quoted_id, status_id)

    async def policy(self, status_id: int) -> str:
        """Who may quote a post; "" when there is none."""
        return await self._raf.store.read(lambda connection: connection.value(quoting.POLICY, (status_id,))) or ""

    async def set_policy(self, account_id: int, status_id: int, policy: str) -> None:
        """Say who may quote one's own post: public, followers or nobody. Raises Missing, Invalid."""
        await self._raf.command(quoting.set_policy, account_id, status_id, policy)


def open_quotes(application: Ostrov) -> Quotes:
    """The quotes of an application."""
    return Quotes(application.part(open_raf))
