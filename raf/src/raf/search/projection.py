"""The index among the read models: a rebuild empties it, and its follower fills it again from the first event on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ostrov import Connection
from raf.search.following import NAME

PROJECTIONS: dict[type[Any], Callable[[Connection, Any], None]] = {}
TABLES = ()
INDEX = ("search_post", "search_post_words", "search_person_words", "post_link")


def reset(connection: Connection) -> None:
    """The follower begins again. Its position goes first: who follows just now has ended before the index is emptied."""
    connection.execute("DELETE FROM event_follower WHERE name = ?", (NAME,))
    for table in INDEX:
        connection.execute(f"DELETE FROM {table}")
