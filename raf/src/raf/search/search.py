"""The face of the search: `search = application.part(open_search)`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from ostrov import Connection, Ostrov, base_url, open_events
from raf.search.following import make_follower
from raf.search.posts import Bounds, find_posts
from raf.search.query import Query

P = ParamSpec("P")
T = TypeVar("T")
AT_ONCE = 100
"""Events in one transaction: a post that comes meanwhile waits for some milliseconds only."""
PAUSE = 0.05
"""Seconds that others may write in between two of these."""
CLOSE_BEHIND = 200
"""Events that a search waits for, so that it finds what was posted just now."""


class Search:
    """What can be found. Who looks may wait for the disk, so reading is done in threads, on SQLite too."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.store = application.store
        self.events = application.part(open_events)
        self.follower = make_follower(self.events)

    async def posts(self, viewer_id: int, query: Query, bounds: Bounds | None = None) -> list[int]:
        """Ids of the posts that are so and that the viewer may find, the newest first. The newest of all are among them."""
        if not query:
            return []
        await self.freshen()
        bounds = bounds or Bounds()
        return await self.read(find_posts, viewer_id, query, bounds, time.time())

    async def read(self, function: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs) -> T:
        """What may take long does not hold the loop up."""
        if self.store.dialect != "sqlite":
            return await self.store.read(function, *arguments, **options)
        return await asyncio.to_thread(lambda: self.store.read_sync(function, *arguments, **options))

    @property
    def host(self) -> str:
        """The server's own name."""
        return urlsplit(base_url(self.application)).netloc

    # ---- the index --------------------------------------------------------------------------------------------------

    def behind(self, connection: Connection) -> int:
        """How many events the index does not know of yet."""
        return max(0, self.events.last(connection) - self.follower.position(connection))

    async def freshen(self) -> None:
        """Index what has just happened; when it is too much for somebody who waits, leave it to the service."""
        if 0 < await self.store.read(self.behind) <= CLOSE_BEHIND:
            await self.store.write(self.follower.follow, CLOSE_BEHIND)

    async def catch_up(self, *, pause: float = PAUSE) -> int:
        """Index all that has happened; how many events that were."""
        done = 0
        while followed := await self.store.write(self.follower.follow, AT_ONCE):
            done += followed
            if followed == AT_ONCE:
                await asyncio.sleep(pause)
        return done


def open_search(application: Ostrov) -> Search:
    """The search of an application."""
    return Search(application)
