"""Commands: block and mute somebody, and take it back."""

from __future__ import annotations

from ostrov import Connection
from raf.domain import streams
from raf.domain.events import Blocked, Muted, Unblocked, Unmuted
from raf.errors import Missing
from raf.journal import Journal
from raf.notifications.forgetting import forget_person
from raf.relations.following import unfollow

EXISTS = "SELECT 1 FROM account WHERE id = ?"
BLOCK = "SELECT 1 FROM block WHERE account_id = ? AND target_id = ?"
MUTE = "SELECT id, notifications, expires_at FROM mute WHERE account_id = ? AND target_id = ?"


def block(connection: Connection, journal: Journal, account_id: int, target_id: int) -> None:
    """Raises Missing."""
    now = journal.begin(connection)
    _check_somebody_else(connection, account_id, target_id)
    if connection.row(BLOCK, (account_id, target_id)) is not None:
        return
    unfollow(connection, journal, account_id, target_id)
    unfollow(connection, journal, target_id, account_id)
    journal.put(
        connection,
        Blocked(
            **journal.next(connection, streams.pair("x", account_id, target_id), now),
            id=journal.ids.next(now),
            account_id=account_id,
            target_id=target_id,
        ),
    )
    forget_person(connection, account_id, target_id)


def unblock(connection: Connection, journal: Journal, account_id: int, target_id: int) -> None:
    now = journal.begin(connection)
    if connection.row(BLOCK, (account_id, target_id)) is None:
        return
    journal.put(
        connection,
        Unblocked(
            **journal.next(connection, streams.pair("x", account_id, target_id), now),
            account_id=account_id,
            target_id=target_id,
        ),
    )


def mute(
    connection: Connection, journal: Journal, account_id: int, target_id: int, notifications: bool, duration: float
) -> None:
    """Raises Missing. Muting again changes how long and what."""
    now = journal.begin(connection)
    _check_somebody_else(connection, account_id, target_id)
    before = connection.row(MUTE, (account_id, target_id))
    expires_at = now + duration if duration > 0 else None
    if before is not None and (bool(before[1]), before[2]) == (notifications, expires_at):
        return
    journal.put(
        connection,
        Muted(
            **journal.next(connection, streams.pair("m", account_id, target_id), now),
            id=before[0] if before else journal.ids.next(now),
            account_id=account_id,
            target_id=target_id,
            notifications=notifications,
            expires_at=expires_at,
        ),
    )


def unmute(connection: Connection, journal: Journal, account_id: int, target_id: int) -> None:
    now = journal.begin(connection)
    if connection.row(MUTE, (account_id, target_id)) is None:
        return
    journal.put(
        connection,
        Unmuted(
            **journal.next(connection, streams.pair("m", account_id, target_id), now),
            account_id=account_id,
            target_id=target_id,
        ),
    )


def _check_somebody_else(connection: Connection, account_id: int, target_id: int) -> None:
    if account_id == target_id or connection.row(EXISTS, (target_id,)) is None:
        raise Missing
