"""A table to write into."""

from __future__ import annotations

from ostrov.core.store import Connection


def make_table(connection: Connection) -> None:
    connection.execute("CREATE TABLE cup (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")


def add_cup(connection: Connection, id: int, name: str = "raf") -> int:
    connection.execute("INSERT INTO cup (id, name) VALUES (?, ?)", (id, name))
    return id


def count_cups(connection: Connection) -> int:
    return int(connection.value("SELECT count(*) FROM cup"))
