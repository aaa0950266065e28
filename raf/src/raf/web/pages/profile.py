"""A person: who they are and what they post."""

from __future__ import annotations

from litestar import get
from markupsafe import Markup

from raf import entities
from raf.errors import Missing
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
    shown = await visit.house.posts(visit, ids)
    pinned: list[Markup] = []
    if tab == "posts" and max_id is None:
        on_top = await raf.account_statuses(account_id, viewer_id, pinned=True)
        pinned = await visit.house.posts(visit, on_top, "pinned")
        rest = [identity for identity in ids if identity not in on_top]
        shown = await visit.house.posts(visit, rest)
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
        tab=tab,
        posts=[*pinned, *shown],
        older=older_link(path, ids),
        stream="",
    )


async def account_at(visit: Visit, handle: str) -> entities.Account:
    """The person of `@name`. Raises Missing."""
    if not handle.startswith("@") or len(handle) < 2:
        raise Missing
    return await visit.house.raf.account_by_name(handle[1:])


HANDLERS = (posts, with_replies, media)
