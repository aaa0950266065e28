"""The tables `letter` and `letter_key`: what is to be sent, what was, and what the links in it open."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from ostrov import Connection
from raf.identity.secrets import digest, new_id, new_token

COLUMNS = "id, account_id, kind, recipient, locale, about, state, created_at"
INSERT = f"INSERT INTO letter ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?)"
ONE = f"SELECT {COLUMNS} FROM letter WHERE id = ?"
END = "UPDATE letter SET state = ?, sent_at = ?, error = ? WHERE id = ? AND state = 'waiting'"
PRUNE = "DELETE FROM letter WHERE created_at < ?"
FORGET = "UPDATE letter SET about = '{}' WHERE id = ?"
INSERT_KEY = "INSERT INTO letter_key (digest, account_id, purpose, email, created_at) VALUES (?, ?, ?, ?, ?)"
KEY = "SELECT account_id, purpose, email, created_at FROM letter_key WHERE digest = ?"
DELETE_KEY = "DELETE FROM letter_key WHERE digest = ?"
DELETE_KEYS = "DELETE FROM letter_key WHERE account_id = ? AND purpose IN ({marks})"
PRUNE_KEYS = "DELETE FROM letter_key WHERE created_at < ?"

DAY = 86400.0
LIVES = {"confirm": 7 * DAY, "new_address": 2 * DAY, "old_address": 2 * DAY, "reset": 3600.0}
"""Seconds a link opens something, by its purpose."""


class LetterRow(NamedTuple):
    """A letter as it waits. `about` is JSON."""

    id: int
    account_id: int
    kind: str
    recipient: str
    locale: str
    about: str
    state: str
    created_at: float


class Key(NamedTuple):
    """What a link opens: `purpose` is a key of `LIVES`, `email` the address it was sent to."""

    account_id: int
    purpose: str
    email: str
    created_at: float


def insert_letter(
    connection: Connection, account_id: int, kind: str, recipient: str, locale: str, about: dict[str, Any], now: float
) -> int:
    """Write a letter down; its id."""
    identity = new_id(now)
    encoded = msgspec.json.encode(about).decode()
    connection.execute(INSERT, (identity, account_id, kind, recipient, locale, encoded, now))
    return identity


def letter_of(connection: Connection, identity: int) -> LetterRow | None:
    row = connection.row(ONE, (identity,))
    return LetterRow(*row) if row else None


def end_letter(connection: Connection, identity: int, state: str, now: float, error: str = "") -> None:
    """It was sent, refused for good, or dropped because nobody needs it any more. Its content is forgotten."""
    connection.execute(END, (state, now if state == "sent" else None, error[:500], identity))
    connection.execute(FORGET, (identity,))


def make_key(connection: Connection, account_id: int, purpose: str, email: str, now: float) -> str:
    """The secret part of a link. Only its digest is kept."""
    token = new_token()
    connection.execute(INSERT_KEY, (digest(token), account_id, purpose, email, now))
    return token


def find_key(connection: Connection, token: str, now: float) -> Key | None:
    """What a link opens, None when it is too old, used, or never was."""
    row = connection.row(KEY, (digest(token),)) if 20 <= len(token) <= 100 else None
    found = Key(*row) if row else None
    return found if found is not None and now - found.created_at < LIVES[found.purpose] else None


def use_key(connection: Connection, token: str) -> bool:
    """Take a link back; False when somebody else was quicker."""
    return connection.execute(DELETE_KEY, (digest(token),)) == 1


def drop_keys(connection: Connection, account_id: int, *purposes: str) -> None:
    """Let no link of these purposes open anything any more."""
    connection.execute(DELETE_KEYS.format(marks=", ".join("?" * len(purposes))), (account_id, *purposes))


def prune(connection: Connection, before: float, now: float) -> int:
    """Forget old letters and links; how many."""
    return connection.execute(PRUNE, (before,)) + connection.execute(PRUNE_KEYS, (now - max(LIVES.values()),))
