"""The `passkey` table: keys of devices that open an account without its password."""

from __future__ import annotations

from typing import Final, NamedTuple

from ostrov import Connection

MOST: Final = 20
"""Passkeys of an account."""


class Passkey(NamedTuple):
    """`credential` is the attested credential data (WebAuthn §6.5.1); `sign_count` is 0 for keys that do not count."""

    id: int
    account_id: int
    credential: bytes
    sign_count: int
    name: str
    created_at: float
    used_at: float | None


COLUMNS = ", ".join(Passkey._fields)


def insert_passkey(connection: Connection, passkey: Passkey, credential_id: bytes) -> bool:
    """Keep a new one. False when somebody has this very key already, or the account has too many."""
    number = connection.value("SELECT count(*) FROM passkey WHERE account_id = ?", (passkey.account_id,))
    if number >= MOST:
        return False
    sql = f"INSERT INTO passkey ({COLUMNS}, credential_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    return connection.execute(sql, (*passkey, credential_id)) == 1


def passkeys_of(connection: Connection, account_id: int) -> list[Passkey]:
    """An account's passkeys, the oldest first."""
    return [
        _read(row) for row in connection.rows(f"SELECT {COLUMNS} FROM passkey WHERE account_id = ? ORDER BY id", (account_id,))
    ]


def passkey_of(connection: Connection, credential_id: bytes) -> Passkey | None:
    row = connection.row(f"SELECT {COLUMNS} FROM passkey WHERE credential_id = ?", (credential_id,))
    return _read(row) if row else None


def use_passkey(connection: Connection, known: Passkey, sign_count: int, now: float) -> bool:
    """Note a use. False when its counter went back, as a copy's would (WebAuthn §6.1.1)."""
    sql = "UPDATE passkey SET sign_count = ?, used_at = ? WHERE id = ? AND (sign_count < ? OR (sign_count = 0 AND ? = 0))"
    return connection.execute(sql, (sign_count, now, known.id, sign_count, sign_count)) == 1


def delete_passkey(connection: Connection, account_id: int, passkey_id: int) -> bool:
    return connection.execute("DELETE FROM passkey WHERE id = ? AND account_id = ?", (passkey_id, account_id)) == 1


def _read(row: tuple[object, ...]) -> Passkey:
    found = Passkey(*row)  # type: ignore[arg-type]
    return found._replace(credential=bytes(found.credential))
