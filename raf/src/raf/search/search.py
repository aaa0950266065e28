"""The face of the search: `search = application.part(open_search)`."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from ostrov import Connection, Ostrov, base_url, open_events
from raf.paging import Paging
from raf.search import people as persons
from raf.search.following import make_follower
from raf.search.links import posts_with_link
from raf.search.posts import Bounds, find_posts
from raf.search.query import Query
from raf.search.trends import Talk, Trends, find_trends, wanted_posts

LOG = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
AT_ONCE = 100
"""Events in one transaction: a post that comes meanwhile waits for some milliseconds only."""
PAUSE = 0.05
"""Seconds that others may write in between two of these."""
CLOSE_BEHIND = 200
"""Events that a search waits for, so that it finds what was posted just now."""
FRESH = 30.0
"""Seconds that what is talked about is told without counting again: anybody may ask for it at any time."""
PATIENCE = 1.0
"""Seconds that a search waits for the newest posts, when the database is busy (a rebuild, a full disk)."""
MOST_WAITING = 8
"""Searches that wait at once; more of them answer from what is indexed."""


class Search:
    """What can be found. Who looks may wait for the disk, so reading is done in threads, on SQLite too."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.store = application.store
        self.events = application.part(open_events)
        self.follower = make_follower(self.events)
        self._trends: Trends | None = None
        self._counted = 0.0
        self._counting = asyncio.Lock()
        self._pending: set[asyncio.Task[int]] = set()

    async def posts(self, viewer_id: int, query: Query, bounds: Bounds | None = None) -> list[int]:
        """Ids of the posts that are so and that the viewer may find, the newest first. The newest of all are among them."""
        if not query:
            return []
        await self.freshen()
        bounds = bounds or Bounds()
        return await self.read(find_posts, viewer_id, query, bounds, time.time())

    async def people(
        self, text: str, viewer_id: int | None = None, limit: int = 40, offset: int = 0, *, following: bool = False
    ) -> list[int]:
        """Ids of the accounts that are called so or say this of themselves."""
        await self.freshen()
        viewer = viewer_id or 0
        return await self.read(persons.find_people, text, viewer, limit, offset, following=following, host=self.host)

    async def directory(
        self,
        order: persons.Order = "active",
        viewer_id: int | None = None,
        limit: int = 40,
        offset: int = 0,
        *,
        local: bool = False,
    ) -> list[int]:
        """Ids of the accounts that want to be found."""
        return await self.read(persons.listed_people, order, viewer_id or 0, limit, offset, time.time(), local=local)

    async def suggestions(self, viewer_id: int, limit: int = 40) -> list[tuple[int, list[str]]]:
        """Ids of accounts to follow, each with why."""
        return await self.read(persons.suggested_people, viewer_id, limit, time.time())

    async def dismiss_suggestion(self, viewer_id: int, account_id: int) -> None:
        """Never suggest this one again."""
        await self.store.write(persons.dismiss_suggestion, viewer_id, account_id)

    async def trending_tags(self) -> list[Talk]:
        """The tags of most people, with their days."""
        return (await self._talked_about()).tags

    async def trending_links(self) -> list[Talk]:
        """The addresses that most people wrote, with their days."""
        return (await self._talked_about()).links

    async def posts_with_link(self, url: str, viewer_id: int | None, paging: Paging) -> list[int] | None:
        """Ids of public posts with a link that is talked about, the newest first; None for any other link."""
        if not any(talk.name == url for talk in await self.trending_links()):
            return None
        return await self.read(posts_with_link, url, viewer_id, paging, time.time())

    async def trending_posts(self, viewer_id: int | None, limit: int, offset: int = 0) -> list[int]:
        """Ids of the posts most liked and boosted, without those of whom the viewer does not want to hear."""
        found = (await self._talked_about()).posts
        if viewer_id is not None:
            found = await self.store.read(wanted_posts, found, viewer_id, time.time())
        return found[offset : offset + limit]

    async def _talked_about(self) -> Trends:
        async with self._counting:
            if self._trends is None or time.monotonic() > self._counted + FRESH:
                await self.freshen()
                self._trends = await self.read(find_trends, time.time())
                self._counted = time.monotonic()
            return self._trends

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
        """Index what has just happened; what is too much for somebody who waits, or takes too long, is left to itself."""
        if not 0 < await self.store.read(self.behind) <= CLOSE_BEHIND or len(self._pending) >= MOST_WAITING:
            return
        following = asyncio.create_task(self.store.write(self.follower.follow, CLOSE_BEHIND))
        self._pending.add(following)
        following.add_done_callback(self._followed)
        await asyncio.wait([following], timeout=PATIENCE)

    def _followed(self, following: asyncio.Task[int]) -> None:
        self._pending.discard(following)
        if not following.cancelled() and (problem := following.exception()):
            LOG.warning("a search goes on without the newest posts: %s", problem)

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
