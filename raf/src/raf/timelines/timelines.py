"""Home, public timeline and documents, answered from memory, and from tables what is not in it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import msgspec

from ostrov import Mailbox, Store
from raf import entities, live
from raf.live import Stream
from raf.paging import Paging
from raf.posts.settings import TimelineSettings
from raf.timelines import documents as encoding
from raf.timelines import home as homes
from raf.timelines import public as shores
from raf.timelines import reader as loading
from raf.timelines.documents import ANONYMOUS, FLAGS, POST_FLAGS, Document, Encoder, flags_of
from raf.timelines.memory import Memory, replay
from raf.timelines.parts import Tails
from raf.timelines.reader import Reader
from raf.timelines.wire import Wire

AGAIN = 5
"""Loads that a change overtakes are begun again so often."""


class Timelines:
    """The read side that is kept in memory."""

    def __init__(self, store: Store, memory: Memory, wire: Wire, encoder: Encoder, settings: TimelineSettings) -> None:
        self.store = store
        self.memory = memory
        self.wire = wire
        self.encoder = encoder
        self.settings = settings
        self._decode = msgspec.json.Decoder(entities.Status).decode
        self._decode_account = msgspec.json.Decoder(entities.Account).decode
        wire.after_gap = self._load_listened

    # ---- readers ----------------------------------------------------------------------------------------------------

    async def reader(self, account_id: int) -> Reader:
        """What is known of a person, read now when it is not."""
        found = self.memory.readers.get(account_id)
        if found is not None and found.stale_at > time.time():
            self.memory.readers.used(account_id)
            return found
        if not self.wire.is_bound:
            await self.wire.bind()
        for _ in range(AGAIN):
            with self.memory.loads.begin() as load:
                found = await self.store.read(loading.load, account_id)
            if load.fresh(("reader", account_id)):
                self.memory.readers.keep(found)
                break
        assert found is not None
        return found

    async def home(self, account_id: int, paging: Paging) -> list[int]:
        """Status ids of a home timeline, newest first."""
        reader = await self.reader(account_id)
        if reader.home is None:
            await self._load_home(reader)
        found = reader.home.page(paging) if reader.home is not None else None
        return await self.store.read(homes.page, reader, paging) if found is None else found

    async def _load_home(self, reader: Reader) -> None:
        with self.memory.loads.begin() as load:
            home = await self.store.read(homes.load, reader, self.settings.home_entries)
        known = self.memory.readers.get(reader.account_id) is reader
        if known and load.fresh(("reader", reader.account_id)):
            reader.home = home
            self.memory.readers.watch(reader)
            replay(reader, load.happened)

    async def public(self, viewer_id: int | None, paging: Paging, only_media: bool) -> list[int]:
        """Status ids of the local public timeline, newest first."""
        reader = None if viewer_id is None else await self.reader(viewer_id)
        found = None
        if not only_media:
            shore = self.memory.shore or await self._load_shore()
            found = shore.page(reader, paging)
        if found is None:
            found = await self.store.read(shores.page, viewer_id, paging, only_media, time.time())
        return found

    async def _load_shore(self) -> shores.Shore:
        if not self.wire.is_bound:
            await self.wire.bind()
        with self.memory.loads.begin() as load:
            shore = await self.store.read(shores.load, self.settings.home_entries)
        if not load.happened and not load.all_stale:
            self.memory.shore = shore
        return shore

    # ---- documents --------------------------------------------------------------------------------------------------

    async def documents(self, ids: Sequence[int], viewer_id: int | None) -> list[bytes]:
        """The JSON of each status as the viewer sees it, in the order asked; what they may not see is left out."""
        if not ids:
            return []
        reader = None if viewer_id is None else await self.reader(viewer_id)
        found = await self._found(ids)
        authors = await self._authors(found.values())
        tails = await self._tails(found.values(), reader)
        if reader is None:
            return [
                _anonymous(document, found, authors, tails)
                for identity in ids
                if (document := found.get(identity)) is not None and _visible(document, found, None)
            ]
        marks = await self._marks(reader, found.values())
        documents = []
        for identity in ids:
            document = found.get(identity)
            if document is None or not _visible(document, found, reader):
                continue
            if not document.reblog_of_id:
                tail = tails.get(document.id, b"") if tails else b""
                flags = flags_of(document, reader, marks)
                documents.append(document.head + authors[document.account_id] + tail + POST_FLAGS[flags])
                continue
            post = found[document.reblog_of_id]
            flags = flags_of(post, reader, marks)
            documents.append(
                document.head
                + authors[document.account_id]
                + b',"reblog":'
                + post.head
                + authors[post.account_id]
                + (tails.get(post.id, b"") if tails else b"")
                + POST_FLAGS[flags]
                + FLAGS[flags & 15]
            )
        if reader.filters is not None:
            seen = [d for identity in ids if (d := found.get(identity)) is not None and _visible(d, found, reader)]
            return reader.filters.applied(documents, seen, found)
        return documents

    async def quoted(self, ids: Sequence[int], reader: Reader | None) -> dict[int, bytes]:
        """Documents of posts that others quote, by id: what a quote in them holds is left out, and what may not be seen."""
        found = {i: document for i, document in (await self._found(ids)).items() if document.seen_by(reader)}
        holding = [document for document in found.values() if document.parts is not None]
        tails = await Tails(self, reader).inside(holding) if holding else {}
        authors = await self._authors(found.values())
        marks = {} if reader is None else await self._marks(reader, found.values())
        ends = {i: ANONYMOUS if reader is None else POST_FLAGS[flags_of(d, reader, marks)] for i, d in found.items()}
        return {i: d.head + authors[d.account_id] + tails.get(i, b"") + ends[i] for i, d in found.items()}

    def has_filters(self, account_id: int | None) -> bool:
        """Whether somebody who is listened for has filters, so that what they are told is not the same as for others."""
        reader = self.memory.readers.get(account_id) if account_id else None
        return reader is not None and reader.filters is not None

    async def streamed(self, status_id: int, account_id: int | None = None) -> bytes | None:
        """A document without a viewer, unchecked: for who was told of it by a stream. None when it is gone.

        For an account that has filters it says which of them match.
        """
        found = await self._found((status_id,))
        document = found.get(status_id)
        if document is None or (document.reblog_of_id and document.reblog_of_id not in found):
            return None
        authors = await self._authors(found.values())
        told = _anonymous(document, found, authors, await self._tails(found.values(), None))
        reader = self.memory.readers.get(account_id) if account_id else None
        return told if reader is None or reader.filters is None else reader.filters.told(told, document, found)

    def hides(self, account_id: int) -> bool:
        """Whether somebody hides anybody, or is hidden from, so that what everybody hears has to be looked at for them."""
        reader = self.memory.readers.get(account_id)
        return reader is None or bool(reader.muting or reader.blocking or reader.blocked_by)

    async def shows(self, status_id: int, account_id: int) -> bool:
        """Whether a post that everybody is told of is for this person: not of or about whom they hide, or who blocked them."""
        reader = await self.reader(account_id)
        if not (reader.muting or reader.blocking or reader.blocked_by):
            return True
        document = (await self._found((status_id,))).get(status_id)
        if document is None or not document.seen_by(reader) or reader.hides(document.account_id):
            return False
        return not any(reader.hides(mentioned) for mentioned in document.mentions)

    async def statuses(self, ids: Sequence[int], viewer_id: int | None) -> list[entities.Status]:
        """The same documents as structs."""
        return [self._decode(document) for document in await self.documents(ids, viewer_id)]

    async def accounts(self, ids: Iterable[int]) -> list[entities.Account]:
        """In the order asked; those that do not exist are left out."""
        wanted = list(ids)
        found = await self._encoded_accounts(wanted)
        return [self._decode_account(found[identity]) for identity in wanted if identity in found]

    async def account_documents(self, ids: Iterable[int]) -> list[bytes]:
        """The same as JSON."""
        wanted = list(ids)
        found = await self._encoded_accounts(wanted)
        return [found[identity] for identity in wanted if identity in found]

    async def _found(self, ids: Sequence[int]) -> dict[int, Document]:
        get = self.memory.documents.get
        found: dict[int, Document] = {}
        missing: list[int] = []
        for identity in ids:
            document = get(identity)
            if document is None:
                missing.append(identity)
                continue
            found[identity] = document
            if document.reblog_of_id:
                post = get(document.reblog_of_id)
                if post is None:
                    missing.append(document.reblog_of_id)
                else:
                    found[post.id] = post
        if missing:
            if not self.wire.is_bound:
                await self.wire.bind()
            with self.memory.loads.begin() as load:
                loaded = await self.store.read(self.encoder.documents, missing)
            for identity, document in loaded.items():
                found[identity] = document
                if load.fresh(("status", identity)):
                    self.memory.documents.put(identity, document)
        return found

    async def _tails(self, documents: Iterable[Document], reader: Reader | None) -> dict[int, bytes]:
        """What posts hold that changes with who looks and when, by id: of most posts nothing."""
        holding = [document for document in documents if document.parts is not None]
        return await Tails(self, reader).of(holding) if holding else {}

    async def _authors(self, documents: Iterable[Document]) -> dict[int, bytes]:
        return await self._encoded_accounts([document.account_id for document in documents])

    async def _encoded_accounts(self, ids: Sequence[int]) -> dict[int, bytes]:
        get = self.memory.accounts.get
        found: dict[int, bytes] = {}
        missing: list[int] = []
        for identity in ids:
            if identity not in found:
                account = get(identity)
                if account is None:
                    missing.append(identity)
                else:
                    found[identity] = account
        if missing:
            if not self.wire.is_bound:
                await self.wire.bind()
            with self.memory.loads.begin() as load:
                loaded = await self.store.read(self.encoder.accounts, list(dict.fromkeys(missing)))
            for identity, account in loaded.items():
                found[identity] = account
                if load.fresh(("account", identity)):
                    self.memory.accounts.put(identity, account)
        return found

    async def _marks(self, reader: Reader, documents: Iterable[Document]) -> dict[int, int]:
        get = reader.marks.get
        known: dict[int, int] = {}
        unknown: list[int] = []
        for document in documents:
            if not document.reblog_of_id:
                bits = get(document.id)
                if bits is None:
                    unknown.append(document.id)
                else:
                    known[document.id] = bits
        for start in range(0, len(unknown), 100):
            some = unknown[start : start + 100]
            with self.memory.loads.begin() as load:
                marks = await self.store.read(encoding.marks_of, reader.account_id, some)
            known.update(marks)
            if load.fresh(("marks", reader.account_id)):
                for identity, bits in marks.items():
                    reader.marks.put(identity, bits)
        return known

    # ---- live -------------------------------------------------------------------------------------------------------

    async def listen(self, account_id: int | None, streams: Iterable[Stream], limit: int) -> Mailbox:
        """A mailbox of what happens on these streams from now on. Unknown streams are silent."""
        wanted = list(streams)
        topics = {stream: topic for stream in wanted if (topic := live.topic_of(stream, account_id)) is not None}
        reader = await self.reader(account_id) if account_id is not None and "user" in topics else None
        if not self.wire.is_bound:
            await self.wire.bind()
        board = self.memory.board

        def leave(mailbox: Mailbox) -> None:
            for topic in mailbox.topics:
                board.leave(topic, mailbox)
            listened = self.memory.readers.get(account_id) if account_id is not None else None
            if listened is not None:
                listened.mailboxes = tuple(other for other in listened.mailboxes if other is not mailbox)

        names = set(topics.values())
        if "user" in topics:
            names.add(f"raf.notifications.{account_id}")
        mailbox = Mailbox(names, limit, leave)
        for topic in names:
            board.join(topic, mailbox)
        if reader is not None:
            kept = self.memory.readers.get(reader.account_id)
            if kept is None:
                self.memory.readers.keep(reader)
                kept = reader
            kept.mailboxes = (*kept.mailboxes, mailbox)
            self.memory.readers.watch(kept)
        return mailbox

    async def _load_listened(self) -> None:
        for reader in self.memory.readers:
            if reader.mailboxes or self.memory.readers.ears.hold(reader.account_id):
                await self.reader(reader.account_id)


def _visible(document: Document, found: dict[int, Document], reader: Reader | None) -> bool:
    if not document.seen_by(reader):
        return False
    if not document.reblog_of_id:
        return True
    post = found.get(document.reblog_of_id)
    return post is not None and post.seen_by(reader)


def _anonymous(document: Document, found: dict[int, Document], authors: dict[int, bytes], tails: dict[int, bytes]) -> bytes:
    if not document.reblog_of_id:
        return document.head + authors[document.account_id] + tails.get(document.id, b"") + ANONYMOUS
    post = found[document.reblog_of_id]
    inner = post.head + authors[post.account_id] + tails.get(post.id, b"") + ANONYMOUS
    return document.head + authors[document.account_id] + b',"reblog":' + inner + b"}"
