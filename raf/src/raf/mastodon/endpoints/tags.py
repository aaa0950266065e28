"""Hashtags: `/api/v1/tags/{name}`."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
from litestar.params import FromPath

from raf.domain.text import tag_path
from raf.entities import Tag, TagHistory
from raf.errors import Missing
from raf.mastodon.access import reader
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, get
from raf.mastodon.selections.hashtags import tag_days
from raf.search.trends import DAY, DAYS, Days
from raf.tags.tags import open_tags


@get("/api/v1/tags/{name:str}", reader("read:statuses"), Tag, absent=True)
async def show(call: Asked, name: FromPath[str]) -> bytes:
    """A hashtag and its last week."""
    name = name.replace("\0", "")
    if not all(character == "_" or character.isalnum() for character in name):
        raise Missing
    return encode((await marked(call, [await tag_entity(call, name.lower())]))[0])


async def marked(call: Call, tags: Sequence[Tag]) -> Sequence[Tag]:
    """The same hashtags, with whether the viewer follows and shows each."""
    if call.viewer_id is not None and tags:
        names, kept = [tag.name for tag in tags], call.house.application.part(open_tags)
        following = await kept.followed_among(call.viewer_id, names)
        featuring = await kept.featured_among(call.viewer_id, names)
        for tag in tags:
            tag.following, tag.featuring = tag.name in following, tag.name in featuring
    return tags


async def tag_entity(call: Call, name: str) -> Tag:
    """A hashtag with its last seven days."""
    return tag_of(call, name, await call.house.store.read(tag_days, name, int(time.time()) // DAY * DAY - 6 * DAY))


def tag_of(call: Call, name: str, days: Days) -> Tag:
    """A hashtag whose days are known."""
    following = False if call.viewer_id is not None else msgspec.UNSET
    address = call.house.url + tag_path(name)
    return Tag(id=name, name=name, url=address, history=history(days, time.time()), following=following)


def history(days: Days, now: float) -> list[TagHistory]:
    """The last seven days, today first."""
    today = int(now) // DAY * DAY
    told = []
    for begins in range(today, today - DAYS * DAY, -DAY):
        uses, people = days.get(begins, (0, 0))
        told.append(TagHistory(day=str(begins), uses=str(uses), accounts=str(people)))
    return told


HANDLERS = [show]
