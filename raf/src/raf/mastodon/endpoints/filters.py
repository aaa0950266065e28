"""`/api/v2/filters`, with their keywords and posts, and `/api/v1/filters`, where a filter is one keyword."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from raf.domain.filters import ACTIONS, CONTEXTS
from raf.filters.filters import Filters, open_filters
from raf.filters.forms import FilterChange, KeywordChange
from raf.filters.matching import FilterEntity, entity_of
from raf.filters.records import Filter, FilteredPost, Keyword
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call, Id
from raf.mastodon.endpoint import Asked, delete, get, post, put
from raf.mastodon.promise import one_of
from raf.times import iso

READ = person("read:filters")
WRITE = person("write:filters")


class KeywordEntity(msgspec.Struct):
    """A keyword of a filter."""

    id: str
    keyword: str
    whole_word: bool


class PostEntity(msgspec.Struct):
    """A post in a filter."""

    id: str
    status_id: str


class WholeFilter(FilterEntity):
    """A filter with what it holds."""

    keywords: list[KeywordEntity]
    statuses: list[PostEntity]


class FilterV1(msgspec.Struct):
    """A keyword as the first API has it: it is the filter."""

    id: str
    phrase: str
    context: tuple[str, ...]
    whole_word: bool
    expires_at: str | None
    irreversible: bool


class KeywordForm(msgspec.Struct):
    """A keyword, alone or in `keywords_attributes`."""

    id: Id | None = None
    keyword: str | UnsetType = UNSET
    whole_word: bool | UnsetType = UNSET
    gone: bool = msgspec.field(default=False, name="_destroy")


class FilterForm(msgspec.Struct):
    """What is said of a filter."""

    title: str | UnsetType = UNSET
    context: list[Annotated[str, one_of(*CONTEXTS)]] | UnsetType = UNSET
    filter_action: Annotated[str, one_of(*ACTIONS)] | UnsetType = UNSET
    expires_in: float | UnsetType | None = UNSET
    keywords_attributes: list[KeywordForm] = []


class PostForm(msgspec.Struct):
    """Which post."""

    status_id: Id = 0


class FormV1(msgspec.Struct):
    """What the first API says of a filter."""

    phrase: str | UnsetType = UNSET
    context: list[Annotated[str, one_of(*CONTEXTS)]] | UnsetType = UNSET
    irreversible: bool | UnsetType = UNSET
    whole_word: bool | UnsetType = UNSET
    expires_in: float | UnsetType | None = UNSET


def of(call: Call) -> Filters:
    return call.house.application.part(open_filters)


def whole(found: Filter) -> WholeFilter:
    entity = msgspec.structs.asdict(entity_of(found))
    return WholeFilter(
        **entity, keywords=[word(one) for one in found.keywords], statuses=[filtered(one) for one in found.statuses]
    )


def word(keyword: Keyword) -> KeywordEntity:
    return KeywordEntity(str(keyword.id), keyword.keyword, keyword.whole_word)


def filtered(found: FilteredPost) -> PostEntity:
    return PostEntity(str(found.id), str(found.status_id))


def first(found: Filter, keyword: Keyword) -> FilterV1:
    expires_at = None if found.expires_at is None else iso(found.expires_at)
    return FilterV1(
        str(keyword.id), keyword.keyword, found.contexts, keyword.whole_word, expires_at, irreversible=found.action == "hide"
    )


async def expiry(call: Call, given: float | UnsetType | None) -> float | UnsetType | None:
    """An empty field means never, no field no change."""
    tree = await call.tree()
    return None if tree.get("expires_in", UNSET) in ("", None) else given


async def change(call: Call) -> FilterChange:
    said = await call.form(FilterForm)
    return FilterChange(
        title=said.title,
        contexts=UNSET if said.context is UNSET else tuple(said.context),
        action=said.filter_action,
        expires_in=await expiry(call, said.expires_in),
        keywords=tuple(
            KeywordChange(id=one.id, keyword=one.keyword, whole_word=one.whole_word, gone=one.gone)
            for one in said.keywords_attributes
        ),
    )


async def change_v1(call: Call) -> tuple[FilterChange, KeywordChange]:
    said = await call.form(FormV1)
    action: str | UnsetType = UNSET
    if said.irreversible is not UNSET:
        action = "hide" if said.irreversible else "warn"
    changed = FilterChange(
        title=said.phrase,
        contexts=UNSET if said.context is UNSET else tuple(said.context),
        action=action,
        expires_in=await expiry(call, said.expires_in),
    )
    return changed, KeywordChange(keyword=said.phrase, whole_word=said.whole_word)


# ---- filters --------------------------------------------------------------------------------------------------------


@get("/api/v2/filters", READ, list[WholeFilter])
async def index(call: Asked) -> bytes:
    """One's filters."""
    return encode([whole(found) for found in await of(call).of(call.account_id)])


@post("/api/v2/filters", WRITE, WholeFilter, form=FilterForm)
async def create(call: Asked) -> bytes:
    """A new filter with its keywords."""
    return encode(whole(await of(call).create(call.account_id, await change(call))))


@get("/api/v2/filters/{filter_id:int}", READ, WholeFilter)
async def show(call: Asked, filter_id: FromPath[int]) -> bytes:
    """A filter with what it holds."""
    return encode(whole(await of(call).find(call.account_id, filter_id)))


@put("/api/v2/filters/{filter_id:int}", WRITE, WholeFilter, form=FilterForm)
async def update(call: Asked, filter_id: FromPath[int]) -> bytes:
    """Change a filter and keywords of it."""
    return encode(whole(await of(call).update(call.account_id, filter_id, await change(call))))


@delete("/api/v2/filters/{filter_id:int}", WRITE)
async def remove(call: Asked, filter_id: FromPath[int]) -> bytes:
    """Delete a filter."""
    await of(call).delete(call.account_id, filter_id)
    return b"{}"


# ---- keywords -------------------------------------------------------------------------------------------------------


@get("/api/v2/filters/{filter_id:int}/keywords", READ, list[KeywordEntity])
async def keywords(call: Asked, filter_id: FromPath[int]) -> bytes:
    """The keywords of a filter."""
    return encode([word(one) for one in (await of(call).find(call.account_id, filter_id)).keywords])


@post("/api/v2/filters/{filter_id:int}/keywords", WRITE, KeywordEntity, form=KeywordForm)
async def add_keyword(call: Asked, filter_id: FromPath[int]) -> bytes:
    """One more keyword."""
    said = await call.form(KeywordForm)
    given = KeywordChange(keyword=said.keyword, whole_word=said.whole_word)
    return encode(word(await of(call).add_keyword(call.account_id, filter_id, given)))


@get("/api/v2/filters/keywords/{keyword_id:int}", READ, KeywordEntity)
async def keyword(call: Asked, keyword_id: FromPath[int]) -> bytes:
    """A keyword."""
    return encode(word((await of(call).keyword(call.account_id, keyword_id))[1]))


@put("/api/v2/filters/keywords/{keyword_id:int}", WRITE, KeywordEntity, form=KeywordForm)
async def change_keyword(call: Asked, keyword_id: FromPath[int]) -> bytes:
    """Change a keyword."""
    said = await call.form(KeywordForm)
    given = KeywordChange(keyword=said.keyword, whole_word=said.whole_word)
    return encode(word(await of(call).change_keyword(call.account_id, keyword_id, given)))


@delete("/api/v2/filters/keywords/{keyword_id:int}", WRITE)
async def delete_keyword(call: Asked, keyword_id: FromPath[int]) -> bytes:
    """Take a keyword out of its filter."""
    await of(call).delete_keyword(call.account_id, keyword_id)
    return b"{}"


# ---- posts ----------------------------------------------------------------------------------------------------------


@get("/api/v2/filters/{filter_id:int}/statuses", READ, list[PostEntity])
async def posts(call: Asked, filter_id: FromPath[int]) -> bytes:
    """The posts that stand in a filter."""
    return encode([filtered(one) for one in (await of(call).find(call.account_id, filter_id)).statuses])


@post("/api/v2/filters/{filter_id:int}/statuses", WRITE, PostEntity, form=PostForm)
async def add_post(call: Asked, filter_id: FromPath[int]) -> bytes:
    """Filter a post."""
    said = await call.form(PostForm)
    return encode(filtered(await of(call).add_post(call.account_id, filter_id, said.status_id)))


@get("/api/v2/filters/statuses/{filtered_id:int}", READ, PostEntity)
async def filtered_post(call: Asked, filtered_id: FromPath[int]) -> bytes:
    """A post in a filter."""
    return encode(filtered(await of(call).post(call.account_id, filtered_id)))


@delete("/api/v2/filters/statuses/{filtered_id:int}", WRITE)
async def delete_post(call: Asked, filtered_id: FromPath[int]) -> bytes:
    """Filter a post no longer."""
    await of(call).delete_post(call.account_id, filtered_id)
    return b"{}"


# ---- the first API --------------------------------------------------------------------------------------------------


@get("/api/v1/filters", READ, list[FilterV1])
async def index_v1(call: Asked) -> bytes:
    """One's keywords, each as a filter."""
    found = await of(call).of(call.account_id)
    return encode([first(one, keyword) for one in found for keyword in one.keywords])


@post("/api/v1/filters", WRITE, FilterV1, form=FormV1)
async def create_v1(call: Asked) -> bytes:
    """A filter of one keyword, called like it."""
    changed, keyword = await change_v1(call)
    made = await of(call).create(call.account_id, msgspec.structs.replace(changed, keywords=(keyword,)))
    return encode(first(made, made.keywords[0]))


@get("/api/v1/filters/{keyword_id:int}", READ, FilterV1)
async def show_v1(call: Asked, keyword_id: FromPath[int]) -> bytes:
    """A keyword as a filter."""
    return encode(first(*await of(call).keyword(call.account_id, keyword_id)))


@put("/api/v1/filters/{keyword_id:int}", WRITE, FilterV1, form=FormV1)
async def update_v1(call: Asked, keyword_id: FromPath[int]) -> bytes:
    """Change a filter by its keyword."""
    changed, keyword = await change_v1(call)
    given = msgspec.structs.replace(keyword, id=keyword_id)
    return encode(first(*await of(call).change_by_keyword(call.account_id, keyword_id, changed, given)))


@delete("/api/v1/filters/{keyword_id:int}", WRITE)
async def remove_v1(call: Asked, keyword_id: FromPath[int]) -> bytes:
    """Delete a keyword, and its filter when that was all it held."""
    await of(call).delete_keyword(call.account_id, keyword_id, with_empty_filter=True)
    return b"{}"


HANDLERS = [
    *(index, create, show, update, remove, keywords, add_keyword, keyword, change_keyword, delete_keyword),
    *(posts, add_post, filtered_post, delete_post, index_v1, create_v1, show_v1, update_v1, remove_v1),
]
