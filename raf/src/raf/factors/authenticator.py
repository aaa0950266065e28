"""The `second_factor` table: the authenticator of an account, its secret sealed (`raf.identity.keys`)."""

from __future__ import annotations

from typing import Final, NamedTuple

from ostrov import Connection
from raf.factors import totp
from raf.identity.keys import Keys


class Authenticator(NamedTuple):
    """`confirmed_at` is None until a first code was right; `last_step` is the period of the last code used.

    `plain` is a secret from before secrets were sealed; empty otherwise.
    """

    sealed: bytes | None
    plain: str
    last_step: int
    confirmed_at: float | None

    def secret(self, keys: Keys, account_id: int) -> str:
        """Raises Unreadable."""
        return keys.unseal(bytes(self.sealed), context(account_id)) if self.sealed else self.plain


OF_ACCOUNT: Final = "SELECT sealed, secret, last_step, confirmed_at FROM second_factor WHERE account_id = ?"
PUT: Final = """
INSERT INTO second_factor (account_id, sealed, last_step, created_at) VALUES (?, ?, 0, ?)
ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, last_step = 0, created_at = excluded.created_at
WHERE second_factor.confirmed_at IS NULL"""
SOME: Final = "SELECT account_id, sealed, secret FROM second_factor WHERE account_id > ? ORDER BY account_id LIMIT ?"
UNSEALED: Final = SOME.replace("ORDER BY", "AND sealed IS NULL ORDER BY")
RESEAL: Final = "UPDATE second_factor SET sealed = ?, secret = '' WHERE account_id = ?"


def context(account_id: int) -> str:
    """A secret opens in its own row only."""
    return f"second_factor {account_id}"


def authenticator_of(connection: Connection, account_id: int) -> Authenticator | None:
    found = connection.row(OF_ACCOUNT, (account_id,))
    return Authenticator(*found) if found else None


def offer(connection: Connection, keys: Keys, account_id: int, now: float) -> Authenticator:
    """The authenticator of an account, a new one that waits for its first code when there is none."""
    found = authenticator_of(connection, account_id)
    if found is None:
        connection.execute(PUT, (account_id, keys.seal(totp.new_secret(), context(account_id)), now))
        found = authenticator_of(connection, account_id)
    assert found is not None
    return found


def use(connection: Connection, keys: Keys, account_id: int, code: str, now: float) -> bool:
    """Whether a code is right; the same one is wrong the next time. Raises Unreadable."""
    known = authenticator_of(connection, account_id)
    step = totp.step_of_code(known.secret(keys, account_id), code, now, known.last_step) if known else None
    if step is None:
        return False
    sql = "UPDATE second_factor SET last_step = ? WHERE account_id = ? AND last_step < ?"
    return connection.execute(sql, (step, account_id, step)) == 1


def confirm(connection: Connection, account_id: int, now: float) -> None:
    connection.execute("UPDATE second_factor SET confirmed_at = ? WHERE account_id = ?", (now, account_id))


def remove(connection: Connection, account_id: int) -> None:
    """No codes are asked for any more."""
    connection.execute("DELETE FROM second_factor WHERE account_id = ?", (account_id,))
    connection.execute("DELETE FROM recovery_code WHERE account_id = ?", (account_id,))


def reseal(connection: Connection, keys: Keys, after: int, limit: int, *, everything: bool) -> int:
    """Seal some with the key of now, of accounts after this one: all, or those that were never sealed; the last account, or 0.

    Raises Unreadable.
    """
    rows = connection.rows(SOME if everything else UNSEALED, (after, limit))
    for account_id, sealed, plain in rows:
        secret = keys.unseal(bytes(sealed), context(account_id)) if sealed else plain
        connection.execute(RESEAL, (keys.seal(secret, context(account_id)), account_id))
    return int(rows[-1][0]) if rows else 0
