"""Passkeys: added on the page of security, used on the page of the log-in. They need a browser's scripts."""

from __future__ import annotations

import msgspec
from litestar import post

from raf.errors import Invalid, Missing, RafError, Refused, TooMany, WrongPassword
from raf.factors.passkeys import Passkeys, open_passkeys
from raf.identity.redirects import safe_next
from raf.web.answer import JSON, Answer, redirect
from raf.web.forms import read_form
from raf.web.pages.security import show
from raf.web.pages.signing import FilledIn, enter
from raf.web.parameters import Here, Id
from raf.web.problems import detail
from raf.web.visit import Visit


@post("/settings/security/passkeys/begin", status_code=200)
async def begin(visit: Here) -> Answer:
    """What the browser is to make a key of, as JSON."""
    account_id = visit.member()
    form = await read_form(visit)
    account = await visit.own_account()
    try:
        token, options = await passkeys_of(visit).offer(account_id, form.text("key_password"), account.username)
    except WrongPassword as refusal:
        return refused(str(visit.language.say("This is not your password.")), refusal)
    except TooMany as refusal:
        return refused(detail(visit.language, refusal), refusal)
    return asked(visit, token, options)


@post("/settings/security/passkeys", status_code=200)
async def add(visit: Here) -> Answer:
    """Keep the key that the browser made."""
    account_id = visit.member()
    form = await read_form(visit)
    try:
        await passkeys_of(visit).add(account_id, form.text("token"), form.text("answer"), form.text("key_name"))
    except Missing:
        visit.tell("late")
        return redirect("/settings/security", visit.cookies)
    except (Invalid, Refused) as refusal:
        wrong = {"key_name": [str(visit.language.say("This key cannot be added. Perhaps it is here already."))]}
        return await show(visit, {"key_name": form.text("key_name")}, wrong, refusal.status)
    visit.tell("passkey")
    return redirect("/settings/security", visit.cookies)


@post("/settings/security/passkeys/{passkey_id:int}/remove", status_code=200)
async def remove(visit: Here, passkey_id: Id) -> Answer:
    """Let a key open nothing any more."""
    account_id = visit.member()
    await read_form(visit)
    await passkeys_of(visit).remove(account_id, passkey_id)
    visit.tell("passkey_gone")
    return redirect("/settings/security", visit.cookies)


@post("/log-in/passkey/begin", status_code=200)
async def ask(visit: Here) -> Answer:
    """What the browser is to sign, as JSON."""
    await read_form(visit)
    try:
        token, options = await passkeys_of(visit).ask(visit.address)
    except TooMany as refusal:
        return refused(detail(visit.language, refusal), refusal)
    return asked(visit, token, options)


@post("/log-in/passkey", status_code=200)
async def log_in(visit: Here) -> Answer:
    """Log this browser in when the key opens an account."""
    form = await read_form(visit)
    try:
        account_id = await passkeys_of(visit).enter(form.text("token"), form.text("answer"))
    except (Invalid, Missing) as refusal:
        filled = FilledIn.log_in(back=safe_next(form.text("next"), ""))
        filled.wrong = {"base": [str(visit.language.say("This passkey opens no account here."))]}
        return await visit.house.page(visit, "log_in.html", bare=True, status=max(refusal.status, 422), form=filled)
    return await enter(visit, account_id, safe_next(form.text("next"), "/home"))


def asked(visit: Visit, token: str, options: dict[str, object]) -> Answer:
    return Answer(msgspec.json.encode({"token": token, "options": options}), JSON, cookies=visit.cookies)


def refused(words: str, refusal: RafError) -> Answer:
    return Answer(msgspec.json.encode({"error": words}), JSON, status=refusal.status)


def passkeys_of(visit: Visit) -> Passkeys:
    return visit.house.application.part(open_passkeys)


HANDLERS = (begin, add, remove, ask, log_in)
