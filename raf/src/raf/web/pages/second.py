"""The second step of a log-in: a code of the authenticator, or a recovery code."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromQuery

from raf.errors import Invalid, Missing, TooMany
from raf.factors.factors import open_factors
from raf.identity.redirects import safe_next
from raf.web.answer import Answer, cookie, redirect
from raf.web.forms import read_form
from raf.web.pages.signing import STEP_COOKIE, FilledIn, enter, wrong_with
from raf.web.parameters import Here


@get("/log-in/code")
async def code_page(visit: Here, next: FromQuery[str] = "") -> Answer:
    """The form for the code."""
    factors = visit.house.application.part(open_factors)
    if await factors.account_of(visit.request.cookies.get(STEP_COOKIE, "")) is None:
        return redirect("/log-in", visit.cookies)
    return await visit.house.page(visit, "log_in_code.html", bare=True, form=FilledIn({}, next=safe_next(next, "")))


@post("/log-in/code")
async def check_code(visit: Here) -> Answer:
    """Log this browser in when the code is right."""
    form = await read_form(visit)
    factors = visit.house.application.part(open_factors)
    try:
        account_id = await factors.finish(visit.request.cookies.get(STEP_COOKIE, ""), form.text("code"))
    except Missing:
        visit.tell("late")
        return redirect("/log-in", visit.cookies)
    except (Invalid, TooMany) as refusal:
        filled = FilledIn({}, wrong_with(visit, refusal), form.text("next"))
        return await visit.house.page(visit, "log_in_code.html", bare=True, status=refusal.status, form=filled)
    visit.cookies.append(cookie(STEP_COOKIE, "", secure=visit.site.secure, days=0))
    return await enter(visit, account_id, safe_next(form.text("next"), "/home"))


HANDLERS = (code_page, check_code)
