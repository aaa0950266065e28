"""Notifications as rows: listed, counted, put away; and how far somebody has read."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from ostrov import Connection
from raf import entities
from raf.paging import Paging, newest_first
from raf.times import iso

KINDS = (
    *("mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quote", "quoted_update"),
    *("admin.sign_up", "admin.report", "moderation_warning", "severed_relationships"),
)
SUBJECTS = {"admin.report": "report", "moderation_warning": "moderation_warning"}
"""Kinds that are not of a status: `status_id` is the id of what the field so named shows."""
COLUMNS = "id, kind, from_account_id, status_id, created_at, group_key"
ROWS = f"""
SELECT {COLUMNS} FROM notification
WHERE account_id = ? AND id < ? AND id > ? AND kind IN ({{kinds}}) AND (? = 0 OR from_account_id = ?) AND filtered <= ?
ORDER BY id {{direction}} LIMIT ?"""
ROW = f"SELECT {COLUMNS} FROM notification WHERE account_id = ? AND id = ?"
UNREAD = """
SELECT count(*) FROM (SELECT 1 FROM notification WHERE account_id = ? AND filtered = 0 AND id > coalesce(
  (SELECT last_read_id FROM marker WHERE account_id = ? AND timeline = 'notifications'), 0) LIMIT ?) unread"""
DISMISS = "DELETE FROM notification WHERE account_id = ? AND id = ?"
CLEAR = "DELETE FROM notification WHERE account_id = ?"
MARKERS = "SELECT timeline, last_read_id, version, updated_at FROM marker WHERE account_id = ?"
SET_MARKER = """
INSERT INTO marker (account_id, timeline, last_read_id, version, updated_at) VALUES (?, ?, ?, 1, ?)
ON CONFLICT (account_id, timeline) DO UPDATE
SET last_read_id = excluded.last_read_id, version = marker.version + 1, updated_at = excluded.updated_at"""
TIMELINES = ("home", "notifications")
TOPIC = "raf.notified"
"""The channel topic of new notifications; the body is JSON, [[account id, notification id], …]. An id of `CHANGED` says that
something else happened to somebody's news."""
MERGED = 0
FILTERS_CHANGED = -1
CHANGED = {MERGED: "notifications_merged", FILTERS_CHANGED: "filters_changed"}
"""Events of the stream `user` that have no content: those kept aside are among the others now; other filters hold."""
_told = msgspec.json.Decoder(list[tuple[int, int]]).decode


class NotificationRow(NamedTuple):
    """A row of `notification`; `status_id` is 0 and `group_key` empty for none."""

    id: int
    kind: str
    from_account_id: int
    status_id: int
    created_at: float
    group_key: str = ""


def rows(
    connection: Connection,
    account_id: int,
    paging: Paging,
    types: Iterable[str],
    exclude_types: Iterable[str],
    from_account_id: int | None,
    filtered: bool = False,
) -> list[NotificationRow]:
    """A page of an account's notifications, newest first. With `filtered` those too that were kept aside."""
    wanted, unwanted = set(types), set(exclude_types)
    kinds = [kind for kind in KINDS if (not wanted or kind in wanted) and kind not in unwanted]
    if not kinds:
        return []
    who = from_account_id or 0

    def select(direction: str, bounds: tuple[int, int, int]) -> list[NotificationRow]:
        below, above, limit = bounds
        values = (account_id, below, above, *kinds, who, who, int(filtered), limit)
        sql = ROWS.format(kinds=", ".join("?" * len(kinds)), direction=direction)
        return [NotificationRow(*row) for row in connection.rows(sql, values)]

    return newest_first(paging, select)


def entity(
    row: NotificationRow,
    authors: Mapping[str, entities.Account],
    statuses: Mapping[str, entities.Status],
    subjects: Mapping[tuple[str, int], Any],
) -> entities.Notification | None:
    """A row with what it speaks of; None when that is gone or may not be seen."""
    author = authors.get(str(row.from_account_id))
    is_of_post = bool(row.status_id) and row.kind not in SUBJECTS
    status = statuses.get(str(row.status_id)) if is_of_post else msgspec.UNSET
    subject = subjects.get((row.kind, row.status_id)) if row.kind in SUBJECTS else msgspec.UNSET
    if author is None or status is None or subject is None:
        return None
    group = row.group_key or f"ungrouped-{row.id}"
    more = {SUBJECTS[row.kind]: subject} if row.kind in SUBJECTS else {}
    return entities.Notification(
        id=str(row.id), type=row.kind, created_at=iso(row.created_at), group_key=group, account=author, status=status, **more
    )


def decode_told(body: bytes) -> list[tuple[int, int]]:
    """What a message on `TOPIC` says: (account id, notification id) of each new one."""
    return _told(body)


def row(connection: Connection, account_id: int, notification_id: int) -> NotificationRow | None:
    found = connection.row(ROW, (account_id, notification_id))
    return None if found is None else NotificationRow(*found)


def unread(connection: Connection, account_id: int, limit: int) -> int:
    """How many are newer than the marker, counted up to the limit."""
    found: int = connection.value(UNREAD, (account_id, account_id, limit))
    return found


def dismiss(connection: Connection, account_id: int, notification_id: int) -> bool:
    """Put one away; whether it was there."""
    return connection.execute(DISMISS, (account_id, notification_id)) == 1


def clear(connection: Connection, account_id: int) -> None:
    """Put all away."""
    connection.execute(CLEAR, (account_id,))


def markers(connection: Connection, account_id: int, timelines: Iterable[str]) -> dict[str, entities.Marker]:
    """How far the account has read, by timeline."""
    wanted = set(timelines)
    return {
        timeline: entities.Marker(last_read_id=str(last_read_id), version=version, updated_at=iso(updated_at))
        for timeline, last_read_id, version, updated_at in connection.rows(MARKERS, (account_id,))
        if timeline in wanted
    }


def set_markers(connection: Connection, account_id: int, last_read: dict[str, int]) -> dict[str, entities.Marker]:
    """Say how far the account has read; the markers that were set."""
    now = time.time()
    known = {timeline: identity for timeline, identity in last_read.items() if timeline in TIMELINES}
    for timeline, identity in known.items():
        connection.execute(SET_MARKER, (account_id, timeline, identity, now))
    return markers(connection, account_id, known)
