"""`/api/v2/search`: people, hashtags and posts; the address of a post or a person finds it."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from raf.entities import Search
from raf.errors import Missing, RafError
from raf.mastodon.access import reader
from raf.mastodon.answers import encode
from raf.mastodon.call import Call, Id
from raf.mastodon.endpoint import LARGEST_ID, Asked, get
from raf.mastodon.endpoints.accounts import FURTHEST
from raf.mastodon.endpoints.tags import marked, tag_entity
from raf.mastodon.promise import one_of
from raf.mastodon.selections.hashtags import tags_beginning
from raf.search.posts import Bounds
from raf.search.query import parse
from raf.search.search import open_search

ADDRESS = re.compile(r"/@([A-Za-z0-9_]+)(?:/(\d{1,19}))?/?")
OLD_ADDRESS = re.compile(r"/users/([A-Za-z0-9_]+)(?:/statuses/(\d{1,19}))?/?")


class LoggedOut(RafError):
    """Something that only those who are logged in may ask for (app/controllers/api/v2/search_controller.rb, 4.4)."""

    status = 401


PAGINATED = "Search queries pagination is not supported without authentication"
RESOLVED = "Search queries that resolve remote resources are not supported without authentication"


class SearchQuery(msgspec.Struct):
    """What is looked for. `account_id`, `max_id` and `min_id` are about posts; `following` is about people."""

    q: str = ""
    type: Annotated[str, one_of("", "accounts", "hashtags", "statuses")] = ""
    resolve: bool = False
    limit: int | None = None
    offset: int | None = None
    following: bool = False
    account_id: Id | None = None
    max_id: Id | None = None
    min_id: Id | None = None


@get("/api/v2/search", reader("read:search"), Search, query=SearchQuery)
async def everything(call: Asked) -> bytes:
    """What is found, each kind in its list."""
    asked = call.query(SearchQuery)
    if call.viewer_id is None and asked.offset is not None:
        raise LoggedOut(PAGINATED)
    if call.viewer_id is None and asked.resolve:
        raise LoggedOut(RESOLVED)
    text = asked.q.strip()[:500]
    limit = min(max(1, asked.limit or 20), 40)
    offset = min(max(0, asked.offset or 0), FURTHEST) if asked.type else 0
    kinds = {asked.type} if asked.type else {"accounts", "hashtags", "statuses"}
    found = Search()
    if not text:
        return encode(found)
    if text.startswith(("http://", "https://")):
        if urlsplit(text).netloc == call.house.domain:
            await _resolve(call, text, found, kinds)
            return encode(found)
        kinds &= {"statuses"}
    raf, search = call.house.raf, call.house.application.part(open_search)
    if "accounts" in kinds and not text.startswith("#") and not ("@" in text and " " in text):
        ids = await search.people(text, call.viewer_id, limit, offset, following=asked.following)
        found.accounts = await raf.accounts(ids)
    if "hashtags" in kinds and "@" not in text and " " not in text:
        names = await call.house.store.read(tags_beginning, text.removeprefix("#").lower(), limit, offset)
        found.hashtags = list(await marked(call, [await tag_entity(call, name) for name in names]))
    if "statuses" in kinds and call.viewer_id is not None:
        below = LARGEST_ID if asked.max_id is None else asked.max_id
        bounds = Bounds(limit, offset, below, asked.min_id or 0, asked.account_id, search.host)
        found.statuses = await raf.statuses(await search.posts(call.viewer_id, parse(text), bounds), call.viewer_id)
    return encode(found)


async def _resolve(call: Call, address: str, found: Search, kinds: set[str]) -> None:
    """The post or the person at an address of ours."""
    path = urlsplit(address).path
    match = ADDRESS.fullmatch(path) or OLD_ADDRESS.fullmatch(path)
    if match is None:
        return
    try:
        if match[2] is None:
            if "accounts" in kinds:
                found.accounts = [await call.house.raf.account_by_name(match[1])]
        elif "statuses" in kinds and int(match[2]) < 2**63:
            found.statuses = [await call.house.raf.status(int(match[2]), call.viewer_id)]
    except Missing:
        return


HANDLERS = [everything]
