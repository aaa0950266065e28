"""The `second_factor` table: the authenticator of an account."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf.factors import totp


class Authenticator(NamedTuple):
    """`confirmed_at` is None until a first code was right; `last_step` is the period of the last code used."""

    secret: str
    last_step: int
    confirmed_at: float | None


PUT = """
INSERT INTO second_factor (account_id, secret, last_step, created_at) VALUES (?, ?, 0, ?)
ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, last_step = 0, created_at = excluded.created_at
WHERE second_factor.confirmed_at IS NULL"""


def authenticator_of(connection: Connection, account_id: int) -> Authenticator | None:
    sql = "SELECT secret, last_step, confirmed_at FROM second_factor WHERE account_id = ?"
    found = connection.row(sql, (account_id,))
    return Authenticator(*found) if found else None


def offer(connection: Connection, account_id: int, now: float) -> Authenticator:
    """The authenticator of an account, a new one that waits for its first code when there is none."""
    found = authenticator_of(connection, account_id)
    if found is None:
        connection.execute(PUT, (account_id, totp.new_secret(), now))
        found = authenticator_of(connection, account_id)
    assert found is not None
    return found


def use(connection: Connection, account_id: int, code: str, now: float) -> bool:
    """Whether a code is right; the same one is wrong the next time."""
    known = authenticator_of(connection, account_id)
    step = totp.step_of_code(known.secret, code, now, known.last_step) if known else None
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
