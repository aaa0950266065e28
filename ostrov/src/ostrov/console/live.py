"""The live link of a page: server-sent events that say "changed", a few times a second at most, for as long as one may look."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from ostrov.core.errors import OstrovError

if TYPE_CHECKING:
    from ostrov.core.channel import Channel

KIND = "text/event-stream; charset=utf-8"
RETRY = b"retry: 2000\n\n"
BYE = b"event: bye\ndata:\n\n"
PULSE = b": still here\n\n"
BETWEEN = 0.5
"""Seconds between two messages to one page."""
HEARTBEAT = 15.0
"""Seconds after which a silent stream says that it lives, and asks whether its person still may look."""
STREAMS_EACH = 16
STREAMS = 400

StillThere = Callable[[], Awaitable[bool]]


class Crowded(OstrovError):
    """Too many live links are open."""

    status = 503


class Seats:
    """How many live links are open in this process, by person: each holds a connection and a mailbox."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def take(self, person: str) -> Callable[[], None]:
        """A place for one stream, given back by calling what it answers. Raises Crowded."""
        if self._open[person] >= STREAMS_EACH or self._open.total() >= STREAMS:
            raise Crowded("too many live pages are open", tip="close some of them; a page can also be reloaded by hand")
        self._open[person] += 1
        return lambda: self._give_back(person)

    def _give_back(self, person: str) -> None:
        self._open[person] -= 1
        if not self._open[person]:
            del self._open[person]


async def changes(channel: Channel, topics: Iterable[str], still_there: StillThere) -> AsyncGenerator[bytes, None]:
    """`changed` whenever a topic speaks, until the person may no longer look."""
    looked = time.monotonic()
    with channel.subscribe(topics, limit=64) as mailbox:
        yield RETRY
        while True:
            messages = await mailbox.take(HEARTBEAT)
            if time.monotonic() - looked >= HEARTBEAT:
                if not await still_there():
                    yield BYE
                    return
                looked = time.monotonic()
            if not messages and not mailbox.lost:
                yield PULSE
                continue
            mailbox.lost = False
            yield b"event: changed\ndata:\n\n"
            await asyncio.sleep(BETWEEN)
