"""What goes down a stream: each event is encoded once, however many people it reaches."""

from __future__ import annotations

from collections import deque

import msgspec

from ostrov import Message
from raf.conversations.conversations import open_conversations
from raf.errors import Missing
from raf.mastodon.answers import encode
from raf.network import Raf

KEPT = 256
WITHOUT = ("notifications_merged", "filters_changed")
"""Events without content."""
POSTS = ("update", "status.update")
COMMON = ("raf.public", "raf.tag.")
"""Topics that everybody may listen to: who hears them was not chosen by author."""
OWN = ("notification", "conversation")
"""Events whose content differs for each who hears of them."""


class Told(msgspec.Struct):
    """The body of a message on the channel."""

    event: str
    id: str


class Frames:
    """Makes of a message what a client reads. `payload` is None for what has gone meanwhile."""

    def __init__(self, raf: Raf) -> None:
        self._raf = raf
        self._decode = msgspec.json.Decoder(Told).decode
        self._shared: dict[int, tuple[bytes, bytes]] = {}
        self._order: deque[int] = deque()
        self._texts: dict[int, tuple[bytes, dict[tuple[str, ...], bytes]]] = {}
        self._text_order: deque[int] = deque()

    def kept(self, message: Message) -> bytes | None:
        """The lines of a message that were made for somebody else already.

        Everybody who gets a message gets the same object as its body, so that is what they are kept by: an edit has the same
        text as the edit before it.
        """
        found = self._shared.get(id(message.body))
        return None if found is None else found[1]

    def kept_text(self, message: Message, stream: tuple[str, ...]) -> bytes | None:
        """The same for a WebSocket's stream."""
        found = self._texts.get(id(message.body))
        return None if found is None else found[1].get(stream)

    def is_particular(self, account_id: int | None) -> bool:
        """Whether somebody is told of posts in words of their own (which of their filters match), or not of all of them."""
        timelines = self._raf.timelines
        return account_id is not None and (timelines.has_filters(account_id) or timelines.hides(account_id))

    async def event(self, message: Message, account_id: int | None) -> bytes:
        """The lines of a server-sent event; empty for what has gone meanwhile."""
        told = self._decode(message.body)
        payload = await self.payload(told, account_id) if await self._shows(message, told, account_id) else None
        if payload is None:
            return b""
        frame = b"event: %s\ndata: %s\n\n" % (told.event.encode(), payload)
        if told.event not in OWN and not self.is_particular(account_id):
            self._keep(message.body, frame)
        return frame

    async def socket_text(self, message: Message, account_id: int | None, stream: tuple[str, ...]) -> bytes:
        """The same for a WebSocket, which names the stream."""
        told = self._decode(message.body)
        payload = await self.payload(told, account_id) if await self._shows(message, told, account_id) else None
        if payload is None:
            return b""
        text = encode({"stream": stream, "event": told.event, "payload": payload.decode()})
        if told.event not in OWN and not self.is_particular(account_id):
            self._keep_text(message.body, stream, text)
        return text

    async def payload(self, told: Told, account_id: int | None) -> bytes | None:
        """What an event carries: a post, a notification, or the id of what was deleted."""
        try:
            if told.event == "delete":
                return told.id.encode()
            if told.event in WITHOUT:
                return b"1"
            if told.event == "conversation":
                conversations = self._raf.application.part(open_conversations)
                return encode(await conversations.one(account_id or 0, int(told.id)))
            if told.event == "notification":
                return encode(await self._raf.notification(account_id or 0, int(told.id)))
            return await self._raf.streamed(int(told.id), account_id)
        except Missing:
            return None

    async def _shows(self, message: Message, told: Told, account_id: int | None) -> bool:
        """What everybody hears is not for who hides its author, or is hidden from (streaming/index.js, Mastodon 4.4)."""
        if account_id is None or told.event not in POSTS or not message.topic.startswith(COMMON):
            return True
        return await self._raf.timelines.shows(int(told.id), account_id)

    def _keep(self, body: bytes, frame: bytes) -> None:
        while len(self._order) >= KEPT:
            self._shared.pop(self._order.popleft(), None)
        self._shared[id(body)] = (body, frame)  # holding the body keeps its identity from being given to another
        self._order.append(id(body))

    def _keep_text(self, body: bytes, stream: tuple[str, ...], text: bytes) -> None:
        found = self._texts.get(id(body))
        if found is None:
            while len(self._text_order) >= KEPT:
                self._texts.pop(self._text_order.popleft(), None)
            found = self._texts[id(body)] = (body, {})
            self._text_order.append(id(body))
        found[1][stream] = text
