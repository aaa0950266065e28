"""Documents as somebody sees them: the encoded post, its author, what changes with who looks, and their flags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from raf.timelines.documents import ANONYMOUS, FLAGS, POST_FLAGS, Document, flags_of
from raf.timelines.kept import Kept
from raf.timelines.parts import Tails
from raf.timelines.reader import Reader


class Showing:
    """Puts documents together. A reader of None is an anonymous one."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept

    async def documents(self, ids: Sequence[int], reader: Reader | None) -> list[bytes]:
        """The JSON of each status, in the order asked; what the reader may not see is left out."""
        if reader is not None and reader.filters is None:
            ready = self._ready(ids, reader)
            if ready is not None:
                return ready
        found = await self.kept.documents(ids)
        authors = await self.kept.authors(found.values())
        tails = await self._tails(found.values(), reader)
        seen = [d for identity in ids if (d := found.get(identity)) is not None and _visible(d, found, reader)]
        if reader is None:
            return [_anonymous(document, found, authors, tails) for document in seen]
        marks = await self.kept.marks(reader, found.values())
        documents = []
        for document in seen:
            post = found[document.reblog_of_id] if document.reblog_of_id else document
            flags = flags_of(post, reader, marks.get(post.id, 0))
            whole = post.head + authors[post.account_id] + tails.get(post.id, b"") + POST_FLAGS[flags]
            documents.append(_boost(document, authors[document.account_id], whole, flags) if document is not post else whole)
        return documents if reader.filters is None else reader.filters.applied(documents, seen, found)

    def _ready(self, ids: Sequence[int], reader: Reader) -> list[bytes] | None:
        """The same when all of it is in memory and nothing changes with the time; None when it is not.

        Nine requests of ten end here, so it goes once through the ids and looks into the young halves of the maps by itself.
        """
        memory, me = self.kept.memory, reader.account_id
        document_of, account_of, marks_of = memory.documents.young.get, memory.accounts.young.get, reader.marks.young.get
        blocked_by, silenced = reader.blocked_by, reader.silenced
        documents: list[bytes] = []
        for identity in ids:
            document = document_of(identity) or memory.documents.get(identity)
            if document is None:
                return None
            post = document
            if document.reblog_of_id:
                held = document_of(document.reblog_of_id) or memory.documents.get(document.reblog_of_id)
                if held is None:
                    return None
                post = held
                if not (document.seen_by(reader) and post.seen_by(reader)):
                    continue
            elif not (document.is_open and not blocked_by) and not document.seen_by(reader):
                continue
            author_id = post.account_id
            account = account_of(author_id) or memory.accounts.get(author_id)
            bits = marks_of(post.id)
            if bits is None:
                bits = reader.marks.get(post.id)
            if account is None or bits is None or post.parts is not None:
                return None
            flags = bits if author_id != me and not silenced else flags_of(post, reader, bits)
            whole = b"".join((post.head, account, POST_FLAGS[flags]))
            if document is not post:
                booster = account_of(document.account_id) or memory.accounts.get(document.account_id)
                if booster is None:
                    return None
                whole = _boost(document, booster, whole, flags)
            documents.append(whole)
        return documents

    async def quoted(self, ids: Sequence[int], reader: Reader | None) -> dict[int, bytes]:
        """Documents of posts that others quote, by id: what a quote in them holds is left out, and what may not be seen."""
        found = {i: document for i, document in (await self.kept.documents(ids)).items() if document.seen_by(reader)}
        holding = [document for document in found.values() if document.parts is not None]
        tails = await Tails(self.kept.store, self.quoted, reader).inside(holding) if holding else {}
        authors = await self.kept.authors(found.values())
        marks = {} if reader is None else await self.kept.marks(reader, found.values())
        ends = {i: ANONYMOUS if reader is None else POST_FLAGS[flags_of(d, reader, marks.get(i, 0))] for i, d in found.items()}
        return {i: d.head + authors[d.account_id] + tails.get(i, b"") + ends[i] for i, d in found.items()}

    async def streamed(self, status_id: int, reader: Reader | None) -> bytes | None:
        """A document without a viewer, unchecked: for who was told of it by a stream. None when it is gone.

        For a reader who has filters it says which of them match.
        """
        found = await self.kept.documents((status_id,))
        document = found.get(status_id)
        if document is None or (document.reblog_of_id and document.reblog_of_id not in found):
            return None
        authors = await self.kept.authors(found.values())
        told = _anonymous(document, found, authors, await self._tails(found.values(), None))
        return told if reader is None or reader.filters is None else reader.filters.told(told, document, found)

    async def shows(self, status_id: int, reader: Reader) -> bool:
        """Whether a post that everybody is told of is for this person: not of or about whom they hide, or who blocked them."""
        if not hides_anybody(reader):
            return True
        document = (await self.kept.documents((status_id,))).get(status_id)
        if document is None or not document.seen_by(reader) or reader.hides(document.account_id):
            return False
        return not any(reader.hides(mentioned) for mentioned in document.mentions)

    async def _tails(self, documents: Iterable[Document], reader: Reader | None) -> dict[int, bytes]:
        """What posts hold that changes with who looks and when, by id: of most posts nothing."""
        holding = [document for document in documents if document.parts is not None]
        return await Tails(self.kept.store, self.quoted, reader).of(holding) if holding else {}


def hides_anybody(reader: Reader) -> bool:
    """Whether somebody hides anybody, or is hidden from, so that what everybody hears has to be looked at for them."""
    return bool(reader.muting or reader.blocking or reader.blocked_by)


def _visible(document: Document, found: dict[int, Document], reader: Reader | None) -> bool:
    if not document.seen_by(reader):
        return False
    if not document.reblog_of_id:
        return True
    post = found.get(document.reblog_of_id)
    return post is not None and post.seen_by(reader)


def _boost(document: Document, author: bytes, post: bytes, flags: int) -> bytes:
    """A boost that holds a whole document."""
    return b"".join((document.head, author, b',"reblog":', post, FLAGS[flags & 15]))


def _anonymous(document: Document, found: dict[int, Document], authors: dict[int, bytes], tails: dict[int, bytes]) -> bytes:
    if not document.reblog_of_id:
        return document.head + authors[document.account_id] + tails.get(document.id, b"") + ANONYMOUS
    post = found[document.reblog_of_id]
    inner = post.head + authors[post.account_id] + tails.get(post.id, b"") + ANONYMOUS
    return document.head + authors[document.account_id] + b',"reblog":' + inner + b"}"
