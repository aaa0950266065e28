"""What protects an account: the password, the address, the authenticator, and where one is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import get, post

from raf.errors import Invalid, Missing, TooMany, WrongPassword
from raf.factors import totp
from raf.factors.drawing import qr_code
from raf.factors.factors import Factors, open_factors
from raf.factors.passkeys import open_passkeys
from raf.letters.proving import open_proving
from raf.openid.openid import open_openid
from raf.web.answer import Answer, redirect
from raf.web.devices import device_of
from raf.web.forms import read_form
from raf.web.pages.settings import draw
from raf.web.pages.signing import FilledIn, wrong_with
from raf.web.parameters import Here, Id
from raf.web.visit import Visit

Refusal = Invalid | TooMany | WrongPassword


@dataclass(frozen=True)
class SessionRow:
    """A browser somebody is logged in with, as it is listed."""

    id: int
    device: str
    address: str
    seen_at: float
    here: bool


@get("/settings/security")
async def security_page(visit: Here) -> Answer:
    """All of it on one page."""
    visit.member()
    return await show(visit)


@post("/settings/security", status_code=200)
async def change_password(visit: Here) -> Answer:
    """A new password; the other browsers are logged out."""
    account_id = visit.member()
    form = await read_form(visit)
    try:
        await visit.house.identity.change_password(account_id, form.text("current"), form.text("password"), keep=visit.session)
    except (Invalid, TooMany, WrongPassword) as refusal:
        return await show(visit, wrong=refused(visit, refusal), status=refusal.status)
    visit.tell("password")
    return redirect("/settings/security", visit.cookies)


@post("/settings/security/email", status_code=200)
async def change_email(visit: Here) -> Answer:
    """Another address to log in with."""
    account_id = visit.member()
    form = await read_form(visit)
    email = form.text("email").strip()
    try:
        asked = await visit.house.application.part(open_proving).begin_change(account_id, form.text("email_password"), email)
    except (Invalid, TooMany, WrongPassword) as refusal:
        wrong = refused(visit, refusal, "email_password")
        return await show(visit, {"email": email}, wrong, status=refusal.status)
    visit.tell("asked_both" if asked else "email")
    return redirect("/settings/security", visit.cookies)


@get("/settings/security/authenticator")
async def authenticator_page(visit: Here) -> Answer:
    """The secret to bring into an authenticator, as a drawing and as letters."""
    visit.member()
    return await offer(visit)


@post("/settings/security/authenticator", status_code=200)
async def confirm_authenticator(visit: Here) -> Answer:
    """A first code was read from it: ask for codes from now on, and show the recovery codes once."""
    account_id = visit.member()
    form = await read_form(visit)
    try:
        codes = await factors_of(visit).confirm(account_id, form.text("present"), form.text("code"))
    except (Invalid, TooMany, WrongPassword) as refusal:
        return await offer(visit, refused(visit, refusal, "present"), refusal.status)
    except Missing:
        return redirect("/settings/security", visit.cookies)
    return await draw(visit, "codes", FilledIn({}), codes=codes, fresh=True)


@post("/settings/security/authenticator/remove", status_code=200)
async def remove_authenticator(visit: Here) -> Answer:
    """The password alone is enough again."""
    account_id = visit.member()
    form = await read_form(visit)
    try:
        await factors_of(visit).remove(account_id, form.text("off_password"))
    except (TooMany, WrongPassword) as refusal:
        return await show(visit, wrong=refused(visit, refusal, "off_password"), status=refusal.status)
    visit.tell("unguarded")
    return redirect("/settings/security", visit.cookies)


@post("/settings/security/codes", status_code=200)
async def renew_codes(visit: Here) -> Answer:
    """New recovery codes; the old ones open nothing any more."""
    account_id = visit.member()
    form = await read_form(visit)
    try:
        codes = await factors_of(visit).renew_codes(account_id, form.text("off_password"))
    except (TooMany, WrongPassword) as refusal:
        return await show(visit, wrong=refused(visit, refusal, "off_password"), status=refusal.status)
    return await draw(visit, "codes", FilledIn({}), codes=codes, fresh=False)


@post("/settings/sessions/{session_id:int}/close", status_code=200)
async def close_session(visit: Here, session_id: Id) -> Answer:
    """Log another browser out."""
    account_id = visit.member()
    await read_form(visit)
    await visit.house.identity.close_session(account_id, session_id)
    visit.tell("session")
    return redirect("/settings/security", visit.cookies)


async def show(
    visit: Visit, values: dict[str, Any] | None = None, wrong: dict[str, list[str]] | None = None, status: int = 200
) -> Answer:
    """The page of all that protects an account."""
    account_id = visit.member()
    protection = await factors_of(visit).protection(account_id)
    credential = await visit.house.identity.credential(account_id)
    passkeys = await visit.house.application.part(open_passkeys).of(account_id)
    form = FilledIn({"email": credential.email, "key_name": "", **(values or {})}, wrong or {})
    rows = await session_rows(visit)
    more: dict[str, Any] = {"sessions": rows, "protection": protection, "passkeys": passkeys}
    more["change"] = await visit.house.application.part(open_proving).change(account_id)
    more["connected"] = await visit.house.application.part(open_openid).connected(account_id)
    return await draw(visit, "security", form, status, **more)


async def offer(visit: Visit, wrong: dict[str, list[str]] | None = None, status: int = 200) -> Answer:
    """The page that brings the secret into an authenticator."""
    account_id = visit.member()
    try:
        secret = await factors_of(visit).offer(account_id)
    except Missing:
        return redirect("/settings/security", visit.cookies)
    account = await visit.own_account()
    address = totp.address(secret, f"{account.username}@{visit.site.host}", visit.site.title)
    spelled = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return await draw(visit, "authenticator", FilledIn({}, wrong or {}), status, drawing=qr_code(address), spelled=spelled)


def factors_of(visit: Visit) -> Factors:
    return visit.house.application.part(open_factors)


def refused(visit: Visit, refusal: Refusal, field: str = "current") -> dict[str, list[str]]:
    """What is wrong by field; a wrong password belongs to `field`."""
    if isinstance(refusal, WrongPassword):
        return {field: [str(visit.language.say("This is not your password."))]}
    return wrong_with(visit, refusal)


async def session_rows(visit: Visit) -> list[SessionRow]:
    """The visitor's sessions, this one marked."""
    found = await visit.house.identity.sessions(visit.member())
    here = visit.session.id if visit.session else 0
    return [SessionRow(row.id, device_of(row.user_agent), row.address, row.seen_at, row.id == here) for row in found]


HANDLERS = (
    *(security_page, change_password, change_email, authenticator_page, confirm_authenticator),
    *(remove_authenticator, renew_codes, close_session),
)
