"""Finding people: the directory and suggestions."""

from __future__ import annotations

from typing import Annotated

import msgspec

from raf.mastodon.access import ANYONE, person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, get
from raf.mastodon.selections.people import listed_people, suggested_people

Limit = Annotated[int, msgspec.Meta(ge=1)]


class DirectoryQuery(msgspec.Struct):
    """`order` is `active` or `new`."""

    limit: Limit = 40
    offset: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    order: str = "active"


class SuggestionsQuery(msgspec.Struct):
    """How many."""

    limit: Limit = 40


@get("/api/v1/directory", ANYONE)
async def directory(call: Asked) -> bytes:
    """People who want to be found."""
    asked = call.query(DirectoryQuery)
    ids = await call.house.store.read(listed_people, asked.order == "new", min(asked.limit, 80), asked.offset)
    return encode(await call.house.raf.accounts(ids))


async def _suggested(call: Call) -> list[int]:
    limit = min(call.query(SuggestionsQuery).limit, 80)
    return await call.house.store.read(suggested_people, call.account_id, limit)


@get("/api/v1/suggestions", person("read:accounts"))
async def v1(call: Asked) -> bytes:
    """People one does not follow yet, the most followed first."""
    return encode(await call.house.raf.accounts(await _suggested(call)))


@get("/api/v2/suggestions", person("read:accounts"))
async def v2(call: Asked) -> bytes:
    """The same with the reason."""
    found = await call.house.raf.accounts(await _suggested(call))
    return encode([{"source": "global", "sources": ["most_followed"], "account": account} for account in found])


HANDLERS = [directory, v1, v2]
