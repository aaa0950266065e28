"""`/api/v1/statuses/{id}/quotes`: who quotes a post, and taking it out of a quote."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.params import FromPath

from raf.entities import Status
from raf.mastodon.access import person, reader
from raf.mastodon.endpoint import Asked, get, post, put
from raf.mastodon.promise import one_of
from raf.quotes.quotes import open_quotes

WRITE = person("write:statuses")


class PolicyForm(msgspec.Struct):
    """Who may quote: public, followers or nobody."""

    quote_approval_policy: Annotated[str, one_of("public", "followers", "nobody")] = ""


@get("/api/v1/statuses/{status_id:int}/quotes", reader("read:statuses"), list[Status], paged=True)
async def index(call: Asked, status_id: FromPath[int]) -> bytes:
    """The posts that quote it."""
    paging = call.paging(20, 40)
    found = await call.house.application.part(open_quotes).of(status_id, call.viewer_id, paging)
    return await call.posts(found.items)


@post("/api/v1/statuses/{status_id:int}/quotes/{quoting_id:int}/revoke", WRITE, Status)
async def revoke(call: Asked, status_id: FromPath[int], quoting_id: FromPath[int]) -> bytes:
    """Take one's own post out of a quote; the post that held it."""
    await call.house.application.part(open_quotes).revoke(call.account_id, status_id, quoting_id)
    return await call.house.raf.document(quoting_id, call.account_id)


@put("/api/v1/statuses/{status_id:int}/interaction_policy", WRITE, Status, form=PolicyForm)
async def set_policy(call: Asked, status_id: FromPath[int]) -> bytes:
    """Say who may quote one's own post."""
    said = await call.form(PolicyForm)
    await call.house.application.part(open_quotes).set_policy(call.account_id, status_id, said.quote_approval_policy)
    return await call.house.raf.document(status_id, call.account_id)


HANDLERS = [index, revoke, set_policy]
