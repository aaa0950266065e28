"""A prepared network of SQLite's, laid into PostgreSQL as it is: its events and read models by COPY, in seconds.

Written event by event, as `prepare.py` writes to SQLite, it would take a round trip for each statement of 350,000 events.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
from psycopg import sql

LEFT = ("operat", "audit", "task_", "core_", "search_", "post_link", "event_follower")
"""Begins of the names of tables that stay: the house's own, and the search's index, which differs and is written anew."""
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, ordinal_position"""


def copy(file: Path, server: str, schema: str) -> int:
    """Fill the empty, migrated tables of a schema with a file's rows; how many."""
    source = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    copied = 0
    with psycopg.connect(server, autocommit=True) as target:
        target.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
        columns: dict[str, list[str]] = {}
        for table, column in target.execute(COLUMNS, (schema,)).fetchall():
            columns.setdefault(table, []).append(column)
        for (table,) in source.execute(TABLES).fetchall():
            if table in columns and not table.startswith(LEFT) and not table.endswith("_version"):
                copied += _copy_table(source, target, table, columns[table])
        target.execute("ANALYZE")
    source.close()
    return copied


def _copy_table(source: sqlite3.Connection, target: psycopg.Connection, table: str, columns: list[str]) -> int:
    names = [sql.Identifier(column) for column in columns]
    target.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), sql.SQL(", ").join(names))
    quoted = ", ".join(f'"{column}"' for column in columns)
    number = 0
    with target.cursor().copy(into) as rows:
        for row in source.execute(f'SELECT {quoted} FROM "{table}"'):
            rows.write_row(row)
            number += 1
    return number
