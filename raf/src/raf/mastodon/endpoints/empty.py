"""Lists that are empty because this server has no such things."""

from __future__ import annotations

from litestar.params import FromPath

from raf.mastodon.access import ANYONE, reader
from raf.mastodon.endpoint import Asked, get


@get("/api/v1/accounts/{account_id:int}/identity_proofs", reader("read:accounts"), list[str])
async def identity_proofs(call: Asked, account_id: FromPath[int]) -> bytes:
    """Mastodon itself has none since 4.0."""
    await call.house.raf.account(account_id)
    return b"[]"


@get("/api/v1/peers/search", ANYONE, list[str])
async def peers(call: Asked) -> bytes:
    """No other server is known."""
    return b"[]"


HANDLERS = [identity_proofs, peers]
