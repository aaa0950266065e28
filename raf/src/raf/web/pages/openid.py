"""Logging in with an account of another place, and connecting it with one's own."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromQuery

from raf.errors import Forbidden, Missing, Refused
from raf.factors.factors import open_factors
from raf.identity.redirects import safe_next
from raf.openid.openid import OpenId, open_openid
from raf.openid.provider import Unreachable
from raf.web.answer import Answer, cookie, redirect
from raf.web.forms import read_form
from raf.web.pages.newcomers import welcome
from raf.web.pages.settings import draw
from raf.web.pages.signing import FilledIn, ask_code, enter
from raf.web.parameters import Here
from raf.web.visit import Visit

COOKIE = "raf_open"


@get("/log-in/open")
async def begin(visit: Here, next: FromQuery[str] = "") -> Answer:
    """Off to the other place. Raises Missing, Unreachable."""
    return redirect(await begun(visit, safe_next(next, "/home")), visit.cookies)


@post("/settings/security/open", status_code=200)
async def connect(visit: Here) -> Answer:
    """The way to the other place, to connect one's account with the one there: a link, for a form may not lead away."""
    account_id = visit.member()
    await read_form(visit)
    where = await begun(visit, "/settings/security", account_id)
    return await draw(visit, "connect", FilledIn({}), where=where)


@post("/settings/security/open/remove", status_code=200)
async def disconnect(visit: Here) -> Answer:
    """Let the other place's account open this one no more."""
    account_id = visit.member()
    await read_form(visit)
    await openid_of(visit).disconnect(account_id)
    visit.tell("disconnected")
    return redirect("/settings/security", visit.cookies)


@get("/log-in/open/back")
async def come_back(visit: Here, code: FromQuery[str] = "", error: FromQuery[str] = "") -> Answer:
    """Back from there."""
    token = visit.request.cookies.get(COOKIE, "")
    state = visit.request.query_params.get("state", "")
    visit.cookies.append(cookie(COOKIE, "", secure=visit.site.secure, days=0))
    try:
        if error or not code:
            raise Missing
        came = await openid_of(visit).finish(token, state, code, visit.account_id)
    except (Missing, Forbidden, Refused, Unreachable) as refusal:
        return await unknown(visit, refusal)
    if came.newcomer:
        return await unknown(visit, Missing()) if visit.session is not None else welcome(visit, came.newcomer)
    if came.connected:
        visit.tell("connected")
        return redirect(came.next, visit.cookies)
    if await visit.house.application.part(open_factors).needed(came.account_id):
        return await ask_code(visit, came.account_id, came.next)
    return await enter(visit, came.account_id, came.next)


async def begun(visit: Visit, back: str, account_id: int | None = None) -> str:
    """The address at the other place; a cookie is set to be known by on the way back."""
    token, where = await openid_of(visit).begin(back, account_id)
    visit.cookies.append(cookie(COOKIE, token, secure=visit.site.secure, days=10 / 1440))
    return where


async def unknown(visit: Visit, refusal: Exception) -> Answer:
    """Nobody is connected with who came, or it took too long."""
    say = visit.language.say
    words = {
        Forbidden: say("The answer of the other place cannot be trusted."),
        Refused: say("That account is connected with another one here."),
        Unreachable: say("The other place does not answer."),
    }.get(type(refusal)) or say(
        "No account here is connected with it. Log in with your password and connect it in the settings."
    )
    if visit.session is not None:
        visit.tell("unconnected")
        return redirect("/settings/security", visit.cookies)
    form = FilledIn.log_in()
    form.wrong = {"base": [str(words)]}
    return await visit.house.page(visit, "log_in.html", bare=True, status=422, form=form)


def openid_of(visit: Visit) -> OpenId:
    return visit.house.application.part(open_openid)


HANDLERS = (begin, connect, disconnect, come_back)
