"""Following, blocking, muting: `/api/v1/accounts/{id}/follow` and its like, follow requests, blocks, mutes."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath

from raf.entities import Account, MutedAccount, Relationship
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, get, post

FOLLOWS = person("write:follows")
BLOCKS = person("write:blocks")
MUTES = person("write:mutes")


class FollowForm(msgspec.Struct):
    """How one follows."""

    reblogs: bool | None = None
    notify: bool | None = None
    languages: list[str] | None = None


class MuteForm(msgspec.Struct):
    """How one mutes: `duration` in seconds, 0 for good."""

    notifications: bool = True
    duration: int = 0


async def relationship(call: Call, account_id: int) -> bytes:
    """How one stands to an account now."""
    found = await call.house.raf.relationships(call.account_id, [account_id])
    return encode(found[0])


@post("/api/v1/accounts/{account_id:int}/follow", FOLLOWS, Relationship, form=FollowForm)
async def follow(call: Asked, account_id: FromPath[int]) -> bytes:
    """Follow, or change how; what is not said stays as it was."""
    said = await call.form(FollowForm)
    await call.house.raf.follow(call.account_id, account_id, reblogs=said.reblogs, notify=said.notify, languages=said.languages)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/unfollow", FOLLOWS, Relationship)
async def unfollow(call: Asked, account_id: FromPath[int]) -> bytes:
    """Stop following."""
    await call.house.raf.account(account_id)
    await call.house.raf.unfollow(call.account_id, account_id)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/remove_from_followers", FOLLOWS, Relationship)
async def remove_from_followers(call: Asked, account_id: FromPath[int]) -> bytes:
    """Be followed no longer."""
    await call.house.raf.account(account_id)
    await call.house.raf.remove_follower(call.account_id, account_id)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/block", BLOCKS, Relationship)
async def block(call: Asked, account_id: FromPath[int]) -> bytes:
    """Neither sees the other any more."""
    await call.house.raf.account(account_id)
    await call.house.raf.block(call.account_id, account_id)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/unblock", BLOCKS, Relationship)
async def unblock(call: Asked, account_id: FromPath[int]) -> bytes:
    """Let somebody see again."""
    await call.house.raf.account(account_id)
    await call.house.raf.unblock(call.account_id, account_id)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/mute", MUTES, Relationship, form=MuteForm)
async def mute(call: Asked, account_id: FromPath[int]) -> bytes:
    """See somebody no more, for a while or for good."""
    said = await call.form(MuteForm)
    await call.house.raf.account(account_id)
    duration = min(max(0, said.duration), 10 * 365 * 86400)
    await call.house.raf.mute(call.account_id, account_id, notifications=said.notifications, duration=duration)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/unmute", MUTES, Relationship)
async def unmute(call: Asked, account_id: FromPath[int]) -> bytes:
    """See somebody again."""
    await call.house.raf.account(account_id)
    await call.house.raf.unmute(call.account_id, account_id)
    return await relationship(call, account_id)


@get("/api/v1/follow_requests", person("read:follows"), list[Account], paged=True)
async def follow_requests(call: Asked) -> bytes:
    """Who asks to follow."""
    paging = call.paging(40, 80)
    found = await call.house.raf.follow_requests(call.account_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@post("/api/v1/follow_requests/{account_id:int}/authorize", FOLLOWS, Relationship)
async def authorize(call: Asked, account_id: FromPath[int]) -> bytes:
    """Let somebody follow."""
    await call.house.raf.authorize_follow(call.account_id, account_id)
    return await relationship(call, account_id)


@post("/api/v1/follow_requests/{account_id:int}/reject", FOLLOWS, Relationship)
async def reject(call: Asked, account_id: FromPath[int]) -> bytes:
    """Do not."""
    await call.house.raf.reject_follow(call.account_id, account_id)
    return await relationship(call, account_id)


@get("/api/v1/blocks", person("read:blocks"), list[Account], paged=True)
async def blocks(call: Asked) -> bytes:
    """Whom one blocks."""
    paging = call.paging(40, 80)
    found = await call.house.raf.blocks(call.account_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@get("/api/v1/mutes", person("read:mutes"), list[MutedAccount], paged=True)
async def mutes(call: Asked) -> bytes:
    """Whom one mutes."""
    paging = call.paging(40, 80)
    found = await call.house.raf.mutes(call.account_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


HANDLERS = [
    *(follow, unfollow, remove_from_followers, block, unblock, mute, unmute),
    *(follow_requests, authorize, reject, blocks, mutes),
]
