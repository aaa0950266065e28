"""What lies under the API: the read models against the log, the log against itself, files against rows."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from ostrov import Connection
from raf.media.library import open_library
from raf.network import Raf
from raf.search.search import open_search
from raf.testing import network

SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
POSTGRESQL_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
LEFT_OUT = ("task_", "search_post_words_", "search_person_words_")
"""The ledger of tasks, which a rebuild does not touch, and SQLite's own tables of the index, which depend on its history."""
GAPS = "SELECT max(position) - count(*) FROM stored_events WHERE log = ''"
POSTS_TWICE = """
SELECT count(*) FROM (SELECT account_id, text FROM status WHERE reblog_of_id IS NULL GROUP BY account_id, text
HAVING count(*) > 1) AS again"""
NAMES = """
SELECT file FROM media WHERE file IS NOT NULL UNION SELECT preview FROM media WHERE preview IS NOT NULL
UNION SELECT avatar FROM account WHERE avatar IS NOT NULL UNION SELECT header FROM account WHERE header IS NOT NULL
UNION SELECT file FROM custom_emoji"""


def snapshot(connection: Connection) -> dict[str, Counter[tuple[Any, ...]]]:
    """Every row of every table but those left out."""
    tables = connection.rows(SQLITE_TABLES if connection.dialect == "sqlite" else POSTGRESQL_TABLES)
    names = sorted(str(name) for (name,) in tables if not str(name).startswith(LEFT_OUT))
    return {name: Counter(tuple(row) for row in connection.rows(f'SELECT * FROM "{name}"')) for name in names}


def differences(before: dict[str, Counter[tuple[Any, ...]]], after: dict[str, Counter[tuple[Any, ...]]]) -> list[str]:
    """Rows that only one of them has, some of them in words."""
    return [
        f"{name}: {sum((before[name] - after[name]).values())} rows only before, {sum((after[name] - before[name]).values())} "
        f"only after the rebuild, as {list((before[name] - after[name]) + (after[name] - before[name]))[:2]}"
        for name in before
        if before[name] != after[name]
    ]


async def differing(raf: Raf) -> list[str]:
    """What a rebuild of every read model, with the index, changes: nothing, one hopes."""
    search = raf.application.part(open_search)
    await search.catch_up(pause=0)
    before = await raf.store.read(snapshot)
    await raf.events.rebuild()
    await search.catch_up(pause=0)
    return differences(before, await raf.store.read(snapshot))


async def examine(folder: Path, overrides: list[str]) -> tuple[list[str], dict[str, int]]:
    """Findings in words, and figures, of a project that is down."""
    wrong: list[str] = []
    async with network(folder, overrides) as raf:
        events = await raf.store.read(raf.events.last)
        for what, sql in (("gaps in the log", GAPS), ("posts twice", POSTS_TWICE)):
            number = await raf.store.read(lambda connection, sql=sql: connection.value(sql))
            wrong += [f"{number} {what}"] if number else []
        wrong += await differing(raf)
        named = await raf.store.read(lambda connection: {str(name) for (name,) in connection.rows(NAMES)})
        if raf.store.read_sync(lambda connection: connection.dialect) == "sqlite":
            checked = await raf.store.read(lambda connection: connection.value("PRAGMA integrity_check"))
            wrong += [] if checked == "ok" else [f"SQLite: {checked}"]
        library = raf.application.part(open_library)
        media = raf.application.data_dir / raf.settings.media.folder
        files = _files(media)
        kept = {name for name in files if len(name.split("/")[0]) == 2}
        wrong += [f"the file {name} is missing" for name in sorted(named - kept)]
        for path in media.rglob("*"):
            os.utime(path, (0, 0))  # as if it were tomorrow
        await library.sweep()
        await asyncio.to_thread(library.storage.prune, time.time())
        if left := _files(media) - named:
            wrong.append(f"{len(left)} files would stay for ever, as {sorted(left)[:2]}")
        wrong += [f"the sweep took {name}" for name in sorted(named - _files(media))]
    return wrong, {"events": events, "stored": len(named), "orphans": len(kept - named), "begun": len(files - kept)}


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.parts[-2] != "default"}
