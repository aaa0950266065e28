"""A person: who they are and what they post."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import get
from markupsafe import Markup

from raf import entities
from raf.acquaintance.acquaintance import open_acquaintance
from raf.errors import Missing
from raf.tags.featuring import FeaturedTag
from raf.tags.tags import open_tags
from raf.web.answer import Answer
from raf.web.paging import older_link, paging
from raf.web.parameters import Here, MaxId, Word
from raf.web.visit import Visit


@get("/{handle:str}")
async def posts(visit: Here, handle: Word, max_id: MaxId = None) -> Answer:
    """Posts and boosts, the pinned ones first."""
    return await profile(visit, handle, "posts", max_id)


@get("/{handle:str}/with_replies")
async def with_replies(visit: Here, handle: Word, max_id: MaxId = None) -> Answer:
    """Everything they wrote."""
    return await profile(visit, handle, "replies", max_id)


@get("/{handle:str}/media")
async def media(visit: Here, handle: Word, max_id: MaxId = None) -> Answer:
    """Posts with pictures."""
    return await profile(visit, handle, "media", max_id)


async def profile(visit: Visit, handle: str, tab: str, max_id: int | None) -> Answer:
    raf = visit.house.raf
    account = await account_at(visit, handle)
    account_id, viewer_id = int(account.id), visit.account_id
    ids = await raf.account_statuses(
        account_id, viewer_id, paging(max_id), exclude_replies=tab == "posts", only_media=tab == "media"
    )
    shown = await visit.house.posts(visit, ids, where="account")
    pinned: list[Markup] = []
    if tab == "posts" and max_id is None:
        on_top = await raf.account_statuses(account_id, viewer_id, pinned=True)
        pinned = await visit.house.posts(visit, on_top, "pinned", where="account")
        rest = [identity for identity in ids if identity not in on_top]
        shown = await visit.house.posts(visit, rest, where="account")
    relation = None
    if viewer_id is not None and viewer_id != account_id:
        relation = (await raf.relationships(viewer_id, [account_id]))[0]
    path = f"/@{account.acct}" + {"posts": "", "replies": "/with_replies", "media": "/media"}[tab]
    return await visit.house.page(
        visit,
        "profile.html",
        place_now="me" if viewer_id == account_id else "",
        account=account,
        relation=relation,
        shown_of=await shown_of(visit, account_id),
        tab=tab,
        posts=[*pinned, *shown],
        older=older_link(path, ids),
        stream="",
    )


@dataclass(frozen=True)
class ShownOf:
    """What a profile shows beside posts: its tags, whom it recommends, and which of its followers the visitor follows."""

    tags: list[FeaturedTag]
    recommended: list[entities.Account]
    familiar: list[entities.Account]


async def shown_of(visit: Visit, account_id: int) -> ShownOf:
    application, viewer_id = visit.house.application, visit.account_id
    acquaintance = application.part(open_acquaintance)
    familiar: list[entities.Account] = []
    if viewer_id is not None and viewer_id != account_id:
        familiar = await acquaintance.familiar(viewer_id, account_id, 4)
    recommended = (await acquaintance.endorsements(account_id, viewer_id)).items
    return ShownOf(await application.part(open_tags).featured(account_id), recommended, familiar)


async def account_at(visit: Visit, handle: str) -> entities.Account:
    """The person of `@name`. Raises Missing."""
    if not handle.startswith("@") or len(handle) < 2:
        raise Missing
    return await visit.house.raf.account_by_name(handle[1:])


HANDLERS = (posts, with_replies, media)
