"""Lists that are empty because this server has no such things: no lists, no filters, no …"""

from __future__ import annotations

from litestar.params import FromPath

from raf.mastodon.access import ANYONE, person, reader
from raf.mastodon.endpoint import Asked, get


@get("/api/v1/followed_tags", person("read:follows"))
async def followed_tags(call: Asked) -> bytes:
    """Tags cannot be followed yet."""
    return b"[]"


@get(["/api/v1/featured_tags", "/api/v1/featured_tags/suggestions", "/api/v1/endorsements"], person("read:accounts"))
async def featured(call: Asked) -> bytes:
    """Nothing is featured on profiles."""
    return b"[]"


@get(
    [
        "/api/v1/accounts/{account_id:int}/featured_tags",
        "/api/v1/accounts/{account_id:int}/endorsements",
        "/api/v1/accounts/{account_id:int}/identity_proofs",
    ],
    reader("read:accounts"),
)
async def featured_of(call: Asked, account_id: FromPath[int]) -> bytes:
    """Nor on anybody else's."""
    await call.house.raf.account(account_id)
    return b"[]"


@get("/api/v1/peers/search", ANYONE)
async def peers(call: Asked) -> bytes:
    """No other server is known."""
    return b"[]"


HANDLERS = [
    *(followed_tags, featured, featured_of, peers),
]
