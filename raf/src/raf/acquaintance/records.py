"""Notes and recommendations as tables, and familiar followers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ostrov import Connection
from raf.errors import Invalid, Missing
from raf.paging import Listing, Paging, newest_first

LONGEST_NOTE = 2000
EXISTS = "SELECT 1 FROM account WHERE id = ?"
PUT_NOTE = """
INSERT INTO account_note (account_id, target_id, comment) VALUES (?, ?, ?)
ON CONFLICT (account_id, target_id) DO UPDATE SET comment = excluded.comment"""
DELETE_NOTE = "DELETE FROM account_note WHERE account_id = ? AND target_id = ?"
NOTES = "SELECT target_id, comment FROM account_note WHERE account_id = ? AND target_id IN ({marks})"
FOLLOW = "SELECT id FROM follow WHERE account_id = ? AND target_id = ?"
STANDING = """
EXISTS (SELECT 1 FROM follow f WHERE f.account_id = e.account_id AND f.target_id = e.target_id AND f.id = e.follow_id)"""
PUT_ENDORSEMENT = """
INSERT INTO endorsement (account_id, target_id, follow_id, id) VALUES (?, ?, ?, ?)
ON CONFLICT (account_id, target_id) DO UPDATE SET follow_id = excluded.follow_id"""
DELETE_ENDORSEMENT = "DELETE FROM endorsement WHERE account_id = ? AND target_id = ?"
ENDORSED = f"SELECT e.target_id FROM endorsement e WHERE e.account_id = ? AND e.target_id IN ({{marks}}) AND {STANDING}"
ENDORSEMENTS = f"""
SELECT e.id, e.target_id FROM endorsement e JOIN account a ON a.id = e.target_id AND a.suspended = 0
WHERE e.account_id = ? AND {STANDING} AND e.id < ? AND e.id > ?
AND NOT EXISTS (SELECT 1 FROM block b WHERE b.account_id = e.target_id AND b.target_id = ?)
ORDER BY e.id {{direction}} LIMIT ?"""
SHY = """
SELECT 1 FROM account a WHERE a.id = ? AND a.id <> ?
AND (a.hide_collections = 1 OR EXISTS (SELECT 1 FROM block b WHERE b.account_id = a.id AND b.target_id = ?))"""
BLOCKED = "SELECT 1 FROM block WHERE account_id = ? AND target_id = ?"
FAMILIAR = """
SELECT mine.target_id FROM follow mine JOIN follow theirs ON theirs.account_id = mine.target_id AND theirs.target_id = ?
JOIN account a ON a.id = mine.target_id AND a.suspended = 0 AND a.hide_collections = 0
WHERE mine.account_id = ? AND mine.target_id <> ? ORDER BY theirs.id DESC LIMIT ?"""


def note(connection: Connection, account_id: int, target_id: int, comment: str) -> None:
    """Keep words about somebody, seen by nobody else; none takes them away. Raises Missing, Invalid."""
    if connection.row(EXISTS, (target_id,)) is None:
        raise Missing
    if len(comment) > LONGEST_NOTE:
        raise Invalid({"comment": [("ERR_TOO_LONG", f"is too long (maximum is {LONGEST_NOTE} characters)")]})
    if comment.strip():
        connection.execute(PUT_NOTE, (account_id, target_id, comment))
    else:
        connection.execute(DELETE_NOTE, (account_id, target_id))


def notes(connection: Connection, account_id: int, ids: Sequence[int]) -> dict[int, str]:
    """What somebody keeps about these people."""
    return dict(connection.rows(NOTES.format(marks=", ".join("?" * len(ids))), (account_id, *ids))) if ids else {}


def endorse(connection: Connection, account_id: int, target_id: int, identity: int) -> None:
    """Recommend somebody one follows. Raises Missing, Invalid (one does not follow them)."""
    if connection.row(EXISTS, (target_id,)) is None:
        raise Missing
    follow_id = connection.value(FOLLOW, (account_id, target_id))
    if follow_id is None:
        raise Invalid({"base": [("ERR_INVALID", "You must be already following the person you want to endorse")]})
    connection.execute(PUT_ENDORSEMENT, (account_id, target_id, follow_id, identity))


def unendorse(connection: Connection, account_id: int, target_id: int) -> None:
    connection.execute(DELETE_ENDORSEMENT, (account_id, target_id))


def endorsed(connection: Connection, account_id: int, ids: Sequence[int]) -> set[int]:
    """Which of these somebody recommends."""
    if not ids:
        return set()
    return {target for (target,) in connection.rows(ENDORSED.format(marks=", ".join("?" * len(ids))), (account_id, *ids))}


def endorsements(connection: Connection, account_id: int, viewer_id: int | None, paging: Paging) -> Listing[int]:
    """Whom somebody recommends, the last first; nobody to whom they have blocked, none who has blocked the viewer."""
    if viewer_id is not None and connection.row(BLOCKED, (account_id, viewer_id)) is not None:
        return Listing([])

    def select(direction: str, bounds: tuple[int, int, int]) -> list[Any]:
        below, above, limit = bounds
        return connection.rows(ENDORSEMENTS.format(direction=direction), (account_id, below, above, viewer_id or 0, limit))

    rows = newest_first(paging, select)
    return Listing([target for _, target in rows], rows[-1][0], rows[0][0]) if rows else Listing([])


def familiar(connection: Connection, viewer_id: int, account_id: int, limit: int) -> list[int]:
    """Whom the viewer follows that follows this account; without those who hide whom they follow.

    Nobody when the account hides its followers or has blocked the viewer.
    """
    if connection.row(SHY, (account_id, viewer_id, viewer_id)) is not None:
        return []
    return [identity for (identity,) in connection.rows(FAMILIAR, (account_id, viewer_id, account_id, limit))]
