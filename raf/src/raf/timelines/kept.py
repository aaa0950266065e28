"""What is read from tables once and kept, until an event says that it has changed: people, posts, accounts, marks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from ostrov import Connection, Store
from raf.timelines import documents as encoding
from raf.timelines import reader as loading
from raf.timelines.caches import Recent
from raf.timelines.documents import Document, Encoder
from raf.timelines.memory import Memory
from raf.timelines.reader import Reader
from raf.timelines.together import Together, padded
from raf.timelines.wire import Wire

V = TypeVar("V")
AGAIN = 5
"""Loads that a change overtakes are begun again so often."""
MARKS_AT_ONCE = 100


class Kept:
    """Answers from memory, and reads what is not there. What changes while it is being read is not kept."""

    def __init__(self, store: Store, memory: Memory, wire: Wire, encoder: Encoder) -> None:
        self.store = store
        self.memory = memory
        self.wire = wire
        self.encoder = encoder
        self._documents = Together(self._read_documents)
        self._accounts = Together(self._read_accounts)

    async def reader(self, account_id: int) -> Reader:
        """What is known of a person."""
        found = self.memory.readers.get(account_id)
        if found is not None and found.stale_at > time.time():
            self.memory.readers.used(account_id)
            return found
        await self.bind()
        for _ in range(AGAIN):
            with self.memory.loads.begin() as load:
                found = await self.store.read(loading.load, account_id)
            if load.fresh(("reader", account_id)):
                self.memory.readers.keep(found)
                break
        assert found is not None
        return found

    async def documents(self, ids: Sequence[int]) -> dict[int, Document]:
        """The documents of these ids that there are, and of the posts that boosts among them hold."""
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
            loaded = await self._documents.get(missing)
            for identity in missing:
                if (read := loaded.get(identity)) is not None:
                    found[identity] = read
                    if read.reblog_of_id and (post := loaded.get(read.reblog_of_id)) is not None:
                        found[post.id] = post
        return found

    async def _read_documents(self, ids: list[int]) -> dict[int, Document]:
        loaded = await self._read("status", self.encoder.documents, self.memory.documents, ids)
        account_of = self.memory.accounts.get
        unknown = {document.account_id for document in loaded.values() if account_of(document.account_id) is None}
        if unknown:  # who asks for posts asks for their authors next
            await self._read_accounts(padded(unknown))
        return loaded

    async def authors(self, documents: Iterable[Document]) -> dict[int, bytes]:
        """The encoded accounts of those who wrote them."""
        return await self.accounts([document.account_id for document in documents])

    async def accounts(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The encoded accounts of these ids that there are."""
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
            loaded = await self._accounts.get(missing)
            found.update((identity, loaded[identity]) for identity in missing if identity in loaded)
        return found

    async def _read_accounts(self, ids: list[int]) -> dict[int, bytes]:
        return await self._read("account", self.encoder.accounts, self.memory.accounts, ids)

    async def _read(
        self, kind: str, read: Callable[[Connection, Sequence[int]], dict[int, V]], kept: Recent[int, V], ids: Sequence[int]
    ) -> dict[int, V]:
        """Read rows, and keep what did not change meanwhile."""
        await self.bind()
        with self.memory.loads.begin() as load:
            loaded = await self.store.read(read, ids)
        for identity, value in loaded.items():
            if load.fresh((kind, identity)):
                kept.put(identity, value)
        return loaded

    async def marks(self, reader: Reader, documents: Iterable[Document]) -> dict[int, int]:
        """Which of these posts somebody likes, boosted, bookmarked: bits by id."""
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
        for start in range(0, len(unknown), MARKS_AT_ONCE):
            some = unknown[start : start + MARKS_AT_ONCE]
            with self.memory.loads.begin() as load:
                marks = await self.store.read(encoding.marks_of, reader.account_id, some)
            known.update(marks)
            if load.fresh(("marks", reader.account_id)):
                for identity, bits in marks.items():
                    reader.marks.put(identity, bits)
        return known

    async def bind(self) -> None:
        """Hear of events from now on: before anything is read into memory."""
        if not self.wire.is_bound:
            await self.wire.bind()
