"""`/api/v1/domain_blocks`: servers one does not want to see anything of."""

from __future__ import annotations

import msgspec

from raf.mastodon.access import person
from raf.mastodon.endpoint import Asked, delete, get, post
from raf.moderation import hiding


class DomainForm(msgspec.Struct):
    """A server's name."""

    domain: str = ""


@get("/api/v1/domain_blocks", person("read:blocks"), list[str], paged=True)
async def index(call: Asked) -> bytes:
    """Their names, the latest first."""
    paging = call.paging(100, 200)
    found = await call.house.store.read(hiding.hidden, call.account_id, paging)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@post("/api/v1/domain_blocks", person("write:blocks"), form=DomainForm)
async def block(call: Asked) -> bytes:
    """Hide one."""
    said = await call.form(DomainForm)
    await call.house.raf.command(hiding.hide, call.account_id, said.domain)
    return b"{}"


@delete("/api/v1/domain_blocks", person("write:blocks"), form=DomainForm)
async def unblock(call: Asked) -> bytes:
    """Show it again."""
    said = await call.form(DomainForm)
    await call.house.raf.command(hiding.show, call.account_id, said.domain)
    return b"{}"


HANDLERS = [index, block, unblock]
