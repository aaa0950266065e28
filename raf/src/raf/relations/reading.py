"""Relations as lists and as the entity Relationship."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from ostrov import Connection
from raf import entities
from raf.acquaintance.records import endorsed, notes
from raf.paging import Listing, Paging, newest_first
from raf.relations.following import languages_of
from raf.times import iso

TOWARDS = "SELECT target_id, reblogs, notify, languages FROM {table} WHERE account_id = ? AND target_id IN ({marks})"
FROM = "SELECT account_id FROM {table} WHERE target_id = ? AND account_id IN ({marks})"
BLOCKING = "SELECT target_id FROM block WHERE account_id = ? AND target_id IN ({marks})"
MUTING = """
SELECT target_id, notifications, expires_at FROM mute WHERE account_id = ? AND target_id IN ({marks})
AND (expires_at IS NULL OR expires_at > ?)"""
LISTS = {
    "followers": ("follow", "target_id", "account_id"),
    "following": ("follow", "account_id", "target_id"),
    "requests": ("follow_request", "target_id", "account_id"),
    "blocks": ("block", "account_id", "target_id"),
    "mutes": ("mute", "account_id", "target_id"),
}
LISTED = {
    (name, direction): f"""
SELECT {table}.id, {other} FROM {table} JOIN account ON account.id = {other} AND account.suspended = 0
WHERE {own} = ? AND {table}.id < ? AND {table}.id > ? ORDER BY {table}.id {direction} LIMIT ?"""
    for name, (table, own, other) in LISTS.items()
    for direction in ("ASC", "DESC")
}
HIDDEN = "SELECT hide_collections FROM account WHERE id = ?"
BLOCKED = "SELECT 1 FROM block WHERE account_id = ? AND target_id = ?"
EXPIRIES = "SELECT target_id, expires_at FROM mute WHERE account_id = ? AND target_id IN ({marks})"


def relationships(connection: Connection, viewer_id: int, ids: Sequence[int]) -> list[entities.Relationship]:
    """How the viewer stands to each account, in the order asked."""
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))

    def members(sql: str) -> set[int]:
        return {row[0] for row in connection.rows(sql, (viewer_id, *ids))}

    follows = {row[0]: row[1:] for row in connection.rows(TOWARDS.format(table="follow", marks=marks), (viewer_id, *ids))}
    requests = {row[0] for row in connection.rows(TOWARDS.format(table="follow_request", marks=marks), (viewer_id, *ids))}
    mutes = {row[0]: row[1:] for row in connection.rows(MUTING.format(marks=marks), (viewer_id, *ids, time.time()))}
    followed_by = members(FROM.format(table="follow", marks=marks))
    requested_by = members(FROM.format(table="follow_request", marks=marks))
    blocked_by = members(FROM.format(table="block", marks=marks))
    blocking = members(BLOCKING.format(marks=marks))
    recommended, said = endorsed(connection, viewer_id, ids), notes(connection, viewer_id, ids)
    found = []
    for account_id in ids:
        reblogs, notify, languages = follows.get(account_id, (0, 0, None))
        notifications, expires_at = mutes.get(account_id, (0, None))
        spoken = languages_of(languages)
        found.append(
            entities.Relationship(
                id=str(account_id),
                following=account_id in follows,
                showing_reblogs=bool(reblogs),
                notifying=bool(notify),
                languages=None if spoken is None else list(spoken),
                followed_by=account_id in followed_by,
                blocking=account_id in blocking,
                blocked_by=account_id in blocked_by,
                muting=account_id in mutes,
                muting_notifications=bool(notifications),
                muting_expires_at=None if expires_at is None else iso(expires_at),
                requested=account_id in requests,
                requested_by=account_id in requested_by,
                endorsed=account_id in recommended,
                note=said.get(account_id, ""),
            )
        )
    return found


def listed(connection: Connection, name: str, account_id: int, paging: Paging) -> Listing[int]:
    """Account ids of one's followers, following, requests, blocks or mutes, the last made first."""

    def select(direction: str, bounds: tuple[int, int, int]) -> list[Any]:
        return connection.rows(LISTED[name, direction], (account_id, *bounds))

    rows = newest_first(paging, select)
    if not rows:
        return Listing([])
    return Listing([other for _, other in rows], older=rows[-1][0], newer=rows[0][0])


def shown(connection: Connection, name: str, account_id: int, viewer_id: int | None, paging: Paging) -> Listing[int]:
    """The followers or following of somebody, unless they hide them or have blocked the viewer."""
    if viewer_id != account_id:
        if connection.value(HIDDEN, (account_id,)):
            return Listing([])
        if viewer_id is not None and connection.row(BLOCKED, (account_id, viewer_id)) is not None:
            return Listing([])
    return listed(connection, name, account_id, paging)


def mute_expiries(connection: Connection, account_id: int, ids: Sequence[int]) -> dict[int, float | None]:
    """When the mutes of these accounts end."""
    if not ids:
        return {}
    sql = EXPIRIES.format(marks=", ".join("?" * len(ids)))
    return dict(connection.rows(sql, (account_id, *ids)))
