"""The one face of followed and featured hashtags: `application.part(open_tags)`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ostrov import Ostrov
from raf.domain.text import HASHTAG, normal_tag
from raf.errors import Invalid, Missing
from raf.network import open_raf
from raf.paging import Listing, Paging
from raf.snowflake import first_of
from raf.tags import featuring, following
from raf.tags.featuring import FeaturedTag

RECENTLY = 60 * 86400
SUGGESTED = 10


def named(name: str) -> str:
    """A tag as it is kept. Raises Missing for what cannot be one."""
    if HASHTAG.fullmatch("#" + name) is None:
        raise Missing
    return normal_tag(name)


class Tags:
    """Names may be written in any way; they are compared as one."""

    def __init__(self, application: Ostrov) -> None:
        self.raf = application.part(open_raf)
        self.store = application.store

    async def follow(self, account_id: int, name: str) -> None:
        """From now on public posts with it come into the home. Raises Missing, Invalid."""
        await self.raf.command(following.follow, account_id, named(name))

    async def unfollow(self, account_id: int, name: str) -> None:
        """Raises Missing for what cannot be a tag."""
        await self.raf.command(following.unfollow, account_id, named(name))

    async def followed(self, account_id: int, paging: Paging) -> Listing[str]:
        """The last followed first."""
        return await self.store.read(following.followed, account_id, paging)

    async def followed_among(self, account_id: int, tags: Sequence[str]) -> set[str]:
        return await self.store.read(following.followed_among, account_id, tags)

    async def featured(self, account_id: int) -> list[FeaturedTag]:
        """What a profile shows, the most used first."""
        return await self.store.read(featuring.featured, account_id)

    async def featured_among(self, account_id: int, tags: Sequence[str]) -> set[str]:
        return await self.store.read(featuring.featured_among, account_id, tags)

    async def feature(self, account_id: int, name: str, *, once: bool = False) -> FeaturedTag:
        """Raises Invalid (no tag, too many, with `once` there already)."""
        try:
            tag = named(name.strip().lstrip("#＃"))
        except Missing as problem:
            code = ("ERR_INVALID", "is not a valid hashtag") if name.strip() else ("ERR_BLANK", "can't be blank")
            raise Invalid({"name": [code]}) from problem
        await self.store.write(featuring.feature, account_id, tag, self.raf.journal.ids.next(), once=once)
        return next(one for one in await self.featured(account_id) if one.tag == tag)

    async def unfeature(self, account_id: int, name: str) -> None:
        await self.store.write(featuring.unfeature, account_id, named(name))

    async def unfeature_id(self, account_id: int, identity: int) -> None:
        """Raises Missing."""
        await self.store.write(featuring.unfeature_id, account_id, identity)

    async def suggested(self, account_id: int) -> list[str]:
        """What somebody used lately and could show."""
        since = first_of(time.time() - RECENTLY)
        return await self.store.read(featuring.used, account_id, since, SUGGESTED)


def open_tags(application: Ostrov) -> Tags:
    """The followed and featured tags of an application."""
    return Tags(application)
