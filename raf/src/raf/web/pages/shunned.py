"""Whom one keeps away: muted and blocked people, and sites."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import get, post
from litestar.params import FromQuery

from raf import entities
from raf.errors import Invalid
from raf.moderation import hiding
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.pages.settings import draw
from raf.web.pages.signing import FilledIn
from raf.web.paging import address, paging
from raf.web.parameters import Here, MaxId
from raf.web.visit import Visit
from raf.web.wording import problems

PAGE = 40
SITES = "/settings/people?kind=sites"


@get("/settings/people")
async def shunned(visit: Here, kind: FromQuery[str] = "muted", max_id: MaxId = None) -> Answer:
    """One kind of them, the latest first."""
    visit.member()
    kind = kind if kind in ("muted", "blocked", "sites") else "muted"
    return await show(visit, kind, max_id)


@post("/settings/people/sites", status_code=200)
async def hide(visit: Here) -> Answer:
    """See nothing of a site."""
    account_id = visit.member()
    form = await read_form(visit)
    domain = form.text("domain").strip()
    try:
        await visit.house.raf.command(hiding.hide, account_id, domain)
    except Invalid as refusal:
        filled = FilledIn({"domain": domain}, problems(visit.language, refusal))
        return await show(visit, "sites", None, filled, refusal.status)
    visit.tell("hidden")
    return redirect(SITES, visit.cookies)


@post("/settings/people/sites/remove", status_code=200)
async def unhide(visit: Here) -> Answer:
    """See it again."""
    account_id = visit.member()
    form = await read_form(visit)
    await visit.house.raf.command(hiding.show, account_id, form.text("domain"))
    visit.tell("unhidden")
    return redirect(SITES, visit.cookies)


async def show(visit: Visit, kind: str, max_id: int | None, form: FilledIn | None = None, status: int = 200) -> Answer:
    """The page of one kind."""
    account_id, raf, page = visit.member(), visit.house.raf, paging(max_id, limit=PAGE)
    sites: list[str] = []
    people: Sequence[entities.Account] = ()
    older: int | None = None
    if kind == "sites":
        hidden = await raf.store.read(hiding.hidden, account_id, page)
        sites, older = hidden.items, hidden.older
    elif kind == "blocked":
        blocked = await raf.blocks(account_id, page)
        people, older = blocked.items, blocked.older
    else:
        muted = await raf.mutes(account_id, page)
        people, older = muted.items, muted.older
    more = max(len(people), len(sites)) >= PAGE and older is not None
    return await draw(
        visit,
        "people",
        form or FilledIn({"domain": ""}),
        status,
        kind=kind,
        people=people,
        sites=sites,
        older=address("/settings/people", kind=kind, max_id=str(older)) if more else "",
    )


HANDLERS = (shunned, hide, unhide)
