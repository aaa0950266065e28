"""Conversations, found from direct posts; what a person read or put away of them is a row of a plain table."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf.errors import Missing
from raf.paging import Paging, newest_first

OWN = """
SELECT s.conversation_id AS conversation_id, s.id AS id FROM mention m JOIN status s ON s.id = m.status_id
WHERE m.account_id = ? AND s.visibility = 'direct'
UNION SELECT s.conversation_id, s.id FROM status s WHERE s.account_id = ? AND s.visibility = 'direct'"""
CONVERSATIONS = f"""
SELECT t.conversation_id, t.last, l.account_id, coalesce(c.read_id, 0)
FROM (SELECT o.conversation_id AS conversation_id, max(o.id) AS last FROM ({OWN}) o GROUP BY o.conversation_id) t
JOIN status l ON l.id = t.last
LEFT JOIN conversation_state c ON c.account_id = ? AND c.conversation_id = t.conversation_id
WHERE t.last > coalesce(c.deleted_id, 0) AND t.last < ? AND t.last > ? AND (? = 0 OR t.conversation_id = ?)"""
PAGE = f"{CONVERSATIONS} ORDER BY t.last {{direction}} LIMIT ?"
UNREAD = f"""
SELECT count(*) FROM ({CONVERSATIONS} AND l.account_id <> ? AND t.last > coalesce(c.read_id, 0) LIMIT ?) unread"""
TAKING_PART = "SELECT account_id FROM status WHERE id = ? UNION SELECT account_id FROM mention WHERE status_id = ?"
SET = """
INSERT INTO conversation_state (account_id, conversation_id, {column}) VALUES (?, ?, ?)
ON CONFLICT (account_id, conversation_id) DO UPDATE SET {column} = excluded.{column}"""
SET_READ, SET_DELETED = SET.format(column="read_id"), SET.format(column="deleted_id")
LARGEST = 2**63 - 1


class ConversationRow(NamedTuple):
    """`last_id` is its last post; `others` are those who take part in that, besides the account itself."""

    id: int
    last_id: int
    unread: bool
    others: list[int]


def page(connection: Connection, account_id: int, paging: Paging) -> list[ConversationRow]:
    """An account's conversations, the one with the newest post first."""

    def select(direction: str, bounds: tuple[int, int, int]) -> list[ConversationRow]:
        below, above, limit = bounds
        return _select(connection, account_id, direction, below, above, 0, limit)

    return newest_first(paging, select)


def row(connection: Connection, account_id: int, conversation_id: int) -> ConversationRow:
    """Raises Missing when the account takes no part in it, or has put it away."""
    found = _select(connection, account_id, "DESC", LARGEST, 0, conversation_id, 1) if conversation_id else []
    if not found:
        raise Missing
    return found[0]


def unread(connection: Connection, account_id: int, limit: int) -> int:
    """In how many somebody else had the last word and it was not read, counted up to the limit."""
    found: int = connection.value(UNREAD, (account_id, account_id, account_id, LARGEST, 0, 0, 0, account_id, limit))
    return found


def set_read(connection: Connection, account_id: int, conversation_id: int, *, is_read: bool) -> ConversationRow:
    """Mark it read, or unread again. Raises Missing."""
    found = row(connection, account_id, conversation_id)
    connection.execute(SET_READ, (account_id, conversation_id, found.last_id if is_read else 0))
    return row(connection, account_id, conversation_id)


def put_away(connection: Connection, account_id: int, conversation_id: int) -> None:
    """Hide it until somebody says more. Raises Missing."""
    found = row(connection, account_id, conversation_id)
    connection.execute(SET_DELETED, (account_id, conversation_id, found.last_id))


def _select(
    connection: Connection, account_id: int, direction: str, below: int, above: int, only: int, limit: int
) -> list[ConversationRow]:
    parameters = (account_id, account_id, account_id, below, above, only, only, limit)
    found = connection.rows(PAGE.format(direction=direction), parameters)
    return [
        ConversationRow(thread, last, author != account_id and last > read, _others(connection, account_id, last))
        for thread, last, author, read in found
    ]


def _others(connection: Connection, account_id: int, last_id: int) -> list[int]:
    return [person for (person,) in connection.rows(TAKING_PART, (last_id, last_id)) if person != account_id]
