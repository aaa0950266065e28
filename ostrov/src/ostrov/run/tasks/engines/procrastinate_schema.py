"""procrastinate's tables: made when they are not there, brought up to the installed library when we made them."""

from __future__ import annotations

from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager

ALONE = "SELECT pg_advisory_lock(hashtextextended('ostrov: the tables of procrastinate', 0))"
LOOK = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL, obj_description(to_regclass('procrastinate_jobs'))"
NOTE = "ostrov keeps this at "
"""Before the last migration that the tables have, in the comment on procrastinate_jobs."""


def prepare(url: str) -> None:
    """Make or migrate the tables in the database at `url`; harmless from many processes at once. Raises psycopg.Error."""
    with psycopg.connect(url, connect_timeout=5, autocommit=True) as connection:
        if _as_it_should_be(connection):
            return
        connection.execute(ALONE)  # until the connection is closed; what is looked up in the same transaction may be stale
        if _as_it_should_be(connection):
            return
        with connection.transaction():
            connection.execute("SET LOCAL client_min_messages = warning")
            there, comment = connection.execute(LOOK).fetchone() or (False, None)
            if not there:
                connection.execute(SchemaManager.get_schema())
            for migration in _migrations() if there else []:
                if migration.name > comment.removeprefix(NOTE):
                    connection.execute(migration.read_bytes())
            connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{NOTE}{_migrations()[-1].name}'".encode())


def _as_it_should_be(connection: psycopg.Connection) -> bool:
    """Up to date, or somebody else's, who keeps them."""
    there, comment = connection.execute(LOOK).fetchone() or (False, None)
    return bool(there) and (comment is None or not comment.startswith(NOTE) or comment == NOTE + _migrations()[-1].name)


def _migrations() -> list[Path]:
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
