"""Opening an account for somebody whom another place vouches for."""

from __future__ import annotations

from litestar import get, post

from raf.errors import Invalid, Missing, TooMany
from raf.openid.openid import open_openid
from raf.web.answer import Answer, cookie, redirect
from raf.web.forms import read_form
from raf.web.pages.signing import FilledIn, asked_for, come_in, wrong_with
from raf.web.parameters import Here
from raf.web.visit import Visit

NEWCOMER_COOKIE = "raf_newcomer"
"""Holds who came from the other place while they fill the form in."""
STEP_DAYS = 10 / 1440


def welcome(visit: Visit, token: str) -> Answer:
    """On to the form."""
    visit.cookies.append(cookie(NEWCOMER_COOKIE, token, secure=visit.site.secure, days=STEP_DAYS))
    return redirect("/sign-up/open", visit.cookies)


@get("/sign-up/open")
async def newcomer_page(visit: Here) -> Answer:
    """The form to join, begun with what the other place says."""
    try:
        who = await visit.house.application.part(open_openid).newcomer(token_of(visit))
    except Missing:
        return late(visit)
    form = FilledIn.sign_up(back=who.next)
    form.values |= {"username": who.username, "email": who.email}
    return await visit.house.page(visit, "sign_up_open.html", bare=True, form=form)


@post("/sign-up/open", status_code=200)
async def open_account(visit: Here) -> Answer:
    """Open the account, connect it, and log this browser in."""
    form = await read_form(visit)
    openid, token = visit.house.application.part(open_openid), token_of(visit)
    try:
        await openid.newcomer(token)
        new = asked_for(visit, form)
        account_id = await visit.house.raf.sign_up(new, address=visit.address, vouched=openid.connects(token))
    except Missing:
        return late(visit)
    except (Invalid, TooMany) as refusal:
        filled = FilledIn.sign_up(form)
        filled.wrong = wrong_with(visit, refusal)
        return await visit.house.page(visit, "sign_up_open.html", bare=True, status=refusal.status, form=filled)
    visit.cookies.append(cookie(NEWCOMER_COOKIE, "", secure=visit.site.secure, days=0))
    return await come_in(visit, account_id, form.text("next"))


def token_of(visit: Visit) -> str:
    token: str = visit.request.cookies.get(NEWCOMER_COOKIE, "")
    return token


def late(visit: Visit) -> Answer:
    """It took too long, or was done already."""
    visit.tell("late")
    return redirect("/log-in", visit.cookies)


HANDLERS = (newcomer_page, open_account)
