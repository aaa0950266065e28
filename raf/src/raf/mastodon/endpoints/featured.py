"""Followed hashtags, and what profiles show: featured tags, endorsements. Private notes about accounts."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath

from raf.acquaintance.acquaintance import Acquaintance, open_acquaintance
from raf.entities import Account, Relationship, Tag
from raf.mastodon.access import person, reader
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, delete, get, post
from raf.mastodon.endpoints.relations import relationship
from raf.mastodon.endpoints.tags import marked, tag_entity
from raf.tags.featuring import FeaturedTag
from raf.tags.tags import Tags, named, open_tags
from raf.times import day

ACCOUNTS = person("read:accounts")
WRITE = person("write:accounts")
FOLLOWS = person("write:follows", "write")


class FeaturedTagEntity(msgspec.Struct):
    """A tag on a profile. `statuses_count` is text, as in Mastodon."""

    id: str
    name: str
    url: str
    statuses_count: str
    last_status_at: str | None


class NameForm(msgspec.Struct):
    """Which tag."""

    name: str = ""


class NoteForm(msgspec.Struct):
    """What one keeps about somebody."""

    comment: str = ""


def tags_of(call: Call) -> Tags:
    return call.house.application.part(open_tags)


def people_of(call: Call) -> Acquaintance:
    return call.house.application.part(open_acquaintance)


def entity(call: Call, username: str, found: FeaturedTag) -> FeaturedTagEntity:
    url = f"{call.house.url}/@{username}/tagged/{found.tag}"
    last = None if found.last_at is None else day(found.last_at)
    return FeaturedTagEntity(str(found.id), found.tag, url, str(found.posts), last)


async def told(call: Call, name: str) -> bytes:
    return encode((await marked(call, [await tag_entity(call, named(name))]))[0])


# ---- followed tags --------------------------------------------------------------------------------------------------


@get("/api/v1/followed_tags", person("read:follows"), list[Tag], paged=True)
async def followed_tags(call: Asked) -> bytes:
    """The tags one follows, the last followed first."""
    paging = call.paging(100, 200)
    found = await tags_of(call).followed(call.account_id, paging)
    listed = await marked(call, [await tag_entity(call, tag) for tag in found.items])
    return call.listing(listed, paging.limit, found.older, found.newer)


@post("/api/v1/tags/{name:str}/follow", FOLLOWS, Tag)
async def follow(call: Asked, name: FromPath[str]) -> bytes:
    """Have public posts with a tag in one's home."""
    await tags_of(call).follow(call.account_id, name)
    return await told(call, name)


@post("/api/v1/tags/{name:str}/unfollow", FOLLOWS, Tag)
async def unfollow(call: Asked, name: FromPath[str]) -> bytes:
    """No longer."""
    await tags_of(call).unfollow(call.account_id, name)
    return await told(call, name)


# ---- featured tags --------------------------------------------------------------------------------------------------


@post("/api/v1/tags/{name:str}/feature", WRITE, Tag)
async def feature(call: Asked, name: FromPath[str]) -> bytes:
    """Show a tag on one's profile."""
    await tags_of(call).feature(call.account_id, named(name))
    return await told(call, name)


@post("/api/v1/tags/{name:str}/unfeature", WRITE, Tag)
async def unfeature(call: Asked, name: FromPath[str]) -> bytes:
    """No longer."""
    await tags_of(call).unfeature(call.account_id, name)
    return await told(call, name)


@get("/api/v1/featured_tags", ACCOUNTS, list[FeaturedTagEntity])
async def featured_tags(call: Asked) -> bytes:
    """The tags on one's own profile."""
    account = await call.house.raf.account(call.account_id)
    return encode([entity(call, account.acct, one) for one in await tags_of(call).featured(call.account_id)])


@post("/api/v1/featured_tags", WRITE, FeaturedTagEntity, form=NameForm)
async def add_featured_tag(call: Asked) -> bytes:
    """One more."""
    said = await call.form(NameForm)
    account = await call.house.raf.account(call.account_id)
    return encode(entity(call, account.acct, await tags_of(call).feature(call.account_id, said.name, once=True)))


@delete("/api/v1/featured_tags/{featured_id:int}", WRITE)
async def delete_featured_tag(call: Asked, featured_id: FromPath[int]) -> bytes:
    """One less."""
    await tags_of(call).unfeature_id(call.account_id, featured_id)
    return b"{}"


@get("/api/v1/featured_tags/suggestions", ACCOUNTS, list[Tag])
async def suggested_tags(call: Asked) -> bytes:
    """Tags one used lately and does not show."""
    return encode(await marked(call, [await tag_entity(call, tag) for tag in await tags_of(call).suggested(call.account_id)]))


@get("/api/v1/accounts/{account_id:int}/featured_tags", reader("read:accounts"), list[FeaturedTagEntity])
async def featured_tags_of(call: Asked, account_id: FromPath[int]) -> bytes:
    """The tags on somebody's profile."""
    account = await call.house.raf.account(account_id)
    return encode([entity(call, account.acct, one) for one in await tags_of(call).featured(account_id)])


# ---- endorsements ---------------------------------------------------------------------------------------------------


@get("/api/v1/endorsements", ACCOUNTS, list[Account], paged=True)
async def endorsements(call: Asked) -> bytes:
    """Whom one recommends."""
    paging = call.paging(40, 80)
    found = await people_of(call).endorsements(call.account_id, call.account_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@get("/api/v1/accounts/{account_id:int}/endorsements", reader("read:accounts"), list[Account], paged=True)
async def endorsements_of(call: Asked, account_id: FromPath[int]) -> bytes:
    """Whom somebody recommends."""
    await call.house.raf.account(account_id)
    paging = call.paging(40, 80)
    found = await people_of(call).endorsements(account_id, call.viewer_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@post(["/api/v1/accounts/{account_id:int}/endorse", "/api/v1/accounts/{account_id:int}/pin"], WRITE, Relationship)
async def endorse(call: Asked, account_id: FromPath[int]) -> bytes:
    """Recommend somebody on one's profile."""
    await people_of(call).endorse(call.account_id, account_id)
    return await relationship(call, account_id)


@post(["/api/v1/accounts/{account_id:int}/unendorse", "/api/v1/accounts/{account_id:int}/unpin"], WRITE, Relationship)
async def unendorse(call: Asked, account_id: FromPath[int]) -> bytes:
    """No longer."""
    await call.house.raf.account(account_id)
    await people_of(call).unendorse(call.account_id, account_id)
    return await relationship(call, account_id)


# ---- notes ----------------------------------------------------------------------------------------------------------


@post("/api/v1/accounts/{account_id:int}/note", WRITE, Relationship, form=NoteForm)
async def note(call: Asked, account_id: FromPath[int]) -> bytes:
    """Keep words about somebody, seen by nobody else."""
    said = await call.form(NoteForm)
    await people_of(call).note(call.account_id, account_id, said.comment)
    return await relationship(call, account_id)


HANDLERS = [
    *(followed_tags, follow, unfollow, feature, unfeature, featured_tags, add_featured_tag, delete_featured_tag),
    *(suggested_tags, featured_tags_of, endorsements, endorsements_of, endorse, unendorse, note),
]
