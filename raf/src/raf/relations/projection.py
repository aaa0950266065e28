"""Relations as tables, with the counts they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ostrov import Connection
from raf.domain.events import (
    Blocked,
    Followed,
    FollowRejected,
    FollowRequested,
    Muted,
    Unblocked,
    Unfollowed,
    Unmuted,
)

INSERT_FOLLOW = """
INSERT INTO follow (account_id, target_id, id, created_at, reblogs, notify, languages) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING"""
CHANGE_FOLLOW = "UPDATE follow SET reblogs = ?, notify = ?, languages = ? WHERE account_id = ? AND target_id = ?"
INSERT_REQUEST = """
INSERT INTO follow_request (account_id, target_id, id, created_at, reblogs, notify, languages) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, target_id) DO UPDATE
SET reblogs = excluded.reblogs, notify = excluded.notify, languages = excluded.languages"""
DELETE_REQUEST = "DELETE FROM follow_request WHERE account_id = ? AND target_id = ?"
DELETE_FOLLOW = "DELETE FROM follow WHERE account_id = ? AND target_id = ?"
COUNT_FOLLOWING = "UPDATE account SET following_count = following_count + ? WHERE id = ?"
COUNT_FOLLOWER = "UPDATE account SET followers_count = followers_count + ? WHERE id = ?"
INSERT_BLOCK = "INSERT INTO block (account_id, target_id, id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
INSERT_MUTE = """
INSERT INTO mute (account_id, target_id, id, created_at, notifications, expires_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, target_id) DO UPDATE
SET notifications = excluded.notifications, expires_at = excluded.expires_at"""


def followed(connection: Connection, event: Followed) -> None:
    connection.execute(DELETE_REQUEST, (event.account_id, event.target_id))
    options = _options(event)
    if connection.execute(INSERT_FOLLOW, (event.account_id, event.target_id, event.id, event.at, *options)):
        connection.execute(COUNT_FOLLOWING, (1, event.account_id))
        connection.execute(COUNT_FOLLOWER, (1, event.target_id))
    else:
        connection.execute(CHANGE_FOLLOW, (*options, event.account_id, event.target_id))


def follow_requested(connection: Connection, event: FollowRequested) -> None:
    connection.execute(INSERT_REQUEST, (event.account_id, event.target_id, event.id, event.at, *_options(event)))


def follow_rejected(connection: Connection, event: FollowRejected) -> None:
    connection.execute(DELETE_REQUEST, (event.account_id, event.target_id))


def unfollowed(connection: Connection, event: Unfollowed) -> None:
    if connection.execute(DELETE_FOLLOW, (event.account_id, event.target_id)):
        connection.execute(COUNT_FOLLOWING, (-1, event.account_id))
        connection.execute(COUNT_FOLLOWER, (-1, event.target_id))


def blocked(connection: Connection, event: Blocked) -> None:
    connection.execute(INSERT_BLOCK, (event.account_id, event.target_id, event.id, event.at))


def muted(connection: Connection, event: Muted) -> None:
    connection.execute(
        INSERT_MUTE,
        (event.account_id, event.target_id, event.id, event.at, int(event.notifications), event.expires_at),
    )


def _removed(table: str) -> Callable[[Connection, Any], None]:
    statement = f"DELETE FROM {table} WHERE account_id = ? AND target_id = ?"

    def removed(connection: Connection, event: Any) -> None:
        connection.execute(statement, (event.account_id, event.target_id))

    return removed


def _options(event: Followed | FollowRequested) -> tuple[int, int, str | None]:
    languages = None if event.languages is None else msgspec.json.encode(event.languages).decode()
    return (int(event.reblogs), int(event.notify), languages)


PROJECTIONS = {
    Followed: followed,
    FollowRequested: follow_requested,
    FollowRejected: follow_rejected,
    Unfollowed: unfollowed,
    Blocked: blocked,
    Unblocked: _removed("block"),
    Muted: muted,
    Unmuted: _removed("mute"),
}
TABLES = ("follow", "follow_request", "block", "mute")
