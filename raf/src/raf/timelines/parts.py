"""Parts of a document that change with who looks and when: its poll, and the post it quotes.

Documents are kept encoded without them; few posts have any, and only for those they are made at each reading.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from ostrov import Connection, Store
from raf.polls import reading as polls
from raf.polls.reading import PollRow
from raf.quotes import reading as quotes
from raf.quotes.reading import QuoteRow

if TYPE_CHECKING:
    from raf.timelines.documents import Document
    from raf.timelines.reader import Reader

ACCEPTED = "accepted"
_encode = msgspec.json.Encoder().encode


class Parts(NamedTuple):
    """What a post holds besides its text and files."""

    poll: PollRow | None = None
    quote: QuoteRow | None = None


def parts_of(connection: Connection, ids: Sequence[int]) -> dict[int, Parts]:
    """The parts of posts that are known to have some."""
    if not ids:
        return {}
    asked, quoting = polls.rows(connection, ids), quotes.rows(connection, ids)
    return {identity: Parts(asked.get(identity), quoting.get(identity)) for identity in ids}


Quoted: TypeAlias = "Callable[[Sequence[int], Reader | None], Awaitable[dict[int, bytes]]]"
"""Documents of posts that are quoted, as the reader sees them, by id."""


class Tails:
    """Encodes the parts of documents for one reader, None for an anonymous one."""

    def __init__(self, store: Store, quoted: Quoted, reader: Reader | None) -> None:
        self._store = store
        self._quoted = quoted
        self._reader = reader

    async def of(self, documents: Sequence[Document]) -> dict[int, bytes]:
        """By the id of the document: `,"poll":{…},"quote":{…}`, what of it there is."""
        tails = await self._polls(documents)
        quoting = [document for document in documents if document.parts is not None and document.parts.quote is not None]
        if quoting:
            for identity, quote in (await self._quotes(quoting)).items():
                tails[identity] = tails.get(identity, b"") + b',"quote":' + quote
        return tails

    async def _quotes(self, documents: Sequence[Document]) -> dict[int, bytes]:
        """The encoded quotes: the post in it as the reader sees it, and of what that quotes in turn only the id."""
        rows = [
            document.parts.quote for document in documents if document.parts is not None and document.parts.quote is not None
        ]
        ids = [row.quoted_id for row in rows if row.state == ACCEPTED]
        inside = await self._quoted(ids, self._reader)
        found: dict[int, bytes] = {}
        for row in rows:
            document = inside.get(row.quoted_id)
            state = row.state if row.state != ACCEPTED or document is not None else "unauthorized"
            if state == ACCEPTED and self._reader is not None and self._reader.hides(row.quoted_account_id):
                state = "muted_account" if row.quoted_account_id in self._reader.muting else "blocked_account"
            shown = document if state == ACCEPTED and document is not None else b"null"
            found[row.status_id] = b'{"state":"' + state.encode() + b'","quoted_status":' + shown + b"}"
        return found

    async def inside(self, documents: Sequence[Document]) -> dict[int, bytes]:
        """The same for posts that are quoted: a quote in them is only told of."""
        tails = await self._polls(documents)
        for document in documents:
            quote = document.parts.quote if document.parts is not None else None
            if quote is not None:
                shown = b'"%d"' % quote.quoted_id if quote.state == ACCEPTED else b"null"
                told = b',"quote":{"state":"' + quote.state.encode() + b'","quoted_status_id":' + shown + b"}"
                tails[document.id] = tails.get(document.id, b"") + told
        return tails

    async def _polls(self, documents: Sequence[Document]) -> dict[int, bytes]:
        found = [
            document.parts.poll for document in documents if document.parts is not None and document.parts.poll is not None
        ]
        if not found:
            return {}
        viewer_id = None if self._reader is None else self._reader.account_id
        ids = [poll.status_id for poll in found]
        votes = {} if viewer_id is None else await self._store.read(polls.votes, viewer_id, ids)
        now = time.time()
        return {
            poll.status_id: b',"poll":' + _encode(polls.entity(poll, viewer_id, votes.get(poll.status_id, ()), now))
            for poll in found
        }
