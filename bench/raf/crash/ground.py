"""What lies under the API: the read models against the log, the log against itself, files against rows."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from raf.media.library import open_library
from raf.testing import changed_by_rebuild, network

GAPS = "SELECT max(position) - count(*) FROM stored_events WHERE log = ''"
POSTS_TWICE = """
SELECT count(*) FROM (SELECT account_id, text FROM status WHERE reblog_of_id IS NULL GROUP BY account_id, text
HAVING count(*) > 1) AS again"""
NAMES = """
SELECT file FROM media WHERE file IS NOT NULL UNION SELECT preview FROM media WHERE preview IS NOT NULL
UNION SELECT avatar FROM account WHERE avatar IS NOT NULL UNION SELECT header FROM account WHERE header IS NOT NULL
UNION SELECT file FROM custom_emoji"""


async def examine(folder: Path, overrides: list[str]) -> tuple[list[str], dict[str, int]]:
    """Findings in words, and figures, of a project that is down."""
    wrong: list[str] = []
    async with network(folder, overrides) as raf:
        events = await raf.store.read(raf.events.last)
        for what, sql in (("gaps in the log", GAPS), ("posts twice", POSTS_TWICE)):
            number = await raf.store.read(lambda connection, sql=sql: connection.value(sql))
            wrong += [f"{number} {what}"] if number else []
        wrong += await changed_by_rebuild(raf)
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
