"""Following, blocking, muting: `/api/v1/accounts/{id}/follow` and its like, follow requests, blocks, mutes."""

from __future__ import annotations

import msgspec

from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import get, post

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


@post("/api/v1/accounts/{account_id:int}/follow", FOLLOWS)
async def follow(call: Call, account_id: int) -> bytes:
    """Follow, or change how; what is not said stays as it was."""
    said = await call.form(FollowForm)
    await call.house.raf.account(account_id)
    now = (await call.house.raf.relationships(call.account_id, [account_id]))[0]
    known = now.following or now.requested
    await call.house.raf.follow(
        call.account_id,
        account_id,
        reblogs=said.reblogs if said.reblogs is not None else (now.showing_reblogs or not known),
        notify=said.notify if said.notify is not None else now.notifying,
        languages=said.languages if said.languages is not None else now.languages,
    )
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/unfollow", FOLLOWS)
async def unfollow(call: Call, account_id: int) -> bytes:
    """Stop following."""
    await call.house.raf.account(account_id)
    await call.house.raf.unfollow(call.account_id, account_id)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/remove_from_followers", FOLLOWS)
async def remove_from_followers(call: Call, account_id: int) -> bytes:
    """Be followed no longer."""
    await call.house.raf.account(account_id)
    await call.house.raf.remove_follower(call.account_id, account_id)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/block", BLOCKS)
async def block(call: Call, account_id: int) -> bytes:
    """Neither sees the other any more."""
    await call.house.raf.account(account_id)
    await call.house.raf.block(call.account_id, account_id)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/unblock", BLOCKS)
async def unblock(call: Call, account_id: int) -> bytes:
    """Let somebody see again."""
    await call.house.raf.account(account_id)
    await call.house.raf.unblock(call.account_id, account_id)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/mute", MUTES)
async def mute(call: Call, account_id: int) -> bytes:
    """See somebody no more, for a while or for good."""
    said = await call.form(MuteForm)
    await call.house.raf.account(account_id)
    duration = min(max(0, said.duration), 10 * 365 * 86400)
    await call.house.raf.mute(call.account_id, account_id, notifications=said.notifications, duration=duration)
    return await relationship(call, account_id)


@post("/api/v1/accounts/{account_id:int}/unmute", MUTES)
async def unmute(call: Call, account_id: int) -> bytes:
    """See somebody again."""
    await call.house.raf.account(account_id)
    await call.house.raf.unmute(call.account_id, account_id)
    return await relationship(call, account_id)


@get("/api/v1/follow_requests", person("read:follows"))
async def follow_requests(call: Call) -> bytes:
    """Who asks to follow."""
    paging = call.paging(40, 80)
    found = await call.house.raf.follow_requests(call.account_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@post("/api/v1/follow_requests/{account_id:int}/authorize", FOLLOWS)
async def authorize(call: Call, account_id: int) -> bytes:
    """Let somebody follow."""
    await call.house.raf.authorize_follow(call.account_id, account_id)
    return await relationship(call, account_id)


@post("/api/v1/follow_requests/{account_id:int}/reject", FOLLOWS)
async def reject(call: Call, account_id: int) -> bytes:
    """Do not."""
    await call.house.raf.reject_follow(call.account_id, account_id)
    return await relationship(call, account_id)


@get("/api/v1/blocks", person("read:blocks"))
async def blocks(call: Call) -> bytes:
    """Whom one blocks."""
    paging = call.paging(40, 80)
    found = await call.house.raf.blocks(call.account_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@get("/api/v1/mutes", person("read:mutes"))
async def mutes(call: Call) -> bytes:
    """Whom one mutes."""
    paging = call.paging(40, 80)
    found = await call.house.raf.mutes(call.account_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


HANDLERS = [
    *(follow, unfollow, remove_from_followers, block, unblock, mute, unmute),
    *(follow_requests, authorize, reject, blocks, mutes),
]
