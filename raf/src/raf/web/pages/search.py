"""Looking for people, tags and posts."""

from __future__ import annotations

from litestar import get
from litestar.params import FromQuery

from raf.domain.text import normal_tag
from raf.identity.redirects import safe_next
from raf.web.answer import Answer, redirect
from raf.web.pages.people import with_relations
from raf.web.parameters import Here


@get("/search")
async def search(visit: Here, q: FromQuery[str] = "") -> Answer:
    """People by name, a tag by its word, a post by its address."""
    query = q.strip()[:200]
    raf = visit.house.raf
    if query.startswith(visit.site.url + "/@") and (here := safe_next(query.removeprefix(visit.site.url), "")):
        return redirect(here, visit.cookies)
    people = await raf.search_accounts(query, 20, viewer_id=visit.account_id) if query else []
    word = normal_tag(query)
    ids = await raf.tag(visit.account_id, word) if query and " " not in query and not query.startswith("@") else []
    return await visit.house.page(
        visit,
        "search.html",
        place_now="search",
        query=query,
        people=await with_relations(visit, people),
        tags=[word] if ids else [],
        posts=await visit.house.posts(visit, ids),
    )


HANDLERS = (search,)
