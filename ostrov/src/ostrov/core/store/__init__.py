"""The project's database: SQLite in one file by default, PostgreSQL by a setting, the same plain SQL on both.

Rules for SQL that runs on both: `?` placeholders; times are epoch seconds (DOUBLE PRECISION); flags are SMALLINT 0 or 1;
`ON CONFLICT`, `RETURNING` and `WITH` are fine; what differs is chosen by `connection.dialect`.
"""

from ostrov.core.store.connection import Connection, Row
from ostrov.core.store.settings import DatabaseSettings
from ostrov.core.store.store import Store, open_store

__all__ = ["Connection", "DatabaseSettings", "Row", "Store", "open_store"]
