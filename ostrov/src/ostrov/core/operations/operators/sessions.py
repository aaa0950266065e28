"""Browser sessions of operators."""

from __future__ import annotations

import time

from ostrov.core.operations.operators.accounts import Operator
from ostrov.core.operations.operators.keys import hash_of, new_key
from ostrov.core.store import Connection

FIND = """
SELECT o.id, o.name, o.role, o.password, o.created_at, o.seen_at
FROM operator_session s JOIN operator o ON o.id = s.operator WHERE s.hash = ? AND s.expires_at > ?
"""


def start_session(connection: Connection, operator: Operator, lifetime: float, address: str = "", agent: str = "") -> str:
    """Begin a session of `lifetime` seconds; the key for the cookie."""
    now, key = time.time(), new_key()
    connection.execute("DELETE FROM operator_session WHERE expires_at <= ?", (now,))
    connection.execute(
        "INSERT INTO operator_session (hash, operator, address, agent, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        (hash_of(key), operator.id, address, agent[:200], now, now + lifetime),
    )
    connection.execute("UPDATE operator SET seen_at = ? WHERE id = ?", (now, operator.id))
    return key


def operator_of_session(connection: Connection, key: str) -> Operator | None:
    """Whose session a cookie's key is; None when it ended."""
    row = connection.row(FIND, (hash_of(key), time.time()))
    return None if row is None else Operator(*row)


def end_session(connection: Connection, key: str) -> None:
    """Log out."""
    connection.execute("DELETE FROM operator_session WHERE hash = ?", (hash_of(key),))


def end_sessions(connection: Connection, operator: Operator) -> int:
    """Log out everywhere; how many sessions there were."""
    return connection.execute("DELETE FROM operator_session WHERE operator = ?", (operator.id,))
