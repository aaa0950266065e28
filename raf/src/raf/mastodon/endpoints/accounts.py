"""`/api/v1/accounts/…`: people as others see them."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath

from raf.acquaintance.acquaintance import open_acquaintance
from raf.entities import Account, Relationship, Status
from raf.errors import Missing
from raf.mastodon.access import ANYONE, person, reader
from raf.mastodon.answers import encode
from raf.mastodon.call import Id
from raf.mastodon.endpoint import Asked, get
from raf.mastodon.shapes import FamiliarFollowers
from raf.search.search import open_search

READER = reader("read:accounts")
MOST_IDS = 100
FURTHEST = 10_000
"""The largest offset of a search."""


class Ids(msgspec.Struct):
    """`id[]=1&id[]=2`."""

    id: list[Id] = []


class StatusesQuery(msgspec.Struct):
    """Which posts of an account."""

    exclude_replies: bool = False
    exclude_reblogs: bool = False
    only_media: bool = False
    pinned: bool = False
    tagged: str = ""


class SearchQuery(msgspec.Struct):
    """A search for people."""

    q: str = ""
    limit: int | None = None
    offset: int | None = None
    following: bool = False
    resolve: bool = False


class LookupQuery(msgspec.Struct):
    """A name."""

    acct: str = ""


@get("/api/v1/accounts", reader("read:accounts"), list[Account], query=Ids)
async def index(call: Asked) -> bytes:
    """Several accounts at once."""
    return encode(await call.house.raf.accounts(call.query(Ids).id[:MOST_IDS]))


@get("/api/v1/accounts/lookup", ANYONE, Account, query=LookupQuery, absent=True)
async def lookup(call: Asked) -> bytes:
    """An account by its name."""
    name = call.query(LookupQuery).acct.strip()
    if not name:
        raise Missing
    return encode(await call.house.raf.account_by_name(name))


@get("/api/v1/accounts/search", person("read:accounts", "read:search"), list[Account], query=SearchQuery)
async def search(call: Asked) -> bytes:
    """Accounts whose names begin so, or that say this of themselves."""
    asked = call.query(SearchQuery)
    ids = await call.house.application.part(open_search).people(
        asked.q,
        call.account_id,
        min(max(1, asked.limit or 40), 80),
        min(max(0, asked.offset or 0), FURTHEST),
        following=asked.following,
    )
    return encode(await call.house.raf.accounts(ids))


@get("/api/v1/accounts/relationships", person("read:follows"), list[Relationship], query=Ids)
async def relationships(call: Asked) -> bytes:
    """How one stands to others."""
    return encode(await call.house.raf.relationships(call.account_id, call.query(Ids).id[:MOST_IDS]))


@get("/api/v1/accounts/familiar_followers", person("read:follows"), list[FamiliarFollowers], query=Ids)
async def familiar(call: Asked) -> bytes:
    """Whom one follows that follows these accounts. Mastodon.py sends them in a body."""
    found = []
    for identity in (await call.form(Ids)).id[:20]:
        people = await call.house.application.part(open_acquaintance).familiar(call.account_id, identity)
        found.append({"id": str(identity), "accounts": people})
    return encode(found)


@get("/api/v1/accounts/{account_id:int}", READER, Account)
async def show(call: Asked, account_id: FromPath[int]) -> bytes:
    """An account."""
    return encode(await call.house.raf.account(account_id))


@get("/api/v1/accounts/{account_id:int}/statuses", reader("read:statuses"), list[Status], query=StatusesQuery, paged=True)
async def statuses(call: Asked, account_id: FromPath[int]) -> bytes:
    """What an account posted."""
    await call.house.raf.account(account_id)
    asked = call.query(StatusesQuery)
    ids = await call.house.raf.account_statuses(
        account_id,
        call.viewer_id,
        call.paging(),
        exclude_replies=asked.exclude_replies,
        exclude_reblogs=asked.exclude_reblogs,
        only_media=asked.only_media,
        pinned=asked.pinned,
        tagged=asked.tagged,
    )
    return await call.posts(ids)


@get("/api/v1/accounts/{account_id:int}/followers", READER, list[Account], paged=True)
async def followers(call: Asked, account_id: FromPath[int]) -> bytes:
    """Who follows an account, the latest first."""
    paging = call.paging(40, 80)
    found = await call.house.raf.followers(account_id, paging, call.viewer_id)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@get("/api/v1/accounts/{account_id:int}/following", READER, list[Account], paged=True)
async def following(call: Asked, account_id: FromPath[int]) -> bytes:
    """Whom an account follows, the latest first."""
    paging = call.paging(40, 80)
    found = await call.house.raf.following(account_id, paging, call.viewer_id)
    return call.listing(found.items, paging.limit, found.older, found.newer)


HANDLERS = [index, lookup, search, relationships, familiar, show, statuses, followers, following]
