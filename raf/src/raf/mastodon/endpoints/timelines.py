"""Timelines beside the two hottest ones (see `raf.mastodon.direct`), favourites and bookmarks."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath

from raf.entities import Status
from raf.mastodon.access import person, reader
from raf.mastodon.endpoint import Asked, get


class TagQuery(msgspec.Struct):
    """Which posts with a tag: `any`, `all`, `none` name further tags."""

    local: bool = False
    remote: bool = False
    only_media: bool = False
    any: list[str] = []
    all: list[str] = []
    none: list[str] = []


@get("/api/v1/timelines/tag/{tag:str}", reader("read:statuses"), list[Status], query=TagQuery, paged=True)
async def tag(call: Asked, tag: FromPath[str]) -> bytes:
    """Public posts with a hashtag."""
    asked = call.query(TagQuery)
    ids = await call.house.raf.tag(
        call.viewer_id,
        tag.replace("\0", ""),
        call.paging(),
        local=asked.local,
        only_media=asked.only_media,
        any_of=asked.any[:4],
        all_of=asked.all[:4],
        none_of=asked.none[:4],
    )
    return await call.posts(ids)


@get("/api/v1/favourites", person("read:favourites"), list[Status], paged=True)
async def favourites(call: Asked) -> bytes:
    """What one likes, the last liked first."""
    paging = call.paging()
    found = await call.house.raf.favourites(call.account_id, paging)
    return await call.posts(found.items, found.older, found.newer)


@get("/api/v1/bookmarks", person("read:bookmarks"), list[Status], paged=True)
async def bookmarks(call: Asked) -> bytes:
    """What one keeps for later."""
    paging = call.paging()
    found = await call.house.raf.bookmarks(call.account_id, paging)
    return await call.posts(found.items, found.older, found.newer)


HANDLERS = [tag, favourites, bookmarks]
