"""Accounts as a table."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from ostrov import Connection
from raf.domain import text as texts
from raf.domain.events import AccountOpened, ProfileChanged

INSERT_ACCOUNT = """
INSERT INTO account (id, username, name_key, display_name, display_key, bot, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)"""
COLUMNS = {
    "avatar": "avatar",
    "header": "header",
    "locked": "locked",
    "bot": "bot",
    "discoverable": "discoverable",
    "indexable": "indexable",
    "hide_collections": "hide_collections",
    "language": "default_language",
    "visibility": "default_visibility",
    "sensitive": "default_sensitive",
}
UPDATES = {field: f"UPDATE account SET {column} = ? WHERE id = ?" for field, column in COLUMNS.items()}
UPDATE_NAME = "UPDATE account SET display_name = ?, display_key = ? WHERE id = ?"
UPDATE_NOTE = "UPDATE account SET note = ?, note_html = ? WHERE id = ?"
UPDATE_FIELDS = "UPDATE account SET fields = ? WHERE id = ?"
NAMES = "SELECT name_key, username FROM account WHERE name_key IN ({marks})"


def opened(connection: Connection, event: AccountOpened) -> None:
    connection.execute(
        INSERT_ACCOUNT,
        (
            *(event.account_id, event.username, event.username.lower()),
            *(event.display_name, event.display_name.lower(), int(event.bot), event.at),
        ),
    )


def changed(connection: Connection, event: ProfileChanged) -> None:
    for field, statement in UPDATES.items():
        value: Any = getattr(event, field)
        if value is not UNSET:
            connection.execute(statement, (int(value) if isinstance(value, bool) else value, event.account_id))
    if event.display_name is not UNSET:
        connection.execute(UPDATE_NAME, (event.display_name, event.display_name.lower(), event.account_id))
    if event.note is not UNSET:
        found = texts.pieces(event.note)
        names = texts.mentions(found)
        known = connection.rows(NAMES.format(marks=", ".join("?" * len(names))), names) if names else []
        connection.execute(UPDATE_NOTE, (event.note, texts.html(event.note, found, dict(known)), event.account_id))
    if event.fields is not UNSET:
        drawn = [(name, value, texts.one_line(value, rel_me=True)) for name, value in event.fields]
        connection.execute(UPDATE_FIELDS, (msgspec.json.encode(drawn).decode(), event.account_id))


PROJECTIONS = {AccountOpened: opened, ProfileChanged: changed}
TABLES = ("account",)
