"""The `export` table: archives that were asked for."""

from __future__ import annotations

from typing import Final, NamedTuple

from ostrov import Connection

EVERY: Final = 86400.0
"""Seconds between two archives of an account."""
KEPT: Final = 7 * 86400.0
"""Seconds an archive can be fetched."""


class Export(NamedTuple):
    """`state` is waiting, ready or failed; `file` is its name below the folder of archives, `size` in bytes."""

    id: int
    account_id: int
    state: str
    file: str | None
    size: int
    posts: int
    created_at: float
    finished_at: float | None


COLUMNS = ", ".join(Export._fields)


def insert_export(connection: Connection, identity: int, account_id: int, now: float) -> None:
    connection.execute("INSERT INTO export (id, account_id, created_at) VALUES (?, ?, ?)", (identity, account_id, now))


def export(connection: Connection, identity: int) -> Export | None:
    found = connection.row(f"SELECT {COLUMNS} FROM export WHERE id = ?", (identity,))
    return Export(*found) if found else None


def latest(connection: Connection, account_id: int) -> Export | None:
    """The last archive an account asked for."""
    found = connection.row(f"SELECT {COLUMNS} FROM export WHERE account_id = ? ORDER BY id DESC LIMIT 1", (account_id,))
    return Export(*found) if found else None


def finish(connection: Connection, identity: int, file: str, size: int, posts: int, now: float) -> None:
    connection.execute(
        "UPDATE export SET state = 'ready', file = ?, size = ?, posts = ?, finished_at = ? WHERE id = ?",
        (file, size, posts, now, identity),
    )


def files(connection: Connection) -> set[str]:
    """The files that an export or an import refers to."""
    sql = "SELECT file FROM export WHERE file IS NOT NULL UNION SELECT file FROM import_job WHERE file IS NOT NULL"
    return {file for (file,) in connection.rows(sql)}


def delete_exports(connection: Connection, before: float, account_id: int = 0) -> list[str]:
    """Forget the archives asked for before, of one account or of all; their files."""
    rows = connection.rows(
        "DELETE FROM export WHERE created_at < ? AND (? = 0 OR account_id = ?) RETURNING file", (before, account_id, account_id)
    )
    return [file for (file,) in rows if file]
