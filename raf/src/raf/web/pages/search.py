"""Looking for posts, people and tags."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import get
from litestar.params import FromQuery

from raf.domain.text import normal_tag
from raf.identity.redirects import safe_next
from raf.mastodon.selections.hashtags import tags_beginning
from raf.search.posts import Bounds
from raf.search.query import BadQuery, Query, parse
from raf.web.answer import Answer, redirect
from raf.web.pages.explore import explore_page, search_of
from raf.web.pages.people import with_relations
from raf.web.paging import PAGE, address, older_link, paging
from raf.web.parameters import Here, MaxId
from raf.web.visit import Visit

KINDS = ("", "posts", "people", "tags")
NARROWING = ("from", "has", "language", "in", "after", "before")
"""Fields of the form that become operators of the query."""
LONGEST = 300
FEW = 5
FURTHEST = 10_000


@get("/search")
async def search(visit: Here, q: FromQuery[str] = "", max_id: MaxId = None, offset: FromQuery[int] = 0) -> Answer:
    """What is found, all together or one kind in pages; without words what is talked about."""
    given = visit.request.query_params
    query = q.replace("\0", " ").strip()[:LONGEST]
    narrowed = composed(query, given)
    if narrowed != query:
        return redirect(address("/search", q=narrowed, type="posts"), visit.cookies)
    if not query:
        return await explore_page(visit, "posts")
    if query.startswith(visit.site.url + "/@") and (here := safe_next(query.removeprefix(visit.site.url), "")):
        return redirect(here, visit.cookies)
    kind = given.get("type", "") if given.get("type", "") in KINDS else ""
    offset = min(max(0, offset), FURTHEST)
    problem, asked = "", Query()
    try:
        asked = parse(query)
    except BadQuery:
        problem = str(visit.language.say("A date is written 2026-01-31, a month 2026-01; “in:” is library or public."))
    found = search_of(visit)
    limit = PAGE if kind else FEW
    people = await found.people(query, visit.account_id, limit, offset) if kind in ("", "people") and asked.is_plain else []
    tags = await _tags(visit, query, limit, offset) if kind in ("", "tags") else []
    ids = await _posts(visit, query, asked, max_id) if kind in ("", "posts") else []
    return await visit.house.page(
        visit,
        "search.html",
        place_now="search",
        query=query,
        kind=kind,
        kinds=kinds(visit, query),
        problem=problem,
        people=await with_relations(visit, await visit.house.raf.accounts(people)),
        tags=tags,
        posts=await visit.house.posts(visit, ids),
        more_people=kind == "" and len(people) == FEW,
        older=_older(query, kind, ids, len(people or tags), offset),
    )


def composed(query: str, given: Mapping[str, str]) -> str:
    """The query with what the form's fields narrow it to, written as operators."""
    added = []
    for name in NARROWING:
        value = given.get(name, "").replace("\0", "").strip()[:100]
        if value:
            added.append(f'{name}:"{value}"' if " " in value else f"{name}:{value}")
    return " ".join([query, *added]).strip()[:LONGEST] if added else query


def kinds(visit: Visit, query: str) -> list[tuple[str, str, str]]:
    """The tabs: kind, words, address."""
    say = visit.language.say
    words = {"": say("All"), "posts": say("Posts"), "people": say("People"), "tags": say("Tags")}
    return [(kind, str(said), address("/search", q=query, type=kind)) for kind, said in words.items()]


async def _posts(visit: Visit, query: str, asked: Query, max_id: int | None) -> list[int]:
    """Posts by their words for members; for strangers the public ones with a tag."""
    if visit.account_id is not None:
        search = search_of(visit)
        bounds = Bounds(PAGE, below=max_id, host=search.host) if max_id else Bounds(PAGE, host=search.host)
        return await search.posts(visit.account_id, asked, bounds)
    if " " in query or query.startswith("@"):
        return []
    return await visit.house.raf.tag(None, normal_tag(query), paging(max_id))


async def _tags(visit: Visit, query: str, limit: int, offset: int) -> list[str]:
    if " " in query or query.startswith("@"):
        return []
    return await visit.house.raf.store.read(tags_beginning, normal_tag(query), limit, offset)


def _older(query: str, kind: str, ids: list[int], count: int, offset: int) -> str:
    """Where the page goes on."""
    if kind in ("people", "tags"):
        return address("/search", q=query, type=kind, offset=str(offset + PAGE)) if count >= PAGE else ""
    return older_link("/search", ids, q=query, type="posts")


HANDLERS = (search,)
