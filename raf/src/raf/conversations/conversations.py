"""`Conversations`: direct posts by thread. `conversations = application.part(open_conversations)`."""

from __future__ import annotations

from collections.abc import Sequence

from ostrov import Ostrov
from raf import entities
from raf.conversations import rows
from raf.conversations.rows import ConversationRow
from raf.errors import Missing
from raf.network import Raf, open_raf
from raf.paging import Listing, Paging


class Conversations:
    """The conversations of one network. Their ids are those of their threads."""

    def __init__(self, raf: Raf) -> None:
        self._raf = raf

    async def all(self, account_id: int, paging: Paging) -> Listing[entities.Conversation]:
        """The one with the newest post first; pages are counted by the ids of the last posts."""
        found = await self._raf.store.read(rows.page, account_id, paging)
        shown = await self._entities(account_id, found)
        return Listing(shown, found[-1].last_id, found[0].last_id) if found else Listing([])

    async def one(self, account_id: int, conversation_id: int) -> entities.Conversation:
        """Raises Missing."""
        return await self._entity(account_id, await self._raf.store.read(rows.row, account_id, conversation_id))

    async def mark(self, account_id: int, conversation_id: int, *, is_read: bool = True) -> entities.Conversation:
        """Read, or unread again. Raises Missing."""
        found = await self._raf.store.write(rows.set_read, account_id, conversation_id, is_read=is_read)
        return await self._entity(account_id, found)

    async def put_away(self, account_id: int, conversation_id: int) -> None:
        """Hide it until somebody says more. Raises Missing."""
        await self._raf.store.write(rows.put_away, account_id, conversation_id)

    async def unread(self, account_id: int, limit: int = 100) -> int:
        """How many wait to be read, counted up to the limit."""
        return await self._raf.store.read(rows.unread, account_id, limit)

    async def _entity(self, account_id: int, row: ConversationRow) -> entities.Conversation:
        found = await self._entities(account_id, [row])
        if not found:
            raise Missing
        return found[0]

    async def _entities(self, account_id: int, found: Sequence[ConversationRow]) -> list[entities.Conversation]:
        """Those whose last post the account may see."""
        statuses = {one.id: one for one in await self._raf.statuses([row.last_id for row in found], account_id)}
        people = sorted({person for row in found for person in row.others or [account_id]})
        accounts = {int(one.id): one for one in await self._raf.accounts(people)}
        return [
            entities.Conversation(
                id=str(row.id),
                unread=row.unread,
                accounts=[accounts[person] for person in row.others or [account_id] if person in accounts],
                last_status=statuses[str(row.last_id)],
            )
            for row in found
            if str(row.last_id) in statuses
        ]


def open_conversations(application: Ostrov) -> Conversations:
    """The conversations of an application."""
    return Conversations(application.part(open_raf))
