"""Growth: what a home timeline and a post cost with ten, a hundred and a thousand thousand posts, on SQLite and on PostgreSQL.

A home timeline is measured warm, and at its first reading after a start, when it is rebuilt from rows; a post with what people
write (words, tags, mentions, replies), while everybody is here: what the web process does, and what the worker does for it
afterwards (notifications, the index of the search).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import live
from load import measured
from server import Server

from ostrov.testing import POSTGRES

READERS = 50


def point(project: Path, prepared: dict[str, Any], folder: Path, overrides: tuple[str, ...] = ()) -> dict[str, Any]:
    """One size. The database's own processes count where it has some."""
    everybody = [person["token"] for person in prepared["people"]]
    with Server(project, overrides) as server:
        backends = _backends(overrides)

        def web() -> float:
            return server.cpu("web") + backends()

        def whole() -> float:
            return server.cpu() + backends()

        used = web()
        asyncio.run(live.everybody_reads(server, everybody))
        first = (web() - used) / len(everybody) * 1e6
        home = measured(web, server.base, "/api/v1/timelines/home", everybody[:READERS], folder, seconds=4)
        began, before = whole(), server.cpu("worker")
        post = measured(
            lambda: server.cpu("web"), server.base, "/api/v1/statuses", everybody[:READERS], folder, prepared["bodies"]
        )
        server.settle(300)
        posts = post["requests"] * 6 / 5  # with the second before
        return {
            "posts": prepared["posts"],
            "home_cpu_us": home["cpu_us"],
            "home_first_cpu_us": round(first),
            "post_cpu_us": post["cpu_us"],
            "post_worker_cpu_us": round((server.cpu("worker") - before) / posts * 1e6),
            "post_all_cpu_us": round((whole() - began) / posts * 1e6),
            "posts_per_s": post["per_s"],
            "failed": home["failed"] + post["failed"],
        }


def _backends(overrides: tuple[str, ...]) -> Callable[[], float]:
    """CPU seconds so far of PostgreSQL's processes that serve this project; each lives as long as its connection."""
    url = next((word.partition("=")[2] for word in overrides if word.startswith("db.url=")), "")
    if not url:
        return lambda: 0.0
    import psycopg
    from process import cpu_seconds

    watch = psycopg.connect(os.environ[POSTGRES], autocommit=True)
    name = url.rpartition("application_name=")[2]

    def count() -> float:
        rows = watch.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", (name,)).fetchall()
        return sum(cpu_seconds(pid) for (pid,) in rows)

    return count


@contextmanager
def schema(name: str) -> Iterator[tuple[str, ...]]:
    """Overrides of an empty schema on the test server, gone afterwards."""
    import psycopg

    server = os.environ[POSTGRES]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            options = quote(f"-csearch_path={name}")
            yield ("db.engine=postgresql", f"db.url={server}?options={options}&application_name={name}")
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


def ratios(points: list[dict[str, Any]]) -> dict[str, float]:
    """The largest size's costs by the smallest's."""
    first, last = points[0], points[-1]
    return {name: round(last[name] / max(1, first[name]), 2) for name in first if name.endswith("cpu_us")}
