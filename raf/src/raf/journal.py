"""Writing events: stored with their read models in the caller's transaction, told to the living once they are durable."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypedDict

from ostrov import Connection, Events
from raf.domain.events import RafEvent
from raf.snowflake import Snowflakes

if TYPE_CHECKING:
    from raf.posts.settings import PostSettings

Told = Callable[[Sequence[int], Sequence[RafEvent]], None]


class Place(TypedDict):
    """The fields that every event has: its stream, its version in it, and when it happened."""

    originator_id: str
    originator_version: int
    at: float


class Journal:
    """What commands write with: ids, the time, and `put`. `told(positions, events)` is called after each commit.

    `clock` says when it is; a demonstration turns it back to tell its story in the past.
    """

    def __init__(self, events: Events, limits: PostSettings, told: Told, clock: Callable[[], float] = time.time) -> None:
        self.events = events
        self.limits = limits
        self.ids = Snowflakes()
        self.told = told
        self.clock = clock

    def begin(self, connection: Connection) -> float:
        """Begin a command: what it reads from now on stays true until it has written. The time of its events."""
        self.events.lock(connection)
        return self.clock()

    def next_version(self, connection: Connection, stream: str) -> int:
        """The version of the next event of a stream that may have some."""
        return self.events.version(connection, stream) + 1

    def next(self, connection: Connection, stream: str, now: float) -> Place:
        """Where the next event of a stream belongs that may have some: `Blocked(**journal.next(…), …)`."""
        return {"originator_id": stream, "originator_version": self.next_version(connection, stream), "at": now}

    def first(self, stream: str, now: float) -> Place:
        """The same for a stream that begins."""
        return {"originator_id": stream, "originator_version": 1, "at": now}

    def put(self, connection: Connection, *events: RafEvent) -> None:
        """Store events, project them, and tell of them after the commit."""
        positions = self.events.put(connection, *events)
        connection.after_commit(lambda: self.told(positions, events))
