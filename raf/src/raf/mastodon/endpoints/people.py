"""Finding people: the directory and suggestions."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.params import FromPath

from raf.entities import Account
from raf.mastodon.access import person, reader
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, delete, get
from raf.mastodon.endpoints.trends import FURTHEST
from raf.mastodon.promise import one_of
from raf.mastodon.shapes import Suggestion
from raf.search.search import open_search

Limit = Annotated[int, msgspec.Meta(ge=1)]
OLD_SOURCES = {"friends_of_friends": "past_interactions", "most_followed": "global"}
"""What `source` says, for clients older than `sources` (app/serializers/rest/suggestion_serializer.rb, 4.4)."""


class DirectoryQuery(msgspec.Struct):
    """`order` is `active` or `new`."""

    limit: Limit = 40
    offset: Annotated[int, msgspec.Meta(ge=0, le=FURTHEST)] = 0
    order: Annotated[str, one_of("active", "new")] = "active"
    local: bool = False


class SuggestionsQuery(msgspec.Struct):
    """How many."""

    limit: Limit = 40


@get("/api/v1/directory", reader(), list[Account], query=DirectoryQuery)
async def directory(call: Asked) -> bytes:
    """People who want to be found."""
    asked = call.query(DirectoryQuery)
    limit = min(asked.limit, 80)
    ids = await call.house.application.part(open_search).directory(
        "new" if asked.order == "new" else "active", call.viewer_id, limit, asked.offset, local=asked.local
    )
    return encode(await call.house.raf.accounts(ids))


async def _suggested(call: Call) -> dict[str, list[str]]:
    """Why, by the account's id."""
    limit = min(call.query(SuggestionsQuery).limit, 80)
    found = await call.house.application.part(open_search).suggestions(call.account_id, limit)
    return {str(account_id): reasons for account_id, reasons in found}


@get("/api/v1/suggestions", person("read:accounts"), list[Account], query=SuggestionsQuery)
async def v1(call: Asked) -> bytes:
    """People one does not follow yet: whom one's own follow, and the most followed."""
    return encode(await call.house.raf.accounts([int(account_id) for account_id in await _suggested(call)]))


@get("/api/v2/suggestions", person("read:accounts"), list[Suggestion], query=SuggestionsQuery)
async def v2(call: Asked) -> bytes:
    """The same with the reasons."""
    why = await _suggested(call)
    found = await call.house.raf.accounts([int(account_id) for account_id in why])
    told = [{"source": OLD_SOURCES[why[account.id][0]], "sources": why[account.id], "account": account} for account in found]
    return encode(told)


@delete("/api/v1/suggestions/{account_id:int}", person("write:accounts"))
async def dismiss(call: Asked, account_id: FromPath[int]) -> bytes:
    """Do not suggest this one any more."""
    await call.house.application.part(open_search).dismiss_suggestion(call.account_id, account_id)
    return b"{}"


HANDLERS = [directory, v1, v2, dismiss]
