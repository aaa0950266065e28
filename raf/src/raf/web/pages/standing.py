"""What people do with the moderators: report, read what was decided about them, appeal; invite; read terms and news."""

from __future__ import annotations

import time
from typing import Any

from litestar import get, post
from litestar.params import FromQuery

from raf import entities
from raf.domain.moderation import CATEGORIES
from raf.errors import Missing
from raf.identity.redirects import safe_next
from raf.moderation import admission, announcements, appealing, appeals, house
from raf.moderation.reporting import NewReport
from raf.web.answer import Answer, redirect
from raf.web.forms import read_form
from raf.web.languages import trusted
from raf.web.pages.moderation import moderation_of
from raf.web.pages.signing import FilledIn
from raf.web.parameters import Here, Id, Word
from raf.web.refusals import NOTHING, Sent, refusal_of
from raf.web.visit import LogInFirst, Visit

DAY = 86400
LIVES = {"1": DAY, "7": 7 * DAY, "30": 30 * DAY}
USES = ("1", "5", "25", "100")


@get("/report")
async def report_page(visit: Here, account: FromQuery[int] = 0, status: FromQuery[int] = 0) -> Answer:
    """The form to report somebody, perhaps with a post of theirs."""
    visit.member()
    return await show_report(visit, account, status)


async def show_report(visit: Visit, account: int, status: int = 0, sent: Sent = NOTHING) -> Answer:
    """The form, perhaps again; Raises Missing."""
    viewer_id, raf = visit.member(), visit.house.raf
    shown: list[entities.Status] = []
    if status:
        found = await raf.status(status, viewer_id)
        shown = [found.reblog or found]
        account = int(shown[0].account.id)
    target = await raf.account(account)
    if account == viewer_id:
        raise Missing
    latest = await raf.account_statuses(account, viewer_id, exclude_reblogs=True)
    known = {post.id for post in shown}
    shown += [post for post in await raf.statuses(latest[:10], viewer_id) if post.id not in known]
    rules = await visit.house.rules(visit.language)
    back = sent.text("/report", "next", visit.back)
    offered: dict[str, Any] = {"account": target, "posts": shown, "chosen": known, "rules": rules}
    return await visit.house.page(visit, "report.html", status=sent.status, back=back, sent=sent, **offered)


@post("/report", status_code=200)
async def report(visit: Here) -> Answer:
    """Send it to the moderators."""
    viewer_id, form = visit.member(), await read_form(visit)
    category = form.text("category", "other")
    numbers = {name: tuple(_numbers(form.all(name))) for name in ("status_ids", "rule_ids")}
    new = NewReport(
        target_id=form.number("account_id") or 0,
        category=category if category in CATEGORIES else "other",
        comment=form.text("comment"),
        status_ids=numbers["status_ids"],
        rule_ids=numbers["rule_ids"] if category == "violation" and await _has_rules(visit) else (),
    )
    if sent := await refusal_of(visit, form, moderation_of(visit).report(viewer_id, new)):
        return await show_report(visit, new.target_id, next(iter(new.status_ids), 0), sent)
    if form.ticked("block"):
        await visit.house.raf.block(viewer_id, new.target_id)
    elif form.ticked("mute"):
        await visit.house.raf.mute(viewer_id, new.target_id)
    visit.tell("reported")
    return redirect(safe_next(form.text("next"), "/home"), visit.cookies)


@get("/standing")
async def standing(visit: Here) -> Answer:
    """What was decided about oneself. Who may do nothing else may read this."""
    return await show_standing(visit)


async def show_standing(visit: Visit, sent: Sent = NOTHING) -> Answer:
    """The page; `sent` is an appeal that was refused."""
    account_id = judged_account(visit)
    if visit.barred and visit.barred.barred == "unconfirmed":
        return redirect("/confirm", visit.cookies)
    strikes = await visit.house.raf.store.read(appealing.strikes_of, account_id)
    now = time.time()
    appealable = {strike.id for strike in strikes if strike.may_be_appealed(now)}
    why = visit.barred.barred if visit.barred else ""
    bare = visit.barred is not None
    template = "standing_bare.html" if bare else "standing.html"
    shown: dict[str, Any] = {"strikes": strikes, "appealable": appealable, "why": why, "sent": sent}
    return await visit.house.page(visit, template, status=sent.status, bare=bare, **shown)


@post("/standing/{strike_id:int}/appeal", status_code=200)
async def appeal(visit: Here, strike_id: Id) -> Answer:
    """Say something against it."""
    account_id, form = judged_account(visit), await read_form(visit)
    doing = moderation_of(visit).write(appeals.appeal, account_id, strike_id, form.text("text"))
    if sent := await refusal_of(visit, form, doing):
        return await show_standing(visit, sent)
    visit.tell("appealed")
    return redirect("/standing", visit.cookies)


def judged_account(visit: Visit) -> int:
    """Who is logged in, even if they may do nothing else. Raises LogInFirst."""
    session = visit.barred or visit.session
    if session is None:
        raise LogInFirst("/standing")
    return session.account_id


@get("/settings/invitations")
async def invitations(visit: Here) -> Answer:
    """Whom one has invited, and how to invite."""
    account_id = visit.member()
    found = await visit.house.raf.store.read(admission.invites, account_id)
    now = time.time()
    heading = visit.language.say("Invitations")
    return await visit.house.page(
        visit,
        "settings_invitations.html",
        place_now="settings",
        tab="invitations",
        heading=heading,
        invites=[(invite, invite.holds(now)) for invite in found],
    )


@post("/settings/invitations", status_code=200)
async def invite(visit: Here) -> Answer:
    """Make an invitation."""
    account_id, form = visit.member(), await read_form(visit)
    uses = form.text("max_uses")
    await moderation_of(visit).write(
        admission.invite,
        account_id,
        visit.house.raf.settings.identity,
        int(uses) if uses in USES else None,
        LIVES.get(form.text("lives")),
        form.ticked("autofollow"),
        form.text("comment"),
    )
    visit.tell("invited")
    return redirect("/settings/invitations", visit.cookies)


@post("/settings/invitations/{identity:int}/end", status_code=200)
async def end(visit: Here, identity: Id) -> Answer:
    """Take it back."""
    account_id = visit.member()
    await read_form(visit)
    await moderation_of(visit).write(admission.end_invite, account_id, identity)
    visit.tell("uninvited")
    return redirect("/settings/invitations", visit.cookies)


@get("/invite/{code:str}")
async def invited(visit: Here, code: Word) -> Answer:
    """The form to join, with an invitation. Raises Missing when it does not hold."""
    if visit.session is not None:
        return redirect("/home", visit.cookies)
    raf = visit.house.raf
    found = await raf.store.read(admission.open_invite, code, time.time())
    host = await raf.account(found.account_id) if found.account_id else None
    form = FilledIn.sign_up()
    form.values["invite"] = code
    return await visit.house.page(visit, "sign_up.html", bare=True, form=form, host=host)


@get(["/terms", "/privacy"])
async def text(visit: Here) -> Answer:
    """A text of the house. Raises Missing when nobody wrote it."""
    name = visit.path.strip("/")
    written = await visit.house.raf.store.read(house.text_of, name)
    if written is None:
        raise Missing
    say = visit.language.say
    heading = say("Terms") if name == "terms" else say("Privacy")
    html = trusted(house.drawn(written.text))
    return await visit.house.page(visit, "text.html", heading=heading, html=html, updated_at=written.updated_at)


@get("/announcements")
async def news(visit: Here) -> Answer:
    """What the house announces."""
    account_id = visit.member()
    raf = visit.house.raf
    found = await raf.store.read(announcements.shown_to, account_id, f"{raf.url}/media/")
    return await visit.house.page(visit, "announcements.html", notices=found)


@post("/announcements/{identity:int}/{action:str}", status_code=200)
async def change_news(visit: Here, identity: Id, action: Word) -> Answer:
    """Read it, or react."""
    account_id, form = visit.member(), await read_form(visit)
    write, name = visit.house.raf.store.write, form.text("name")
    if action == "dismiss":
        await write(announcements.dismiss, account_id, identity)
    elif action == "react":
        await write(announcements.react, account_id, identity, name)
    elif action == "unreact":
        await write(announcements.unreact, account_id, identity, name)
    else:
        raise Missing
    return redirect(safe_next(form.text("next"), "/announcements"), visit.cookies)


def _numbers(values: list[str]) -> list[int]:
    return [int(value) for value in values[:100] if value.isdecimal() and value.isascii() and len(value) < 19]


async def _has_rules(visit: Visit) -> bool:
    return bool(await visit.house.raf.store.read(house.rules_of))


HANDLERS = (
    *(report_page, report, standing, appeal, invitations, invite, end, invited, text),
    *(news, change_news),
)
