"""Browser sessions: a random token in a cookie, its digest in the table `session`."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf.identity.barring import UNCONFIRMED, barred
from raf.identity.secrets import digest, new_id, new_token

COOKIE = "raf_session"
HOST_ONLY = "__Host-"
"""A browser takes a cookie of such a name over HTTPS only, from this very host: no other name of the domain can plant one."""
SEEN_EVERY = 3600.0
"""Seconds between two writes of `seen_at`."""


class Session(NamedTuple):
    """A browser somebody is logged in with. Times are epoch seconds."""

    id: int
    account_id: int
    address: str
    user_agent: str
    created_at: float
    seen_at: float
    barred: str = ""
    """Why the account may do nothing: unconfirmed, held, disabled or suspended."""


COLUMNS = "id, account_id, address, user_agent, created_at, seen_at"
FOUND = f"""
SELECT s.id, s.account_id, s.address, s.user_agent, s.created_at, s.seen_at, a.held, a.disabled, a.suspended, {UNCONFIRMED}
FROM session s LEFT JOIN account a ON a.id = s.account_id LEFT JOIN credential c ON c.account_id = s.account_id
WHERE s.token = ? AND s.created_at > ?"""


def insert_session(connection: Connection, account_id: int, address: str, user_agent: str, now: float) -> str:
    """Open a session; the token for the cookie."""
    token = new_token()
    connection.execute(
        f"INSERT INTO session (token, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (digest(token), new_id(now), account_id, address[:64], user_agent[:300], now, now),
    )
    return token


def find_session(connection: Connection, token: bytes, after: float) -> Session | None:
    """The session of a token's digest, unless it was opened before `after`."""
    found = connection.row(FOUND, (token, after))
    return Session(*found[:6])._replace(barred=barred(*found[6:])) if found else None


def sessions_of(connection: Connection, account_id: int) -> list[Session]:
    """An account's sessions, the last used first."""
    rows = connection.rows(f"SELECT {COLUMNS} FROM session WHERE account_id = ? ORDER BY seen_at DESC", (account_id,))
    return [Session(*row) for row in rows]


def touch_session(connection: Connection, session_id: int, now: float) -> None:
    connection.execute("UPDATE session SET seen_at = ? WHERE id = ?", (now, session_id))


def knows_address(connection: Connection, account_id: int, address: str) -> bool:
    """Whether somebody is logged in to this account from this address already."""
    sql = "SELECT 1 FROM session WHERE account_id = ? AND address = ?"
    return connection.value(sql, (account_id, address[:64])) is not None


def delete_session(connection: Connection, account_id: int, session_id: int) -> list[bytes]:
    """Close one session of an account; the digests that open nothing any more."""
    rows = connection.rows("DELETE FROM session WHERE id = ? AND account_id = ? RETURNING token", (session_id, account_id))
    return [bytes(token) for (token,) in rows]


def delete_session_of_token(connection: Connection, token: bytes) -> list[bytes]:
    rows = connection.rows("DELETE FROM session WHERE token = ? RETURNING token", (token,))
    return [bytes(token) for (token,) in rows]


def delete_other_sessions(connection: Connection, account_id: int, keep: int | None) -> list[bytes]:
    """Close all of an account's sessions but one."""
    rows = connection.rows("DELETE FROM session WHERE account_id = ? AND id <> ? RETURNING token", (account_id, keep or 0))
    return [bytes(token) for (token,) in rows]


def prune_sessions(connection: Connection, before: float) -> int:
    """Delete sessions opened before `before`; the number."""
    return connection.execute("DELETE FROM session WHERE created_at < ?", (before,))


def cookie_name(*, secure: bool) -> str:
    """What the session's cookie is called; `secure` says that the place is on HTTPS."""
    return HOST_ONLY + COOKIE if secure else COOKIE


def session_cookie(token: str, *, secure: bool, days: int) -> str:
    """The value of `Set-Cookie` for a token; an empty token takes the cookie away."""
    age = days * 86400 if token else 0
    return f"{cookie_name(secure=secure)}={token}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax" + (
        "; Secure" if secure else ""
    )
