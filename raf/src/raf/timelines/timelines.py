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
from raf.timelines import home as homes
from raf.timelines import public as shores
from raf.timelines.documents import Encoder
from raf.timelines.kept import Kept
from raf.timelines.memory import Memory, replay
from raf.timelines.reader import Reader
from raf.timelines.showing import Showing, hides_anybody
from raf.timelines.wire import Wire


class Timelines:
    """The read side that is kept in memory."""

    def __init__(self, store: Store, memory: Memory, wire: Wire, encoder: Encoder, settings: TimelineSettings) -> None:
        self.store = store
        self.memory = memory
        self.settings = settings
        self.kept = Kept(store, memory, wire, encoder)
        self.showing = Showing(self.kept)
        self.reader = self.kept.reader
        self._decode = msgspec.json.Decoder(entities.Status).decode
        self._decode_account = msgspec.json.Decoder(entities.Account).decode
        wire.after_gap = self._load_listened

    # ---- timelines --------------------------------------------------------------------------------------------------

    async def home(self, account_id: int, paging: Paging) -> list[int]:
        """Status ids of a home timeline, newest first."""
        reader = await self.reader(account_id)
        if reader.home is None:
            await self._load_home(reader)
        found = reader.home.page(paging) if reader.home is not None else None
        return await self.store.read(homes.page, reader, paging) if found is None else found

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

    async def _load_home(self, reader: Reader) -> None:
        with self.memory.loads.begin() as load:
            home = await self.store.read(homes.load, reader, self.settings.home_entries)
        known = self.memory.readers.get(reader.account_id) is reader
        if known and load.fresh(("reader", reader.account_id)):
            reader.home = home
            self.memory.readers.watch(reader)
            replay(reader, load.happened)

    async def _load_shore(self) -> shores.Shore:
        await self.kept.bind()
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
        return await self.showing.documents(ids, None if viewer_id is None else await self.reader(viewer_id))

    async def conversation(self, status_id: int) -> int:
        """Which conversation a post belongs to, whether or not its first post is still there; 0 when there is no such post."""
        found = (await self.kept.documents([status_id])).get(status_id)
        return found.conversation_id if found is not None else 0

    async def statuses(self, ids: Sequence[int], viewer_id: int | None) -> list[entities.Status]:
        """The same documents as structs."""
        return [self._decode(document) for document in await self.documents(ids, viewer_id)]

    async def accounts(self, ids: Iterable[int]) -> list[entities.Account]:
        """In the order asked; those that do not exist are left out."""
        return [self._decode_account(document) for document in await self.account_documents(ids)]

    async def account_documents(self, ids: Iterable[int]) -> list[bytes]:
        """The same as JSON."""
        wanted = list(ids)
        found = await self.kept.accounts(wanted)
        return [found[identity] for identity in wanted if identity in found]

    # ---- live -------------------------------------------------------------------------------------------------------

    async def streamed(self, status_id: int, account_id: int | None = None) -> bytes | None:
        """A document without a viewer, unchecked: for who was told of it by a stream. None when it is gone.

        For an account that has filters it says which of them match.
        """
        return await self.showing.streamed(status_id, self.memory.readers.get(account_id) if account_id else None)

    def has_filters(self, account_id: int | None) -> bool:
        """Whether somebody who is listened for has filters, so that what they are told is not the same as for others."""
        reader = self.memory.readers.get(account_id) if account_id else None
        return reader is not None and reader.filters is not None

    def hides(self, account_id: int) -> bool:
        """Whether somebody hides anybody, or is hidden from, so that what everybody hears has to be looked at for them."""
        reader = self.memory.readers.get(account_id)
        return reader is None or hides_anybody(reader)

    async def shows(self, status_id: int, account_id: int) -> bool:
        """Whether a post that everybody is told of is for this person: not of or about whom they hide, or who blocked them."""
        return await self.showing.shows(status_id, await self.reader(account_id))

    async def listen(self, account_id: int | None, streams: Iterable[Stream], limit: int) -> Mailbox:
        """A mailbox of what happens on these streams from now on. Unknown streams are silent."""
        wanted = list(streams)
        topics = {stream: topic for stream in wanted if (topic := live.topic_of(stream, account_id)) is not None}
        reader = await self.reader(account_id) if account_id is not None and "user" in topics else None
        await self.kept.bind()
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
