"""`/api/v1/announcements`: what the house tells everybody."""

from __future__ import annotations

from litestar.params import FromPath

from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.endpoint import Asked, delete, get, post, put
from raf.moderation import announcements
from raf.moderation.shapes import Announcement

WRITE = person("write", "write:accounts", "write:favourites")


@get("/api/v1/announcements", person("read", "read:accounts", "read:statuses"), list[Announcement])
async def index(call: Asked) -> bytes:
    """What is announced now."""
    base = call.house.library.url
    return encode(await call.house.store.read(announcements.shown_to, call.account_id, base))


@post("/api/v1/announcements/{identity:int}/dismiss", person("write", "write:accounts"))
async def dismiss(call: Asked, identity: FromPath[int]) -> bytes:
    """One has read it."""
    await call.house.store.write(announcements.dismiss, call.account_id, identity)
    return b"{}"


@put("/api/v1/announcements/{identity:int}/reactions/{name:str}", WRITE)
async def react(call: Asked, identity: FromPath[int], name: FromPath[str]) -> bytes:
    """Add a reaction."""
    await call.house.store.write(announcements.react, call.account_id, identity, name)
    return b"{}"


@delete("/api/v1/announcements/{identity:int}/reactions/{name:str}", WRITE)
async def unreact(call: Asked, identity: FromPath[int], name: FromPath[str]) -> bytes:
    """Take it back."""
    await call.house.store.write(announcements.unreact, call.account_id, identity, name)
    return b"{}"


HANDLERS = [index, dismiss, react, unreact]
