"""The tables `import_job` and `import_row`: what somebody brings, row by row, so that a stopped worker goes on where it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from ostrov import Connection

WAITING, WORKING, DONE, FAILED = "waiting", "working", "done", "failed"
ARCHIVE: Final = "archive"
"""The kind of an import of posts and their files."""


class Job(NamedTuple):
    """An import. `file` is that of an archive which is not read to its end yet; `error` is a code of `WORDS`."""

    id: int
    account_id: int
    kind: str
    mode: str
    state: str
    name: str
    file: str | None
    total: int
    done: int
    failed: int
    created_at: float
    finished_at: float | None
    error: str


class Unit(NamedTuple):
    """A row of an import; `data` is JSON."""

    position: int
    data: str


COLUMNS = ", ".join(Job._fields)
COUNT = """
UPDATE import_job SET done = (SELECT count(*) FROM import_row WHERE import_id = ? AND state <> 'waiting'),
  failed = (SELECT count(*) FROM import_row WHERE import_id = ? AND state = 'failed') WHERE id = ?"""
FAILURES = "SELECT data, error FROM import_row WHERE import_id = ? AND state = 'failed' ORDER BY position LIMIT ?"


def insert_job(
    connection: Connection, identity: int, account_id: int, kind: str, mode: str, name: str, file: str | None, now: float
) -> None:
    connection.execute(
        "INSERT INTO import_job (id, account_id, kind, mode, name, file, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (identity, account_id, kind, mode, name, file, now),
    )


def insert_rows(connection: Connection, identity: int, rows: Sequence[object], start: int = 0) -> None:
    """Rows of anything that JSON can hold."""
    connection.many(
        "INSERT INTO import_row (import_id, position, data) VALUES (?, ?, ?)",
        [(identity, start + place, msgspec.json.encode(row).decode()) for place, row in enumerate(rows)],
    )
    connection.execute("UPDATE import_job SET total = total + ? WHERE id = ?", (len(rows), identity))


def job(connection: Connection, identity: int) -> Job | None:
    found = connection.row(f"SELECT {COLUMNS} FROM import_job WHERE id = ?", (identity,))
    return Job(*found) if found else None


def jobs_of(connection: Connection, account_id: int, limit: int = 10) -> list[Job]:
    """An account's imports, the last first."""
    sql = f"SELECT {COLUMNS} FROM import_job WHERE account_id = ? ORDER BY id DESC LIMIT ?"
    return [Job(*row) for row in connection.rows(sql, (account_id, limit))]


def is_busy(connection: Connection, account_id: int) -> bool:
    """Whether an import of the account is under way."""
    sql = "SELECT 1 FROM import_job WHERE account_id = ? AND state IN ('waiting', 'working') LIMIT 1"
    return connection.value(sql, (account_id,)) is not None


def waiting(connection: Connection, identity: int, limit: int) -> list[Unit]:
    sql = "SELECT position, data FROM import_row WHERE import_id = ? AND state = 'waiting' ORDER BY position LIMIT ?"
    return [Unit(*row) for row in connection.rows(sql, (identity, limit))]


def all_data(connection: Connection, identity: int) -> list[str]:
    rows = connection.rows("SELECT data FROM import_row WHERE import_id = ? ORDER BY position", (identity,))
    return [data for (data,) in rows]


def settle(connection: Connection, identity: int, position: int, error: str) -> None:
    """A row is over: without `error` it was taken in."""
    connection.execute(
        "UPDATE import_row SET state = ?, error = ? WHERE import_id = ? AND position = ?",
        (FAILED if error else DONE, error, identity, position),
    )


def count(connection: Connection, identity: int) -> None:
    """Bring the numbers of an import up to its rows."""
    connection.execute(COUNT, (identity, identity, identity))


def set_state(connection: Connection, identity: int, state: str, now: float | None = None, error: str = "") -> None:
    """`now` is given when the import is over; its file is forgotten then."""
    connection.execute(
        "UPDATE import_job SET state = ?, finished_at = ?, error = ? WHERE id = ?", (state, now, error, identity)
    )
    if now is not None:
        connection.execute("UPDATE import_job SET file = NULL WHERE id = ?", (identity,))


def failures(connection: Connection, identity: int, limit: int = 10_000) -> list[tuple[str, str]]:
    """The rows that were not taken in, as JSON, and why."""
    return [(data, error) for data, error in connection.rows(FAILURES, (identity, limit))]


def prune_jobs(connection: Connection, before: float) -> int:
    """Delete imports that were over before; how many."""
    old = "SELECT id FROM import_job WHERE finished_at < ?"
    connection.execute(f"DELETE FROM import_row WHERE import_id IN ({old})", (before,))
    return connection.execute("DELETE FROM import_job WHERE finished_at < ?", (before,))
