"""Events on their way to the memory of every process of the project.

The process that committed applies them at once and sends them over the channel, all of one turn of its loop in one message. A
message may be lost, and a process may be killed between its commit and its message; so everybody looks at the log now and then,
and when it has an event that nobody told of, forgets what may be stale.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent

from ostrov import Events, Message, Ostrov, StoreError
from raf.domain.events import RafEvent
from raf.live import EVENTS, PREVIEWED
from raf.timelines import cards, public
from raf.timelines.memory import Memory

FORGET = "raf.forget"
LOG = logging.getLogger(__name__)
LARGEST = 60_000
"""Bytes of events in one message; the channel carries about twice as much."""
Carried = tuple[int, str, msgspec.Raw]


class Wire:
    """Tells of events and hears of them. `bind` before anything is read into memory."""

    def __init__(self, application: Ostrov, events: Events, memory: Memory, every: float) -> None:
        self._application = application
        self._events = events
        self._memory = memory
        self._every = every
        self._own = os.urandom(8).hex()
        self._outgoing: list[tuple[int, str, bytes]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._watching: asyncio.Task[None] | None = None
        self._seen: set[int] = set()
        self._upto = 0
        self._missing = 0
        self._decode = msgspec.json.Decoder(tuple[str, list[Carried]]).decode
        self.after_gap: Callable[[], Awaitable[None]] | None = None
        application.channel.listen(EVENTS, self._heard)
        application.channel.listen(PREVIEWED, lambda message: cards.heard(self._memory, message))
        application.channel.listen(FORGET, lambda message: self._memory.forget())
        application.on_close(self.close)

    @property
    def is_bound(self) -> bool:
        return self._loop is not None

    async def bind(self) -> None:
        """Belong to the running loop and know how far the log is."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._thread = threading.get_ident()
            self._upto = await self._application.store.read(self._events.last)
            self._memory.quiet = await self._application.store.read(public.quiet)
            self._watching = asyncio.create_task(self._watch())

    def told(self, positions: Sequence[int], events: Sequence[RafEvent]) -> None:
        """Events that this process has just committed, in the loop or in another thread."""
        if self._loop is not None and threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self._take, positions, events)
        else:
            self._take(positions, events)

    def forget_everywhere(self) -> None:
        """Read models were written again: what processes remember of the old ones is void."""
        self._application.channel.publish(FORGET)

    def _take(self, positions: Sequence[int], events: Sequence[RafEvent]) -> None:
        for position, event in zip(positions, events, strict=True):
            self._apply(event)
            self._memory.written_here(event)
            if self._loop is not None:
                self._seen.add(position)
            stored = self._events.mapper.to_stored_event(event)
            self._outgoing.append((position, stored.topic, stored.state))
        if self._loop is None:
            self._send()
        elif len(self._outgoing) == len(events):
            self._loop.call_soon(self._send)

    def _send(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        batch: list[Carried] = []
        size = 0
        for position, topic, state in outgoing:
            batch.append((position, topic, msgspec.Raw(state)))
            size += len(state)
            if size > LARGEST:
                self._publish(batch)
                batch, size = [], 0
        if batch:
            self._publish(batch)

    def _publish(self, batch: list[Carried]) -> None:
        self._application.channel.publish(EVENTS, msgspec.json.encode((self._own, batch)))

    def _heard(self, message: Message) -> None:
        if self._loop is None or not message.body or message.body.startswith(b'["' + self._own.encode()):
            return
        try:
            _, batch = self._decode(message.body)
            for position, topic, state in batch:
                self._seen.add(position)
                self._apply(self._events.mapper.to_domain_event(StoredEvent("", 0, topic, bytes(state))))
        except (msgspec.MsgspecError, MapperDeserialisationError):
            LOG.exception("an event of another process cannot be read; what is remembered is dropped")
            self._memory.forget()

    def _apply(self, event: RafEvent) -> None:
        """It is committed already: whatever is wrong with the memory, its command must be acknowledged."""
        try:
            self._memory.apply(event)
        except Exception:
            LOG.exception("%s could not be applied; what is remembered is dropped", type(event).__name__)
            self._memory.forget()

    # ---- what nobody told of ----------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            with contextlib.suppress(StoreError):  # the database is away or busy; the next look will tell
                await self.catch_up()

    async def catch_up(self) -> bool:
        """Look whether the log has events nobody told of, twice in a row; whether memory was forgotten for it."""
        last = await self._application.store.read(self._events.last)
        while self._upto + 1 in self._seen:
            self._upto += 1
            self._seen.discard(self._upto)
        missing = self._upto + 1 if last > self._upto else 0
        again = missing and missing == self._missing
        self._missing = missing
        if not again:
            return False
        self._upto, self._missing = last, 0
        self._seen = {position for position in self._seen if position > last}
        self._memory.quiet = await self._application.store.read(public.quiet)
        self._memory.forget()
        if self.after_gap is not None:
            await self.after_gap()
        return True

    async def close(self) -> None:
        """Stop looking."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
