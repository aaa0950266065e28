"""Hashtags and what is talked about: `/api/v1/tags/{name}`, `/api/v1/trends/…`."""

from __future__ import annotations

import time
from typing import Annotated

import msgspec
from litestar.params import FromPath

from raf.entities import Tag, TagHistory
from raf.errors import Missing
from raf.mastodon.access import ANYONE, reader
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, get
from raf.mastodon.selections.hashtags import tag_days, trending_tags
from raf.mastodon.selections.posts import trending_posts

DAY = 86400


class TrendsQuery(msgspec.Struct):
    """How many."""

    limit: Annotated[int, msgspec.Meta(ge=1)] = 10
    offset: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


@get("/api/v1/tags/{name:str}", reader("read:statuses"))
async def show(call: Asked, name: FromPath[str]) -> bytes:
    """A hashtag and its last week."""
    name = name.replace("\0", "")
    if not all(character == "_" or character.isalnum() for character in name):
        raise Missing
    return encode(await tag_entity(call, name.lower()))


@get(["/api/v1/trends", "/api/v1/trends/tags"], ANYONE)
async def trends(call: Asked) -> bytes:
    """The tags of most people in the last days."""
    asked = call.query(TrendsQuery)
    names = await call.house.store.read(trending_tags, time.time(), min(asked.limit, 20), asked.offset)
    return encode([await tag_entity(call, name) for name in names])


@get("/api/v1/trends/statuses", reader("read:statuses"))
async def trending_statuses(call: Asked) -> bytes:
    """The public posts most liked and boosted in the last days."""
    asked = call.query(TrendsQuery)
    ids = await call.house.store.read(trending_posts, time.time(), min(asked.limit, 40), asked.offset)
    return b"[" + b",".join(await call.house.raf.documents(ids, call.viewer_id)) + b"]"


@get("/api/v1/trends/links", ANYONE)
async def trending_links(call: Asked) -> bytes:
    """Links are not counted."""
    return b"[]"


async def tag_entity(call: Call, name: str) -> Tag:
    """A hashtag with its last seven days."""
    today = int(time.time()) // DAY * DAY
    days = await call.house.store.read(tag_days, name, today - 6 * DAY)
    history = []
    for back in range(7):
        begins = today - back * DAY
        uses, accounts = days.get(begins, (0, 0))
        history.append(TagHistory(day=str(begins), uses=str(uses), accounts=str(accounts)))
    following = False if call.viewer_id is not None else msgspec.UNSET
    return Tag(id=name, name=name, url=f"{call.house.url}/tags/{name}", history=history, following=following)


HANDLERS = [show, trends, trending_statuses, trending_links]
