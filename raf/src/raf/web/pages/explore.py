"""What is talked about, and people to meet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar import get, post
from litestar.params import FromQuery

from raf.errors import Missing
from raf.identity.redirects import safe_next
from raf.search.search import Search, open_search
from raf.search.trends import Talk
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.pages.people import with_relations
from raf.web.paging import PAGE, address, older_link, paging
from raf.web.parameters import Here, Id, MaxId, Word
from raf.web.visit import Visit

TABS = ("posts", "tags", "links", "people")
MOST = 30
SUGGESTED = 5
FURTHEST = 10_000


@get(["/explore", "/explore/{tab:str}"])
async def explore(visit: Here, tab: Word = "posts", order: FromQuery[str] = "", offset: FromQuery[int] = 0) -> Answer:
    """One of the tabs."""
    if tab not in TABS:
        raise Missing
    return await explore_page(visit, tab, order, min(max(0, offset), FURTHEST))


@get("/explore/links/posts")
async def posts_with_link(visit: Here, url: FromQuery[str] = "", max_id: MaxId = None) -> Answer:
    """Posts with one of the links."""
    ids = await search_of(visit).posts_with_link(url, visit.account_id, paging(max_id))
    if ids is None:
        raise Missing
    say = visit.language.say
    return await visit.house.feed_page(
        visit,
        "timeline.html",
        ids,
        place_now="search",
        heading=shown_address(url),
        lead=say("Public posts with this link."),
        older=older_link("/explore/links/posts", ids, url=url),
        nothing=(say("Nothing here"), say("Who wrote of it took it back, or you do not hear of them.")),
    )


@post("/suggestions/{account_id:int}/dismiss", status_code=200)
async def dismiss(visit: Here, account_id: Id) -> Answer:
    """Do not suggest this one any more."""
    viewer_id = visit.member()
    form = await read_form(visit)
    await search_of(visit).dismiss_suggestion(viewer_id, account_id)
    return redirect(safe_next(form.text("next"), "/explore/people"), visit.cookies)


async def explore_page(visit: Visit, tab: str, order: str = "", offset: int = 0) -> Answer:
    """The page of a tab; the first of them is also what stands below an empty search."""
    say = visit.language.say
    words = {"posts": say("Posts"), "tags": say("Tags"), "links": say("Links"), "people": say("People")}
    return await visit.house.page(
        visit,
        "explore.html",
        place_now="search",
        tab=tab,
        tabs=[(name, str(said), "/explore" if name == "posts" else f"/explore/{name}") for name, said in words.items()],
        **await _shown(visit, tab, "new" if order == "new" else "active", offset),
    )


def search_of(visit: Visit) -> Search:
    return visit.house.application.part(open_search)


async def _shown(visit: Visit, tab: str, order: str, offset: int) -> dict[str, Any]:
    """What the template of a tab shows."""
    search, raf = search_of(visit), visit.house.raf
    if tab == "posts":
        ids = await search.trending_posts(visit.account_id, PAGE, offset)
        older = address("/explore", offset=str(offset + PAGE)) if len(ids) == PAGE else ""
        return {"posts": await visit.house.posts(visit, ids), "older": older}
    if tab == "tags":
        return {"talks": [_told(talk, "#" + talk.name) for talk in (await search.trending_tags())[:MOST]]}
    if tab == "links":
        return {"talks": [_told(talk, shown_address(talk.name)) for talk in (await search.trending_links())[:MOST]]}
    ids = await search.directory("new" if order == "new" else "active", visit.account_id, PAGE, offset)
    suggested = []
    if visit.account_id is not None and not offset:
        chosen = [account_id for account_id, _ in await search.suggestions(visit.account_id, SUGGESTED)]
        suggested = await with_relations(visit, await raf.accounts(chosen))
    asked = {"order": order} if order == "new" else {}
    return {
        "people": await with_relations(visit, await raf.accounts(ids)),
        "suggested": suggested,
        "order": order,
        "older": address("/explore/people", **asked, offset=str(offset + PAGE)) if len(ids) == PAGE else "",
    }


def shown_address(url: str) -> str:
    """An address without what everybody knows of it."""
    parts = urlsplit(url)
    return ((parts.netloc.removeprefix("www.") + parts.path).rstrip("/") + (f"?{parts.query}" if parts.query else ""))[:120]


def _told(talk: Talk, shown: str) -> dict[str, Any]:
    """A tag or a link with its people and its days as bars: heights in percent, the oldest first."""
    today = max(talk.days)
    days = [talk.days.get(today - back * 86_400, (0, 0))[1] for back in range(6, -1, -1)]
    most = max(1, *days)
    return {
        "name": talk.name,
        "shown": shown,
        "uses": sum(uses for uses, _ in talk.days.values()),
        "people": sum(days),
        "bars": [(place * 8, max(1, round(count / most * 22))) for place, count in enumerate(days)],
    }


HANDLERS = (explore, posts_with_link, dismiss)
