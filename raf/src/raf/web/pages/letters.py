"""What letters lead to: confirm an address, choose a new password, have no more letters."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromQuery

from raf.errors import Invalid, Missing, TooMany
from raf.identity.sessions import Session
from raf.letters import news
from raf.letters.letters import open_letters
from raf.letters.proving import Proving, open_proving
from raf.letters.wording import NEWS
from raf.web.answer import Answer, redirect
from raf.web.forms import read_fields, read_form
from raf.web.pages.signing import FilledIn, wrong_with
from raf.web.parameters import Here
from raf.web.visit import LogInFirst, Visit

OUTCOMES = {"confirmed": "confirmed", "half": "half_agreed", "changed": "email"}


@get("/confirm")
async def confirm_page(visit: Here, key: FromQuery[str] = "") -> Answer:
    """With the key of a letter, a button: programs that look at links in mail press none. Without, what to do to get one."""
    if key:
        try:
            found = await proving_of(visit).look(key)
        except Missing:
            return await visit.house.page(visit, "letter_late.html", bare=True, status=404, again="/confirm")
        if found.purpose == "reset":
            raise Missing
        return await visit.house.page(visit, "confirm.html", bare=True, key=key, asked=found)
    return await waiting(visit)


@post("/confirm")
async def confirm(visit: Here) -> Answer:
    """The mailbox is proved."""
    form = await read_form(visit)
    try:
        proved = await proving_of(visit).follow(form.text("key"))
    except Invalid as refusal:
        if "email" in refusal.details:  # somebody else took the address meanwhile
            raise
        return await visit.house.page(visit, "letter_late.html", bare=True, status=404, again="/confirm")
    visit.tell(OUTCOMES[proved.outcome])
    session = visit.barred or visit.session
    if session is None or session.account_id != proved.account_id:
        return redirect("/log-in", visit.cookies)
    return redirect("/local" if proved.outcome == "confirmed" else "/settings/security", visit.cookies)


@post("/confirm/again")
async def confirm_again(visit: Here) -> Answer:
    """Send the letter once more."""
    await read_form(visit)
    try:
        await proving_of(visit).write_again(unconfirmed(visit).account_id)
    except TooMany as refusal:
        return await waiting(visit, FilledIn({}, wrong_with(visit, refusal)), refusal.status)
    visit.tell("written")
    return redirect("/confirm", visit.cookies)


@post("/confirm/address")
async def correct_address(visit: Here) -> Answer:
    """The address was mistyped: write to another one."""
    form = await read_form(visit)
    email = form.text("email").strip()
    try:
        await proving_of(visit).correct(unconfirmed(visit).account_id, email)
    except (Invalid, TooMany) as refusal:
        return await waiting(visit, FilledIn({"email": email}, wrong_with(visit, refusal)), refusal.status)
    visit.tell("written")
    return redirect("/confirm", visit.cookies)


@get("/forgotten")
async def forgotten_page(visit: Here, sent: FromQuery[str] = "") -> Answer:
    """Say whose password is forgotten."""
    mail = visit.site.mail
    return await visit.house.page(visit, "forgotten.html", bare=True, form=FilledIn({"name": ""}), sent=bool(sent), mail=mail)


@post("/forgotten")
async def forgotten(visit: Here) -> Answer:
    """The answer is the same whether there is such an account."""
    form = await read_form(visit)
    if not visit.site.mail:
        raise Missing
    try:
        await proving_of(visit).ask_reset(form.text("name"), visit.address)
    except TooMany as refusal:
        filled = FilledIn({"name": form.text("name")}, wrong_with(visit, refusal))
        return await visit.house.page(
            visit, "forgotten.html", bare=True, status=refusal.status, form=filled, sent=False, mail=True
        )
    return redirect("/forgotten?sent=1", visit.cookies)


@get("/reset")
async def reset_page(visit: Here, key: FromQuery[str] = "") -> Answer:
    """The form for a new password."""
    try:
        found = await proving_of(visit).look(key)
    except Missing:
        return await visit.house.page(visit, "letter_late.html", bare=True, status=404, again="/forgotten")
    if found.purpose != "reset":
        raise Missing
    return await visit.house.page(visit, "reset.html", bare=True, form=FilledIn({"key": key}))


@post("/reset")
async def reset(visit: Here) -> Answer:
    """A new password. It is asked for at the next log-in, and a code of the authenticator as well if there is one."""
    form = await read_form(visit)
    key = form.text("key")
    try:
        await proving_of(visit).reset_password(key, form.text("password"))
    except Invalid as refusal:
        if "key" in refusal.details:
            return await visit.house.page(visit, "letter_late.html", bare=True, status=404, again="/forgotten")
        filled = FilledIn({"key": key}, wrong_with(visit, refusal))
        return await visit.house.page(visit, "reset.html", bare=True, status=refusal.status, form=filled)
    visit.tell("new_password")
    return redirect("/log-in", [*visit.cookies, visit.house.identity.session_cookie("", secure=visit.site.secure)])


@post("/settings/security/email/stop", status_code=200)
async def stop_change(visit: Here) -> Answer:
    """Keep the address there is."""
    account_id = visit.member()
    await read_form(visit)
    await proving_of(visit).stop_change(account_id)
    visit.tell("saved")
    return redirect("/settings/security", visit.cookies)


@post("/settings/notifications/letters", status_code=200)
async def choose_letters(visit: Here) -> Answer:
    """Which notifications letters tell of."""
    account_id = visit.member()
    form = await read_form(visit)
    await visit.house.raf.store.write(news.want, account_id, [kind for kind in NEWS if form.ticked(f"letters_{kind}")])
    visit.tell("saved")
    return redirect("/settings/notifications", visit.cookies)


@get("/letters/stop")
async def stop_page(visit: Here, key: FromQuery[str] = "") -> Answer:
    """The question whether letters are to end."""
    return await visit.house.page(visit, "letters_stop.html", bare=True, key=key, done=False)


@post("/letters/stop", status_code=200)
async def stop(visit: Here, key: FromQuery[str] = "") -> Answer:
    """End letters about news: by the button, or by a mail program for its user (RFC 8058: no cookie, no token of ours)."""
    form = await read_fields(visit)
    await visit.house.application.part(open_letters).stop_news(key or form.text("key"))
    return await visit.house.page(visit, "letters_stop.html", bare=True, key=key, done=True)


async def waiting(visit: Visit, form: FilledIn | None = None, status: int = 200) -> Answer:
    """For who has to confirm an address yet: where the letter went, and how to get another."""
    session = visit.barred
    if session is None or not await proving_of(visit).waits(session.account_id):
        return redirect("/home" if visit.session else "/log-in", visit.cookies)
    credential = await visit.house.identity.credential(session.account_id)
    filled = form or FilledIn({"email": credential.email})
    filled.values.setdefault("email", credential.email)
    return await visit.house.page(visit, "unconfirmed.html", bare=True, status=status, email=credential.email, form=filled)


def unconfirmed(visit: Visit) -> Session:
    """The session of who has not confirmed an address. Raises LogInFirst."""
    if visit.barred is None:
        raise LogInFirst("/confirm")
    return visit.barred


def proving_of(visit: Visit) -> Proving:
    return visit.house.application.part(open_proving)


HANDLERS = (
    *(confirm_page, confirm, confirm_again, correct_address, forgotten_page, forgotten, reset_page, reset),
    *(stop_change, choose_letters, stop_page, stop),
)
