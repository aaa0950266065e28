"""Somebody who reads the log after the fact and remembers how far: search, statistics, deliveries."""

from __future__ import annotations

from collections.abc import Callable

from ostrov.core.store import Connection
from ostrov.run.events.events import Events, Recorded

POSITION = "SELECT position FROM event_follower WHERE name = ?"
MOVE = """
INSERT INTO event_follower (name, position) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET position = excluded.position"""
CLAIM = "SELECT position FROM event_follower WHERE name = ? FOR UPDATE"


class Follower:
    """Handles each event of the log once: its position is stored in the transaction of what the handler writes."""

    def __init__(self, events: Events, name: str, handle: Callable[[Connection, Recorded], None]) -> None:
        self.events = events
        self.name = name
        self.handle = handle

    def position(self, connection: Connection) -> int:
        """The last position that was handled, 0 for none."""
        return connection.value(POSITION, (self.name,)) or 0

    def follow(self, connection: Connection, limit: int = 500) -> int:
        """Handle the next events in the caller's transaction; how many there were. Two of one name take turns."""
        if connection.dialect == "postgresql":
            connection.execute("INSERT INTO event_follower (name, position) VALUES (?, 0) ON CONFLICT DO NOTHING", (self.name,))
            position = connection.value(CLAIM, (self.name,)) or 0
        else:
            position = self.position(connection)
        found = self.events.select(connection, position + 1, limit)
        for recorded in found:
            self.handle(connection, recorded)
        if found:
            connection.execute(MOVE, (self.name, found[-1].position))
        return len(found)
