"""`/api/v1/trends/…`: what is talked about."""

from __future__ import annotations

import time
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from raf.entities import PreviewCard, Status, Tag
from raf.errors import Missing
from raf.mastodon.access import reader
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, get
from raf.mastodon.endpoints.tags import history, marked, tag_of
from raf.mastodon.shapes import TrendsLink
from raf.previews.card import entity_of
from raf.previews.previews import open_previews
from raf.previews.rows import Preview
from raf.search.search import open_search
from raf.search.trends import Days

FURTHEST = 10_000


class TrendsQuery(msgspec.Struct):
    """How many, after how many."""

    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    offset: Annotated[int, msgspec.Meta(ge=0, le=FURTHEST)] = 0


@get(["/api/v1/trends", "/api/v1/trends/tags"], reader(), list[Tag], query=TrendsQuery, linked=True)
async def tags(call: Asked) -> bytes:
    """The tags of most people in the last days."""
    asked = call.query(TrendsQuery)
    limit = min(asked.limit or 10, 20)
    found = await call.house.application.part(open_search).trending_tags()
    shown = found[asked.offset : asked.offset + limit]
    link(call, asked.offset, limit, len(shown))
    return encode(await marked(call, [tag_of(call, talk.name, talk.days) for talk in shown]))


@get("/api/v1/trends/statuses", reader(), list[Status], query=TrendsQuery, linked=True)
async def statuses(call: Asked) -> bytes:
    """The public posts most liked and boosted in the last days."""
    asked = call.query(TrendsQuery)
    limit = min(asked.limit or 20, 40)
    ids = await call.house.application.part(open_search).trending_posts(call.viewer_id, limit, asked.offset)
    link(call, asked.offset, limit, len(ids))
    return b"[" + b",".join(await call.house.raf.documents(ids, call.viewer_id)) + b"]"


@get("/api/v1/trends/links", reader(), list[TrendsLink], query=TrendsQuery, linked=True)
async def links(call: Asked) -> bytes:
    """The addresses of most people in the last days. One without a preview says what its address says."""
    asked = call.query(TrendsQuery)
    limit = min(asked.limit or 10, 20)
    found = await call.house.application.part(open_search).trending_links()
    shown = found[asked.offset : asked.offset + limit]
    link(call, asked.offset, limit, len(shown))
    cards = await call.house.application.part(open_previews).cards([talk.name for talk in shown])
    return encode([_card(call, talk.name, talk.days, cards.get(talk.name)) for talk in shown])


class LinkQuery(msgspec.Struct):
    """The address as a trend tells it."""

    url: str = ""


@get("/api/v1/timelines/link", reader("read:statuses"), list[Status], query=LinkQuery, paged=True, absent=True)
async def posts_with_link(call: Asked) -> bytes:
    """Public posts with a link that is talked about."""
    asked, paging = call.query(LinkQuery), call.paging()
    ids = await call.house.application.part(open_search).posts_with_link(asked.url, call.viewer_id, paging)
    if ids is None:
        raise Missing
    return await call.posts(ids)


def link(call: Call, offset: int, limit: int, count: int) -> None:
    """Point at the pages around this one, by offsets."""
    address = call.house.url + call.scope["path"]
    around = [("next", offset + limit)] if count >= limit else []
    around += [("prev", max(0, offset - limit))] if offset else []
    if around:
        found = (f'<{address}?limit={limit}&offset={place}>; rel="{name}"' for name, place in around)
        call.headers.append((b"link", ", ".join(found).encode("ascii", "ignore")))


def _card(call: Call, address: str, days: Days, known: Preview | None) -> dict[str, Any]:
    if known is not None:
        image = f"{call.house.url}/media/{known.image}" if known.image else None
        card = msgspec.structs.replace(entity_of(known.said, image, known.blurhash), url=address)
    else:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
        card = PreviewCard(url=address, title=(host + parts.path).rstrip("/")[:200], provider_name=host)
    return {**msgspec.to_builtins(card), "history": msgspec.to_builtins(history(days, time.time()))}


HANDLERS = [tags, statuses, links, posts_with_link]
