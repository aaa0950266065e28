"""Deleting one's account."""

from __future__ import annotations

from litestar import get, post

from raf.departure.departure import open_departure
from raf.errors import Refused, TooMany, WrongPassword
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.pages.security import refused
from raf.web.pages.settings import draw
from raf.web.pages.signing import FilledIn
from raf.web.parameters import Here


@get("/settings/leave")
async def leave_page(visit: Here) -> Answer:
    """What goes, and the question."""
    visit.member()
    return await draw(visit, "leave", FilledIn({"name": ""}))


@post("/settings/leave", status_code=200)
async def leave(visit: Here) -> Answer:
    """Delete the account, when its person says its name and its password."""
    account_id = visit.member()
    form = await read_form(visit)
    account = await visit.own_account()
    say = visit.language.say
    name = form.text("name").strip()
    filled = FilledIn({"name": name})
    if name.removeprefix("@").lower() != account.username.lower():
        filled.wrong = {"name": [str(say("This is not the name of your account."))]}
        return await draw(visit, "leave", filled, 422)
    try:
        await visit.house.application.part(open_departure).close(account_id, form.text("password"))
    except (WrongPassword, TooMany) as refusal:
        filled.wrong = refused(visit, refusal, "password")
        return await draw(visit, "leave", filled, refusal.status)
    except Refused as refusal:
        filled.wrong = {"base": [str(say("This house has no other owner. Make somebody owner before you leave."))]}
        return await draw(visit, "leave", filled, refusal.status)
    visit.tell("gone")
    cookie = visit.house.identity.session_cookie("", secure=visit.site.secure)
    return redirect("/local", [*visit.cookies, cookie])


HANDLERS = (leave_page, leave)
