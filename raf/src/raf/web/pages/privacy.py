"""Who may follow one, and who finds one."""

from __future__ import annotations

from litestar import get, post

from raf.forms import ProfileChange
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.pages.settings import draw
from raf.web.pages.signing import FilledIn
from raf.web.parameters import Here


@get("/settings/privacy")
async def privacy_page(visit: Here) -> Answer:
    """The switches as they stand."""
    source = (await visit.own_account()).source
    values = {
        "locked": (await visit.own_account()).locked,
        "hide_collections": bool(source.hide_collections),
        "discoverable": bool(source.discoverable),
        "indexable": source.indexable,
    }
    return await draw(visit, "privacy", FilledIn(values), asking=source.follow_requests_count)


@post("/settings/privacy", status_code=200)
async def privacy(visit: Here) -> Answer:
    """Keep them."""
    account_id = visit.member()
    form = await read_form(visit)
    change = ProfileChange(
        locked=form.ticked("locked"),
        hide_collections=form.ticked("hide_collections"),
        discoverable=form.ticked("discoverable"),
        indexable=form.ticked("indexable"),
    )
    await visit.house.raf.update_profile(account_id, change)
    visit.tell("saved_privacy")
    return redirect("/settings/privacy", visit.cookies)


HANDLERS = (privacy_page, privacy)
