"""The tables `oauth_token` and `oauth_code`: who may do what through which application. Only digests are kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import NamedTuple

from ostrov import Connection
from raf.identity.barring import UNCONFIRMED, barred
from raf.identity.scopes import grants
from raf.identity.secrets import digest, new_id, new_token

CODE_LIVES = 600.0
"""Seconds a code can be exchanged (RFC 6749 §4.1.2: ten minutes at most)."""
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")

ACCESS = f"""
SELECT t.id, t.application_id, t.account_id, t.scopes, a.held, a.disabled, a.suspended, {UNCONFIRMED}
FROM oauth_token t LEFT JOIN account a ON a.id = t.account_id LEFT JOIN credential c ON c.account_id = t.account_id
WHERE t.token = ?"""


class Access(NamedTuple):
    """What a token opens. `account_id` is None for an application on its own; `scopes` are spelled out."""

    token_id: int
    application_id: int
    account_id: int | None
    scopes: frozenset[str]
    held: tuple[str, ...]
    barred: str = ""
    """Why the account may do nothing: unconfirmed, held, disabled or suspended; empty when it may."""


class Code(NamedTuple):
    """An authorization a person gave, to be exchanged for a token. `challenge` is empty without PKCE."""

    application_id: int
    account_id: int
    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str


def insert_token(
    connection: Connection,
    application_id: int,
    account_id: int | None,
    scopes: tuple[str, ...],
    now: float,
    identity: int = 0,
) -> str:
    """Issue a token."""
    token = new_token()
    connection.execute(
        "INSERT INTO oauth_token (id, token, application_id, account_id, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (identity or new_id(now), digest(token), application_id, account_id, " ".join(scopes), now),
    )
    if account_id is not None:
        connection.execute("UPDATE oauth_application SET used = 1 WHERE id = ? AND used = 0", (application_id,))
    return token


def find_access(connection: Connection, token: bytes) -> Access | None:
    """What the token of a digest opens."""
    row = connection.row(ACCESS, (token,))
    if row is None:
        return None
    held = tuple(row[3].split())
    return Access(row[0], row[1], row[2], grants(held), held, barred(*row[4:]))


def delete_token(connection: Connection, application_id: int, token: bytes) -> tuple[bool, list[bytes]]:
    """Revoke a token: whether the application may (an unknown token it may), and what opens nothing any more."""
    owner = connection.value("SELECT application_id FROM oauth_token WHERE token = ?", (token,))
    if owner is None:
        return True, []
    if owner != application_id:
        return False, []
    connection.execute("DELETE FROM oauth_token WHERE token = ?", (token,))
    return True, [token]


class Authorization(NamedTuple):
    """An application that an account lets in. `since` is when it was first allowed."""

    application_id: int
    name: str
    website: str | None
    scopes: tuple[str, ...]
    since: float


def authorizations_of(connection: Connection, account_id: int) -> list[Authorization]:
    """The applications that an account lets in, the latest first."""
    rows = connection.rows(
        "SELECT a.id, a.name, a.website, t.scopes, t.created_at FROM oauth_token t JOIN oauth_application a"
        " ON a.id = t.application_id WHERE t.account_id = ? ORDER BY t.created_at DESC",
        (account_id,),
    )
    found: dict[int, Authorization] = {}
    for identity, name, website, scopes, created_at in rows:
        before = found.get(identity)
        held = dict.fromkeys([*(before.scopes if before else ()), *scopes.split()])
        found[identity] = Authorization(identity, name, website, tuple(held), created_at)
    return list(found.values())


def delete_authorization(connection: Connection, account_id: int, application_id: int | None) -> list[bytes]:
    """Log one application of an account out, or all; the digests that open nothing any more. Codes on their way go too."""
    connection.execute(
        "DELETE FROM oauth_code WHERE account_id = ? AND (CAST(? AS BIGINT) IS NULL OR application_id = ?)",
        (account_id, application_id, application_id),
    )
    rows = connection.rows(
        "DELETE FROM oauth_token WHERE account_id = ? AND (CAST(? AS BIGINT) IS NULL OR application_id = ?) RETURNING token",
        (account_id, application_id, application_id),
    )
    return [bytes(token) for (token,) in rows]


def insert_code(connection: Connection, code: Code, now: float) -> str:
    """Issue a code."""
    token = new_token()
    connection.execute(
        "INSERT INTO oauth_code (code, application_id, account_id, redirect_uri, scopes, challenge, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            digest(token),
            code.application_id,
            code.account_id,
            code.redirect_uri,
            " ".join(code.scopes),
            code.challenge,
            now,
        ),
    )
    return token


class Exchange(NamedTuple):
    """The outcome of handing in a code. Without a token it was refused; `revoked` are digests a replayed code took away."""

    token: str = ""
    scopes: tuple[str, ...] = ()
    revoked: tuple[bytes, ...] = ()


def exchange_code(
    connection: Connection, code: str, application_id: int, redirect_uri: str, verifier: str, now: float
) -> Exchange:
    """Turn a code into a token, once. A code handed in twice was stolen: its token is revoked (RFC 6749 §4.1.2)."""
    row = connection.row(
        "SELECT application_id, account_id, redirect_uri, scopes, challenge, created_at, token_id FROM oauth_code"
        " WHERE code = ?",
        (digest(code),),
    )
    if row is None or row[0] != application_id:
        return Exchange()
    _, account_id, uri, scopes, challenge, created_at, used = row
    if used is not None:
        gone = connection.rows("DELETE FROM oauth_token WHERE id = ? RETURNING token", (used,))
        return Exchange(revoked=tuple(bytes(token) for (token,) in gone))
    if now - created_at > CODE_LIVES or redirect_uri != uri or not verifier_matches(challenge, verifier):
        return Exchange()
    identity = new_id(now)
    taken = connection.execute(
        "UPDATE oauth_code SET token_id = ? WHERE code = ? AND token_id IS NULL", (identity, digest(code))
    )
    if not taken:  # another process exchanges it this moment
        return Exchange()
    held = tuple(scopes.split())
    return Exchange(insert_token(connection, application_id, account_id, held, now, identity), held)


def verifier_matches(challenge: str, verifier: str) -> bool:
    """PKCE with S256 (RFC 7636 §4.6). A verifier for a code without challenge is refused as well (RFC 9700 §4.8)."""
    if not challenge:
        return not verifier
    if not VERIFIER.fullmatch(verifier):
        return False
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(hashed, challenge)


def prune_codes(connection: Connection, before: float) -> int:
    """Delete codes that are long past; the number."""
    return connection.execute("DELETE FROM oauth_code WHERE created_at < ?", (before,))
