"""Posts that were deleted before a deletion took its words out of the log: theirs go here."""

from __future__ import annotations

from typing import Final

from ostrov import Connection, Events
from raf.domain import streams
from raf.domain.posts import wordless

DELETED: Final = "SELECT status_id FROM tombstone WHERE status_id > ? ORDER BY status_id LIMIT ?"


def forget_some(connection: Connection, events: Events, after: int, number: int) -> tuple[int, int]:
    """Write over the words of `number` deleted posts above `after`: the last of them (0 at the end), and how many had words."""
    events.lock(connection)
    found = [status_id for (status_id,) in connection.rows(DELETED, (after, number))]
    changed = sum(events.rewrite(connection, streams.post(status_id), wordless) > 0 for status_id in found)
    return (found[-1] if found else 0), changed
