"""The `db` section."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class DatabaseSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where the tables are."""

    engine: Literal["sqlite", "postgresql"] = "sqlite"
    path: str = "ostrov.db"
    """SQLite: the file, relative to `data_dir`."""
    url: str = ""
    """PostgreSQL: `postgresql://user:password@host:port/database`."""
    synchronous: Literal["OFF", "NORMAL", "FULL"] = "FULL"
    """SQLite: FULL puts an acknowledged write on the disk before it is acknowledged."""
    busy_timeout: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    """Seconds to wait for another process's write."""
    pool: Annotated[int, msgspec.Meta(ge=1)] = 4
    """PostgreSQL: threads, each with a connection, that read."""
    batch: Annotated[int, msgspec.Meta(ge=1)] = 128
    """Commands that may share one commit."""
    migrate: Literal["auto", "manual"] = "auto"
    """auto: `ostrov up` brings the tables to this version before the services start."""
