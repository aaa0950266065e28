"""Requests: what strangers wrote and the policy kept aside, one a person, until it is let in or put away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ostrov import Connection
from raf.paging import Paging, newest_first

MOST = 100
"""Notifications are counted so far."""
COLUMNS = f"""r.id, r.from_account_id, r.last_status_id, r.created_at, r.updated_at,
  (SELECT count(*) FROM (SELECT 1 FROM notification n WHERE n.account_id = r.account_id
     AND n.from_account_id = r.from_account_id AND n.filtered = 1 AND n.kind = 'mention' LIMIT {MOST}) counted)"""
LISTED = f"""
SELECT {COLUMNS} FROM notification_request r JOIN account a ON a.id = r.from_account_id
WHERE r.account_id = ? AND a.suspended = 0 AND r.id < ? AND r.id > ? ORDER BY r.id {{direction}} LIMIT ?"""
SOME = f"SELECT {COLUMNS} FROM notification_request r WHERE r.account_id = ? AND r.id IN ({{marks}})"
PUT = """
INSERT INTO notification_request (id, account_id, from_account_id, last_status_id, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, from_account_id) DO UPDATE
SET last_status_id = excluded.last_status_id, updated_at = excluded.updated_at"""
PERMIT = "INSERT INTO notification_permission (account_id, from_account_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
UNFILTER = "UPDATE notification SET filtered = 0 WHERE account_id = ? AND from_account_id = ? AND filtered = 1"
FORGET = "DELETE FROM notification WHERE account_id = ? AND from_account_id = ? AND filtered = 1"
ANSWERED = "DELETE FROM notification_request WHERE account_id = ? AND id = ?"


class RequestRow(NamedTuple):
    """A row of `notification_request`, with how many notifications it holds."""

    id: int
    from_account_id: int
    last_status_id: int
    created_at: float
    updated_at: float
    total: int


def put(connection: Connection, identity: int, account_id: int, from_account_id: int, status_id: int, now: float) -> None:
    """Somebody wrote and was kept aside."""
    connection.execute(PUT, (identity, account_id, from_account_id, status_id, now, now))


def listed(connection: Connection, account_id: int, paging: Paging) -> list[RequestRow]:
    """A page of them, newest first."""

    def select(direction: str, bounds: tuple[int, int, int]) -> list[RequestRow]:
        return [RequestRow(*row) for row in connection.rows(LISTED.format(direction=direction), (account_id, *bounds))]

    return newest_first(paging, select)


def some(connection: Connection, account_id: int, ids: Sequence[int]) -> list[RequestRow]:
    """Those of these that are this account's."""
    if not ids:
        return []
    rows = connection.rows(SOME.format(marks=", ".join("?" * len(ids))), (account_id, *ids))
    return [RequestRow(*row) for row in rows]


def accept(connection: Connection, account_id: int, ids: Sequence[int]) -> int:
    """Let people in for good, with all that was kept aside of theirs; how many."""
    found = some(connection, account_id, ids)
    for request in found:
        connection.execute(PERMIT, (account_id, request.from_account_id))
        connection.execute(UNFILTER, (account_id, request.from_account_id))
        connection.execute(ANSWERED, (account_id, request.id))
    return len(found)


def dismiss(connection: Connection, account_id: int, ids: Sequence[int]) -> int:
    """Put away what was kept aside of these people; how many. Whatever they write next asks again."""
    found = some(connection, account_id, ids)
    for request in found:
        connection.execute(FORGET, (account_id, request.from_account_id))
        connection.execute(ANSWERED, (account_id, request.id))
    return len(found)
