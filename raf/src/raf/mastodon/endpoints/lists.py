"""`/api/v1/lists`: lists of people, who stands in them, and the lists somebody stands in."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from raf.entities import Account, Status
from raf.lists import lists as people_lists
from raf.lists.forms import POLICIES, ListChange
from raf.lists.records import PeopleList
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call, Id, PageQuery
from raf.mastodon.endpoint import Asked, delete, get, post, put
from raf.mastodon.promise import one_of
from raf.paging import Paging

READ = person("read:lists")
WRITE = person("write:lists")
EVERYBODY = 100_000
"""How many are listed when a client asks for `limit=0`: all of them."""


class ListEntity(msgspec.Struct):
    """A list as Mastodon's API has it."""

    id: str
    title: str
    replies_policy: str
    exclusive: bool


class ListForm(msgspec.Struct):
    """What is said of a list."""

    title: str | UnsetType = UNSET
    replies_policy: Annotated[str, one_of(*POLICIES)] | UnsetType = UNSET
    exclusive: bool | UnsetType = UNSET


class MembersForm(msgspec.Struct):
    """Whom to put in or take out."""

    account_ids: list[Id] = []


def entity(people: PeopleList) -> ListEntity:
    return ListEntity(str(people.id), people.title, people.replies_policy, bool(people.exclusive))


def of(call: Call) -> people_lists.Lists:
    return call.house.application.part(people_lists.open_lists)


async def change(call: Call) -> ListChange:
    said = await call.form(ListForm)
    return ListChange(title=said.title, replies_policy=said.replies_policy, exclusive=said.exclusive)


@get("/api/v1/lists", READ, list[ListEntity])
async def index(call: Asked) -> bytes:
    """One's lists."""
    return encode([entity(people) for people in await of(call).of(call.account_id)])


@post("/api/v1/lists", WRITE, ListEntity, form=ListForm)
async def create(call: Asked) -> bytes:
    """A new list."""
    return encode(entity(await of(call).create(call.account_id, await change(call))))


@get("/api/v1/lists/{list_id:int}", READ, ListEntity)
async def show(call: Asked, list_id: FromPath[int]) -> bytes:
    """A list of one's own."""
    return encode(entity(await of(call).find(call.account_id, list_id)))


@put("/api/v1/lists/{list_id:int}", WRITE, ListEntity, form=ListForm)
async def update(call: Asked, list_id: FromPath[int]) -> bytes:
    """Change its title or its rules."""
    return encode(entity(await of(call).update(call.account_id, list_id, await change(call))))


@delete("/api/v1/lists/{list_id:int}", WRITE)
async def remove(call: Asked, list_id: FromPath[int]) -> bytes:
    """Delete a list."""
    await of(call).delete(call.account_id, list_id)
    return b"{}"


@get("/api/v1/lists/{list_id:int}/accounts", READ, list[Account], paged=True)
async def members(call: Asked, list_id: FromPath[int]) -> bytes:
    """Who stands in a list; everybody at once with `limit=0`."""
    everybody = call.query(PageQuery).limit == 0
    paging = Paging(EVERYBODY) if everybody else call.paging(40, 80)
    found = await of(call).members(call.account_id, list_id, paging)
    if everybody:
        return encode(found.items)
    return call.listing(found.items, paging.limit, found.older, found.newer)


@post("/api/v1/lists/{list_id:int}/accounts", WRITE, form=MembersForm)
async def add(call: Asked, list_id: FromPath[int]) -> bytes:
    """Put people one follows into a list."""
    said = await call.form(MembersForm)
    await of(call).add(call.account_id, list_id, said.account_ids)
    return b"{}"


@delete("/api/v1/lists/{list_id:int}/accounts", WRITE, form=MembersForm)
async def take_out(call: Asked, list_id: FromPath[int]) -> bytes:
    """Take people out of a list."""
    said = await call.form(MembersForm)
    await of(call).remove(call.account_id, list_id, said.account_ids)
    return b"{}"


@get("/api/v1/accounts/{account_id:int}/lists", READ, list[ListEntity])
async def holding(call: Asked, account_id: FromPath[int]) -> bytes:
    """Those of one's lists that somebody stands in."""
    await call.house.raf.account(account_id)
    return encode([entity(people) for people in await of(call).holding(call.account_id, account_id)])


@get("/api/v1/timelines/list/{list_id:int}", READ, list[Status], paged=True)
async def timeline(call: Asked, list_id: FromPath[int]) -> bytes:
    """What the people of a list posted."""
    return await call.posts(await of(call).timeline(call.account_id, list_id, call.paging()))


HANDLERS = [index, create, show, update, remove, members, add, take_out, holding, timeline]
