"""Notes about people, and recommending them."""

from __future__ import annotations

from litestar import post

from raf.acquaintance.acquaintance import open_acquaintance
from raf.identity.redirects import safe_next
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.parameters import Here, Id


@post("/accounts/{account_id:int}/note", status_code=200)
async def note(visit: Here, account_id: Id) -> Answer:
    """Keep words about somebody, seen by nobody else."""
    viewer_id = visit.member()
    form = await read_form(visit)
    await visit.house.application.part(open_acquaintance).note(viewer_id, account_id, form.text("comment"))
    visit.tell("noted")
    account = await visit.house.raf.account(account_id)
    return redirect(f"/@{account.acct}", visit.cookies)


@post("/accounts/{account_id:int}/endorse", status_code=200)
async def endorse(visit: Here, account_id: Id) -> Answer:
    """Recommend somebody on one's profile."""
    viewer_id = visit.member()
    form = await read_form(visit)
    await visit.house.application.part(open_acquaintance).endorse(viewer_id, account_id)
    visit.tell("saved")
    return redirect(safe_next(form.text("next"), visit.back), visit.cookies)


@post("/accounts/{account_id:int}/unendorse", status_code=200)
async def unendorse(visit: Here, account_id: Id) -> Answer:
    """No longer."""
    viewer_id = visit.member()
    form = await read_form(visit)
    await visit.house.application.part(open_acquaintance).unendorse(viewer_id, account_id)
    visit.tell("saved")
    return redirect(safe_next(form.text("next"), visit.back), visit.cookies)


HANDLERS = (note, endorse, unendorse)
