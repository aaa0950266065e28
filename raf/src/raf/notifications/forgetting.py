"""Taking notifications back, in the transaction of the command that takes back what they told.

Commands do it and not projections: a rebuild must not take away what was told since.
"""

from __future__ import annotations

from ostrov import Connection

ONE = "DELETE FROM notification WHERE kind = ? AND from_account_id = ? AND status_id = ?"
OF_STATUS = "DELETE FROM notification WHERE status_id = ?"
BETWEEN = "DELETE FROM notification WHERE account_id = ? AND from_account_id = ? AND kind = ?"
EVERYTHING = "DELETE FROM notification WHERE account_id = ? AND from_account_id = ?"
REQUEST = "DELETE FROM notification_request WHERE account_id = ? AND from_account_id = ?"


def forget_mark(connection: Connection, kind: str, from_account_id: int, status_id: int) -> None:
    """That somebody liked or boosted a post."""
    connection.execute(ONE, (kind, from_account_id, status_id))


def forget_status(connection: Connection, status_id: int) -> None:
    """Everything about a post."""
    connection.execute(OF_STATUS, (status_id,))


def forget_follow(connection: Connection, kind: str, account_id: int, from_account_id: int) -> None:
    """That somebody follows (`follow`) or asks to (`follow_request`)."""
    connection.execute(BETWEEN, (account_id, from_account_id, kind))


def forget_person(connection: Connection, account_id: int, from_account_id: int) -> None:
    """Everything somebody ever did."""
    connection.execute(EVERYTHING, (account_id, from_account_id))
    connection.execute(REQUEST, (account_id, from_account_id))
