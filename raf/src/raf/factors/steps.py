"""The `log_in_step` table: a log-in whose password was right and whose code is awaited, and challenges of passkeys."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf.identity.secrets import digest, new_token

LIVES = 600.0
"""Seconds somebody has for the next step."""


class Step(NamedTuple):
    """`account_id` is None while it is not known who logs in."""

    account_id: int | None
    state: str


def begin(connection: Connection, kind: str, account_id: int | None, state: str, now: float) -> str:
    """Remember a step; the token that its holder comes back with."""
    token = new_token()
    connection.execute(
        "INSERT INTO log_in_step (token, account_id, kind, state, created_at) VALUES (?, ?, ?, ?, ?)",
        (digest(token), account_id, kind, state, now),
    )
    return token


def find(connection: Connection, kind: str, token: str, now: float) -> Step | None:
    sql = "SELECT account_id, state FROM log_in_step WHERE token = ? AND kind = ? AND created_at > ?"
    found = connection.row(sql, (digest(token), kind, now - LIVES)) if token else None
    return Step(*found) if found else None


def take(connection: Connection, kind: str, token: str, now: float) -> Step | None:
    """The step of a token, which it is no more afterwards."""
    found = find(connection, kind, token, now)
    gone = connection.execute("DELETE FROM log_in_step WHERE token = ?", (digest(token),)) if found else 0
    return found if gone else None


def forget_steps(connection: Connection, account_id: int) -> None:
    """End the log-ins of an account that are half done: the password they began with is no longer the password."""
    connection.execute("DELETE FROM log_in_step WHERE account_id = ?", (account_id,))


def prune_steps(connection: Connection, now: float) -> int:
    """Delete what nobody may come back to; the number."""
    return connection.execute("DELETE FROM log_in_step WHERE created_at < ?", (now - LIVES,))
