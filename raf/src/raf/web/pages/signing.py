"""Signing up, logging in and out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from litestar import get, post
from litestar.params import FromQuery

from raf.errors import Invalid, TooMany, WrongPassword
from raf.factors.factors import open_factors
from raf.identity import NewAccount
from raf.identity.redirects import safe_next
from raf.letters.devices import DEVICE_COOKIE, open_devices
from raf.moderation.judging import account_of
from raf.web.answer import Answer, cookie, redirect
from raf.web.devices import device_of
from raf.web.forms import Form, read_form
from raf.web.languages import LANGUAGES
from raf.web.parameters import Here
from raf.web.problems import detail
from raf.web.visit import LANGUAGE_COOKIE, Visit
from raf.web.wording import problems

STEP_COOKIE = "raf_step"
"""Holds who has given the right password and not yet the code."""
STEP_MINUTES = 10


@dataclass(eq=False)
class FilledIn:
    """A form as it is drawn: what was filled in, what is wrong with it by field, and where to go afterwards."""

    values: dict[str, Any]
    wrong: dict[str, list[str]] = field(default_factory=dict)
    next: str = ""

    @classmethod
    def sign_up(cls, form: Form | None = None, back: str = "") -> FilledIn:
        """The sign-up form, with what somebody sent already. The password is not sent back."""
        if form is None:
            return cls({"username": "", "email": "", "agreement": False, "reason": "", "invite": ""}, next=back)
        values = {"username": form.text("username"), "email": form.text("email"), "agreement": form.ticked("agreement")}
        values |= {"reason": form.text("reason"), "invite": form.text("invite")}
        return cls(values, next=form.text("next"))

    @classmethod
    def log_in(cls, form: Form | None = None, back: str = "") -> FilledIn:
        return cls({"name": form.text("name") if form else ""}, next=form.text("next") if form else back)


@get("/sign-up")
async def sign_up_page(visit: Here, next: FromQuery[str] = "") -> Answer:
    """The form to join."""
    if visit.session is not None:
        return redirect("/home", visit.cookies)
    return await visit.house.page(visit, "sign_up.html", bare=True, form=FilledIn.sign_up(back=safe_next(next, "")))


@post("/sign-up")
async def sign_up(visit: Here) -> Answer:
    """Open an account and log this browser in."""
    form = await read_form(visit)
    try:
        account_id = await visit.house.raf.sign_up(asked_for(visit, form), address=visit.address)
    except (Invalid, TooMany) as refusal:
        filled = FilledIn.sign_up(form)
        filled.wrong = wrong_with(visit, refusal)
        return await visit.house.page(visit, "sign_up.html", bare=True, status=refusal.status, form=filled)
    return await come_in(visit, account_id, form.text("next"))


def asked_for(visit: Visit, form: Form) -> NewAccount:
    """The account that a sign-up form asks for."""
    return NewAccount(
        username=form.text("username").strip(),
        email=form.text("email").strip(),
        password=form.text("password"),
        locale=visit.language.code,
        agreement=form.ticked("agreement"),
        reason=form.text("reason"),
        invite=form.text("invite"),
    )


async def come_in(visit: Visit, account_id: int, back: str) -> Answer:
    """Log the browser of a new account in; one that waits for approval is told so."""
    if visit.site.mail:
        return await logged_in(visit, account_id, "/confirm")
    if (await visit.house.raf.store.read(account_of, account_id)).held:
        return await logged_in(visit, account_id, "/standing")
    visit.tell("welcome")
    return await logged_in(visit, account_id, safe_next(back, "/local"))


@get("/log-in")
async def log_in_page(visit: Here, next: FromQuery[str] = "") -> Answer:
    """The form to log in."""
    if visit.session is not None:
        return redirect(safe_next(next, "/home"), visit.cookies)
    return await visit.house.page(visit, "log_in.html", bare=True, form=FilledIn.log_in(back=safe_next(next, "")))


@post("/log-in")
async def log_in(visit: Here) -> Answer:
    """Log this browser in."""
    form = await read_form(visit)
    try:
        account_id = await visit.house.raf.log_in(form.text("name"), form.text("password"), address=visit.address)
    except (WrongPassword, TooMany) as refusal:
        filled = FilledIn.log_in(form)
        filled.wrong = wrong_with(visit, refusal)
        return await visit.house.page(visit, "log_in.html", bare=True, status=refusal.status, form=filled)
    if await visit.house.application.part(open_factors).needed(account_id):
        return await ask_code(visit, account_id, safe_next(form.text("next"), ""))
    return await enter(visit, account_id, safe_next(form.text("next"), "/home"))


@post("/log-out")
async def log_out(visit: Here) -> Answer:
    """Log this browser out."""
    await read_form(visit)
    identity = visit.house.identity
    await identity.close_session_of_token(visit.session_token())
    return redirect("/", [*visit.cookies, identity.session_cookie("", secure=visit.site.secure)])


async def ask_code(visit: Visit, account_id: int, back: str) -> Answer:
    """The password was right: on to the page that asks for a code."""
    token = await visit.house.application.part(open_factors).begin(account_id)
    visit.cookies.append(cookie(STEP_COOKIE, token, secure=visit.site.secure, days=STEP_MINUTES / 1440))
    return redirect("/log-in/code" + (f"?next={quote(back, safe='/@')}" if back else ""), visit.cookies)


async def enter(visit: Visit, account_id: int, where: str) -> Answer:
    """Log this browser in to an account of which everything asked for was proved, in the account's language."""
    credential = await visit.house.identity.credential(account_id)
    if credential.locale in LANGUAGES:
        visit.cookies.append(cookie(LANGUAGE_COOKIE, credential.locale, secure=visit.site.secure))
    return await logged_in(visit, account_id, where)


async def logged_in(visit: Visit, account_id: int, where: str) -> Answer:
    """A new session, never the one a browser came with (so none can be planted)."""
    identity = visit.house.identity
    if visit.session is not None:
        await identity.close_session_of_token(visit.session_token())
    agent = visit.request.headers.get("user-agent", "")
    token = await identity.open_session(account_id, address=visit.address, user_agent=agent)
    known = visit.request.cookies.get(DEVICE_COOKIE, "")
    devices = visit.house.application.part(open_devices)
    if device := await devices.logged_in(account_id, known, device_of(agent), visit.address):
        visit.cookies.append(cookie(DEVICE_COOKIE, device, secure=visit.site.secure, days=400))
    return redirect(where, [*visit.cookies, identity.session_cookie(token, secure=visit.site.secure)])


def wrong_with(visit: Visit, refusal: Invalid | WrongPassword | TooMany) -> dict[str, list[str]]:
    """What to say at the form, by field."""
    if isinstance(refusal, Invalid):
        return problems(visit.language, refusal)
    if isinstance(refusal, WrongPassword):
        return {"base": [visit.language.say("The name and the password do not belong together.")]}
    return {"base": [visit.language.say("You did this too often.") + " " + detail(visit.language, refusal)]}


HANDLERS = (sign_up_page, sign_up, log_in_page, log_in, log_out)
