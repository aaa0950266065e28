"""The index, written: what stands in the tables now is what is indexed, so writing twice or in any order does no harm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ostrov import Connection
from raf.domain import text as texts
from raf.search.matching import tsvector
from raf.search.words import stems

TRAITS = {"image": 1, "video": 2, "audio": 4, "media": 8, "link": 16, "poll": 32, "embed": 64}
"""The bits of `search_post.traits`."""
KINDS = {"image": 1, "video": 2, "gifv": 2, "audio": 4}
POST = "SELECT text, spoiler_text, visibility FROM status WHERE id = ? AND reblog_of_id IS NULL"
FILES = "SELECT kind, description FROM media WHERE status_id = ? AND position >= 0 ORDER BY position"
POLL = "SELECT options FROM poll WHERE status_id = ?"
INSERT_POST = "INSERT INTO search_post (id, traits) VALUES (?, ?)"
DELETE_POST = "DELETE FROM search_post WHERE id = ?"
INSERT_LINK = "INSERT INTO post_link (url, status_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
DELETE_LINKS = "DELETE FROM post_link WHERE status_id = ?"
PERSON = "SELECT username, display_name, note, fields, discoverable FROM account WHERE id = ?"
DELETE_WORDS = {"sqlite": "DELETE FROM {table} WHERE rowid = ?", "postgresql": "DELETE FROM {table} WHERE id = ?"}
INSERT_WORDS = {
    "sqlite": "INSERT INTO {table} (rowid, words) VALUES (?, ?)",
    "postgresql": "INSERT INTO {table} (id, words) VALUES (?, CAST(? AS tsvector))",
}


def index_post(connection: Connection, status_id: int) -> None:
    """Index a post as it is now, or forget one that is gone."""
    forget_post(connection, status_id)
    post = connection.row(POST, (status_id,))
    if post is None:
        return
    text, spoiler_text, visibility = post
    files = connection.rows(FILES, (status_id,))
    links = [piece.value for piece in texts.pieces(text) if piece.kind == "link"] if "://" in text else []
    traits = TRAITS["link"] if links else 0
    for kind, _ in files:
        traits |= KINDS.get(kind, 0) | TRAITS["media"]
    options = connection.value(POLL, (status_id,))
    choices: list[str] = [] if options is None else msgspec.json.decode(options)
    if choices:
        traits |= TRAITS["poll"]
    connection.execute(INSERT_POST, (status_id, traits))
    said = [spoiler_text, text, *choices, *(description for _, description in files if description)]
    _write(connection, "search_post_words", status_id, said)
    if visibility == "public":
        for address in dict.fromkeys(links):
            connection.execute(INSERT_LINK, (address[:2000], status_id))


def forget_post(connection: Connection, status_id: int) -> None:
    """Take a post out of the index."""
    if connection.execute(DELETE_POST, (status_id,)):
        connection.execute(DELETE_WORDS[connection.dialect].format(table="search_post_words"), (status_id,))
        connection.execute(DELETE_LINKS, (status_id,))


def index_person(connection: Connection, account_id: int) -> None:
    """Index the names of an account, and what it says of itself when it wants to be found."""
    connection.execute(DELETE_WORDS[connection.dialect].format(table="search_person_words"), (account_id,))
    person = connection.row(PERSON, (account_id,))
    if person is None:
        return
    username, display_name, note, fields, discoverable = person
    said = [username.replace("_", " "), display_name]
    if discoverable:
        said.append(note)
        said += [part for name, value, _ in msgspec.json.decode(fields) for part in (name, value)]
    _write(connection, "search_person_words", account_id, said)


def _write(connection: Connection, table: str, identity: int, said: Sequence[str]) -> None:
    found = stems(" ".join(said))
    words: Any = " ".join(found) if connection.dialect == "sqlite" else tsvector(found)
    connection.execute(INSERT_WORDS[connection.dialect].format(table=table), (identity, words))
