"""PostgreSQL as people run it: a commit waits for the disk, which the server of the tests does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ostrov.testing import POSTGRES


@contextmanager
def durable() -> Iterator[None]:
    """What is on the disk when PostgreSQL says so, is there meanwhile (`fsync`); without a server, nothing."""
    url = os.environ.get(POSTGRES)
    if not url:
        yield
        return
    _tell(url, "SET fsync = on", "on")
    try:
        yield
    finally:
        _tell(url, "RESET fsync", None)


def _tell(url: str, change: str, wanted: str | None) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM {change}")
        connection.execute("SELECT pg_reload_conf()")
        for _ in range(200):
            connection.execute("SELECT pg_sleep(0.05)")
            found = connection.execute("SHOW fsync").fetchone()
            if wanted is None or found == (wanted,):
                return
    raise SystemExit(f"the server of {POSTGRES} does not take ALTER SYSTEM {change}")
