"""Personal tokens: an operator's rights, or a part of them, for a program."""

from __future__ import annotations

import time
from collections.abc import Iterable

import msgspec

from ostrov.core.errors import NotFound
from ostrov.core.operations.operators.accounts import Operator
from ostrov.core.operations.operators.keys import hash_of, new_key
from ostrov.core.store import Connection

PREFIX = "ost_"
USED_EVERY = 60.0
"""Seconds between notes of a token's use: reading must not become a write at each request."""


class Token(msgspec.Struct, frozen=True):
    """`scope` are permissions that narrow the operator's, none means all of them; times are 0 for never."""

    id: int
    label: str
    scope: tuple[str, ...]
    created_at: float
    expires_at: float
    used_at: float


class TokenUse(msgspec.Struct, frozen=True):
    """Whose token it is, what it is narrowed to, and when its use was last noted."""

    id: int
    operator: Operator
    scope: frozenset[str] | None
    used_at: float


def create_token(
    connection: Connection, operator: Operator, label: str = "", scope: Iterable[str] = (), lifetime: float = 0.0
) -> str:
    """Make a token, valid for `lifetime` seconds or until it is revoked; the token, which is shown once."""
    now, key = time.time(), new_key(PREFIX)
    connection.execute(
        "INSERT INTO operator_token (hash, operator, label, scope, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        (hash_of(key), operator.id, label, " ".join(scope), now, now + lifetime if lifetime else 0.0),
    )
    return key


def find_token(connection: Connection, key: str) -> TokenUse | None:
    """Whose token a key is; None when it was revoked or has expired."""
    row = connection.row(
        """
        SELECT t.id, t.scope, t.used_at, o.id, o.name, o.role, o.password, o.created_at, o.seen_at
        FROM operator_token t JOIN operator o ON o.id = t.operator
        WHERE t.hash = ? AND (t.expires_at = 0 OR t.expires_at > ?)
        """,
        (hash_of(key), time.time()),
    )
    if row is None:
        return None
    return TokenUse(row[0], Operator(*row[3:]), frozenset(row[1].split()) if row[1] else None, row[2])


def note_use(connection: Connection, token: int) -> None:
    """Remember that a token was used now."""
    connection.execute("UPDATE operator_token SET used_at = ? WHERE id = ?", (time.time(), token))


def list_tokens(connection: Connection, operator: Operator) -> list[Token]:
    """An operator's tokens, without the tokens themselves."""
    rows = connection.rows(
        "SELECT id, label, scope, created_at, expires_at, used_at FROM operator_token WHERE operator = ? ORDER BY id",
        (operator.id,),
    )
    return [Token(row[0], row[1], tuple(row[2].split()), *row[3:]) for row in rows]


def revoke_token(connection: Connection, operator: Operator, number: int) -> None:
    """Make a token worthless. Raises NotFound when it is not the operator's."""
    if not connection.execute("DELETE FROM operator_token WHERE id = ? AND operator = ?", (number, operator.id)):
        raise NotFound(f"{operator.name} has no token {number}", tip=f"see ostrov operators tokens {operator.name}")
