"""The `credential` table: by what an account is known to log in."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf.errors import Invalid
from raf.identity.emails import normal_email
from raf.identity.registration import NewAccount


class Credential(NamedTuple):
    """`password` is the encoded argon2id hash; `username` is in lower case."""

    account_id: int
    username: str
    email: str
    password: str
    locale: str
    created_at: float


COLUMNS = "account_id, username, email, password, locale, created_at"


def insert_credential(
    connection: Connection, account_id: int, new: NewAccount, password: str, now: float, *, confirmed: bool = True
) -> None:
    """Write the row of a new account, whose address is proved later unless it is `confirmed`.

    Raises Invalid when the name or the address is taken.
    """
    written = connection.execute(
        "INSERT INTO credential (account_id, username, email, email_key, password, locale, application_id, created_at,"
        " password_changed_at, confirmed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            account_id,
            new.username.lower(),
            new.email.strip(),
            normal_email(new.email),
            password,
            new.locale,
            new.application_id,
            now,
            now,
            now if confirmed else None,
        ),
    )
    if written == 0:
        raise Invalid(taken(connection, new) or {"username": [("ERR_TAKEN", "has already been taken")]})


def taken(connection: Connection, new: NewAccount) -> dict[str, list[tuple[str, str]]]:
    """Which of name and address somebody has already."""
    found = {}
    for field, sql, value in (
        ("username", "SELECT 1 FROM credential WHERE username = ?", new.username.lower()),
        ("email", "SELECT 1 FROM credential WHERE email_key = ?", normal_email(new.email)),
    ):
        if connection.value(sql, (value,)):
            found[field] = [("ERR_TAKEN", "has already been taken")]
    return found


def find_credential(connection: Connection, name: str) -> Credential | None:
    """The credential of a user name or an e-mail address, as somebody typed it."""
    name = name.strip()
    if "@" in name.lstrip("@"):
        found = connection.row(f"SELECT {COLUMNS} FROM credential WHERE email_key = ?", (normal_email(name),))
    else:
        found = connection.row(f"SELECT {COLUMNS} FROM credential WHERE username = ?", (name.lstrip("@").lower(),))
    return Credential(*found) if found else None


def credential_of(connection: Connection, account_id: int) -> Credential | None:
    found = connection.row(f"SELECT {COLUMNS} FROM credential WHERE account_id = ?", (account_id,))
    return Credential(*found) if found else None


def replace_password(connection: Connection, account_id: int, old: str, new: str, now: float | None = None) -> bool:
    """Put a new hash in place of the old one. False when it changed meanwhile. `now` marks a new password, not only a hash."""
    return (
        connection.execute(
            "UPDATE credential SET password = ?, password_changed_at = COALESCE(?, password_changed_at)"
            " WHERE account_id = ? AND password = ?",
            (new, now, account_id, old),
        )
        == 1
    )


def replace_email(connection: Connection, account_id: int, email: str) -> bool:
    """Change the address; False when somebody else has it."""
    if email_taken(connection, account_id, email):
        return False
    key = normal_email(email)
    connection.execute("UPDATE credential SET email = ?, email_key = ? WHERE account_id = ?", (email.strip(), key, account_id))
    return True


def email_taken(connection: Connection, account_id: int, email: str) -> bool:
    """Whether somebody else has this address."""
    sql = "SELECT 1 FROM credential WHERE email_key = ? AND account_id <> ?"
    return connection.value(sql, (normal_email(email), account_id)) is not None


def set_locale(connection: Connection, account_id: int, locale: str) -> None:
    connection.execute("UPDATE credential SET locale = ? WHERE account_id = ?", (locale, account_id))
