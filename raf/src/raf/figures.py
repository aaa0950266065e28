"""What `/metrics` shows of Raf: how full the cache of media is, and what became of the links people posted.

Both are counted anew at most every half minute, whoever asks how often.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from ostrov import Connection, Family, Ostrov, Sample
from raf.media.cache import Cache

FRESH: Final = 30.0
"""Seconds that figures are told without counting again."""
NEWEST: Final = 1000
"""Links that are counted: the newest ones, so that counting never takes longer."""
LINKS: Final = """
SELECT state, count(*) FROM (SELECT state FROM link_preview ORDER BY id DESC LIMIT ?) AS newest GROUP BY state"""
STATES: Final = ("waiting", "ready", "none", "failed")


class Figures:
    """The figures of one application."""

    def __init__(self, application: Ostrov) -> None:
        self._application = application
        self._families: list[Family] = []
        self._until = 0.0
        self._counting = asyncio.Lock()

    async def families(self) -> list[Family]:
        """All of them. Raises StoreError."""
        async with self._counting:
            if time.monotonic() >= self._until:
                links = await self._application.store.read(_links)
                self._families = [*await asyncio.to_thread(self._cache), self._links(links)]
                self._until = time.monotonic() + FRESH
            return self._families

    def _cache(self) -> list[Family]:
        """Of a house whose media lie in a bucket; others have no cache."""
        settings = self._application.settings.raf.media
        if settings.storage == "local":
            return []
        used = Cache(self._application.data_dir / settings.folder / "cache", settings.cache_budget).usage()
        return [
            _gauge("raf_media_cache_bytes", "Bytes of media of the bucket that are kept on this machine.", used.bytes),
            _gauge("raf_media_cache_pieces", "Pieces of files in that cache.", used.pieces),
            _gauge("raf_media_cache_budget_bytes", "Bytes that it may hold: raf.media.cache_budget.", settings.cache_budget),
        ]

    def _links(self, found: dict[str, int]) -> Family:
        samples = tuple(Sample(found.get(state, 0), {"state": state}) for state in STATES)
        return Family("raf_link_previews", "gauge", f"What became of the newest {NEWEST:,} links.", samples)


def _links(connection: Connection) -> dict[str, int]:
    return {str(state): count for state, count in connection.rows(LINKS, (NEWEST,))}


def _gauge(name: str, doc: str, value: float) -> Family:
    return Family(name, "gauge", doc, (Sample(value),))


def open_figures(application: Ostrov) -> Figures:
    """The figures of an application."""
    return Figures(application)


async def families(application: Ostrov) -> list[Family]:
    """What `/metrics` asks for. Raises StoreError."""
    return await application.part(open_figures).families()
