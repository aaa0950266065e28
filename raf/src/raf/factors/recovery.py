"""Recovery codes: ten that open once each, for who lost the authenticator. Only digests are kept."""

from __future__ import annotations

import secrets

from ostrov import Connection
from raf.identity.secrets import digest

NUMBER = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without what is read wrong: 0 and o, 1, i and l."""


def new_codes() -> list[str]:
    """Ten codes of 59 bits, like `k7mw-93xd-ptfq`."""
    return ["-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(NUMBER)]


def plain(code: str) -> str:
    """A code as it is compared: without what people put between the letters."""
    return "".join(letter for letter in code.lower() if letter.isalnum())


def replace_codes(connection: Connection, account_id: int, codes: list[str]) -> None:
    """Let these codes alone open the account."""
    connection.execute("DELETE FROM recovery_code WHERE account_id = ?", (account_id,))
    connection.many(
        "INSERT INTO recovery_code (account_id, code) VALUES (?, ?)", [(account_id, digest(plain(code))) for code in codes]
    )


def use_code(connection: Connection, account_id: int, code: str) -> bool:
    """Whether a code is one of the account's; it is none any more afterwards."""
    sql = "DELETE FROM recovery_code WHERE account_id = ? AND code = ?"
    return connection.execute(sql, (account_id, digest(plain(code)))) == 1


def codes_left(connection: Connection, account_id: int) -> int:
    found: int = connection.value("SELECT count(*) FROM recovery_code WHERE account_id = ?", (account_id,))
    return found
