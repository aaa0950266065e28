"""The contract of a channel and the mailbox of a subscriber."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov


class ChannelSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How processes tell each other that something changed."""

    engine: Literal["local"] = "local"
    """local: Unix datagrams between the processes of this machine."""


class Message(NamedTuple):
    """`topic` is a dotted name (`timeline.7`); `body` is encoded once by the publisher."""

    topic: str
    body: bytes


class Mailbox:
    """What one subscriber has not read yet, bounded: when it overflows it is emptied and `lost` is set ("gap, refetch")."""

    __slots__ = ("_close", "_messages", "_waiter", "limit", "lost", "topics")

    def __init__(self, topics: Iterable[str], limit: int, close: Callable[[Mailbox], None]) -> None:
        self.topics = frozenset(topics)
        self.limit = limit
        self.lost = False
        self._messages: list[Message] = []
        self._waiter: asyncio.Future[None] | None = None
        self._close = close

    def put(self, message: Message) -> None:
        if len(self._messages) >= self.limit:
            self._messages.clear()
            self.lost = True
        else:
            self._messages.append(message)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def take(self, timeout: float | None = None) -> list[Message]:
        """Everything waiting, at least one message; an empty list after `timeout` seconds, or when messages were lost."""
        if not self._messages and not self.lost:
            loop = asyncio.get_running_loop()
            waiter = self._waiter = loop.create_future()
            # asyncio.wait does the same for four times the price, and a thousand readers pay it for every message
            timer = None if timeout is None else loop.call_later(timeout, _wake, waiter)
            try:
                await waiter
            finally:
                self._waiter = None
                if timer is not None:
                    timer.cancel()
        messages, self._messages = self._messages, []
        return messages

    def close(self) -> None:
        self._close(self)

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class Channel:
    """In-process delivery; engines add the way to other processes by overriding `start`, `close` and `_send_out`.

    A subscription to `a` does not receive `a.b`; a subscriber names each topic it wants. `*` receives everything.
    """

    def __init__(self) -> None:
        self._subscribers: dict[str, set[Mailbox]] = {}
        self._callbacks: dict[str, list[Callable[[Message], None]]] = {}

    def publish(self, topic: str, body: bytes = b"") -> None:
        """Deliver here at once and send to the other processes. Never blocks, never raises for a slow reader."""
        message = Message(topic, body)
        self.deliver(message)
        self._send_out(message)

    def subscribe(self, topics: Iterable[str], limit: int = 1000) -> Mailbox:
        """A mailbox that receives these topics until it is closed."""
        mailbox = Mailbox(topics, limit, self._unsubscribe)
        for topic in mailbox.topics:
            self._subscribers.setdefault(topic, set()).add(mailbox)
        return mailbox

    def listen(self, topic: str, callback: Callable[[Message], None]) -> None:
        """Call `callback(message)` in the loop for each message of a topic, for the life of the process."""
        self._callbacks.setdefault(topic, []).append(callback)

    def deliver(self, message: Message) -> None:
        """Hand a message to the subscribers of this process."""
        for topic in (message.topic, "*"):
            for mailbox in self._subscribers.get(topic, ()):
                mailbox.put(message)
            for callback in self._callbacks.get(topic, ()):
                callback(message)

    def _unsubscribe(self, mailbox: Mailbox) -> None:
        for topic in mailbox.topics:
            there = self._subscribers.get(topic)
            if there is not None:
                there.discard(mailbox)
                if not there:
                    del self._subscribers[topic]

    def _send_out(self, message: Message) -> None: ...

    async def start(self) -> None:
        """Begin to receive from other processes; called once the event loop runs."""

    async def close(self) -> None:
        """Leave the channel."""


def open_channel(application: Ostrov) -> Channel:
    """The channel the settings choose, closed with the application. A long-lived process calls `start()` on it."""
    from ostrov.core.channel.channels.local import LocalChannel

    channel = LocalChannel(application.run_dir / "channel")
    application.on_close(channel.close)
    return channel
