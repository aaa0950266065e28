"""What one may set: profile, preferences, password and sessions, applications."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from litestar import get, post
from msgspec import UNSET, UnsetType

from raf.errors import Invalid, TooMany, WrongPassword
from raf.forms import ProfileChange
from raf.identity.oauth import open_oauth
from raf.web.answer import Answer, redirect
from raf.web.forms import Form, read_form
from raf.web.pages.signing import FilledIn, wrong_with
from raf.web.parameters import Here, Id
from raf.web.visit import Visit

FACTS = 4
LARGEST_FORM = 40 * 1024 * 1024
BROWSERS = ("Edg", "OPR", "YaBrowser", "Vivaldi", "Firefox", "Chrome", "Safari")
NAMES = {"Edg": "Edge", "OPR": "Opera", "YaBrowser": "Yandex Browser"}
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


@dataclass(frozen=True)
class SessionRow:
    """A browser somebody is logged in with, as it is listed."""

    id: int
    device: str
    address: str
    seen_at: float
    here: bool


@get("/settings")
async def settings(visit: Here) -> Answer:
    """The first of the pages."""
    visit.member()
    return redirect("/settings/profile", visit.cookies)


@get("/settings/profile")
async def profile_page(visit: Here) -> Answer:
    """Name, words, pictures and facts."""
    account = await visit.own_account()
    facts = [(row.name, row.value) for row in account.source.fields][:FACTS]
    values = {
        "display_name": account.display_name,
        "note": account.source.note,
        "locked": account.locked,
        "bot": account.bot,
        "discoverable": account.discoverable,
        "rows": facts + [("", "")] * (FACTS - len(facts)),
    }
    return await draw(visit, "profile", FilledIn(values))


@post("/settings/profile", status_code=200, request_max_body_size=LARGEST_FORM)
async def profile(visit: Here) -> Answer:
    """Change what one shows of oneself."""
    account_id = visit.member()
    form = await read_form(visit)
    rows = [(form.text(f"field_name_{row}").strip(), form.text(f"field_value_{row}").strip()) for row in range(FACTS)]
    try:
        pictures = {name: await picture(visit, account_id, form, name) for name in ("avatar", "header")}
        change = ProfileChange(
            display_name=form.text("display_name").strip(),
            note=form.text("note").strip(),
            locked=form.ticked("locked"),
            bot=form.ticked("bot"),
            discoverable=form.ticked("discoverable"),
            fields=[row for row in rows if row[0] or row[1]],
            avatar=pictures["avatar"],
            header=pictures["header"],
        )
        await visit.house.raf.update_profile(account_id, change)
    except Invalid as refusal:
        values = {name: form.text(name) for name in ("display_name", "note")}
        ticks = {name: form.ticked(name) for name in ("locked", "bot", "discoverable")}
        filled = FilledIn({**values, **ticks, "rows": rows}, wrong_with(visit, refusal))
        return await draw(visit, "profile", filled, status=refusal.status)
    visit.tell("saved")
    return redirect("/settings/profile", visit.cookies)


@get("/settings/preferences")
async def preferences_page(visit: Here) -> Answer:
    """Language, light, and how new posts begin."""
    source = (await visit.own_account()).source
    values = {"visibility": source.privacy, "language": source.language or "", "sensitive": source.sensitive}
    return await draw(visit, "preferences", FilledIn(values))


@post("/settings/preferences", status_code=200)
async def preferences(visit: Here) -> Answer:
    """How new posts begin."""
    account_id = visit.member()
    form = await read_form(visit)
    change = ProfileChange(
        visibility=form.text("visibility", "public"),
        language=form.text("language") or None,
        sensitive=form.ticked("sensitive"),
    )
    await visit.house.raf.update_profile(account_id, change)
    visit.tell("saved")
    return redirect("/settings/preferences", visit.cookies)


@get("/settings/security")
async def security_page(visit: Here) -> Answer:
    """The password, and where one is logged in."""
    visit.member()
    return await draw(visit, "security", FilledIn({}))


@post("/settings/security", status_code=200)
async def change_password(visit: Here) -> Answer:
    """A new password; the other browsers are logged out."""
    account_id = visit.member()
    form = await read_form(visit)
    try:
        await visit.house.identity.change_password(account_id, form.text("current"), form.text("password"), keep=visit.session)
    except (Invalid, TooMany) as refusal:
        return await draw(visit, "security", FilledIn({}, wrong_with(visit, refusal)), status=refusal.status)
    except WrongPassword as refusal:
        wrong = {"current": [str(visit.language.say("This is not your password."))]}
        return await draw(visit, "security", FilledIn({}, wrong), status=refusal.status)
    visit.tell("password")
    return redirect("/settings/security", visit.cookies)


@post("/settings/sessions/{session_id:int}/close", status_code=200)
async def close_session(visit: Here, session_id: Id) -> Answer:
    """Log another browser out."""
    account_id = visit.member()
    await read_form(visit)
    await visit.house.identity.close_session(account_id, session_id)
    visit.tell("session")
    return redirect("/settings/security", visit.cookies)


@get("/settings/applications")
async def applications_page(visit: Here) -> Answer:
    """Which applications may act for one."""
    visit.member()
    return await draw(visit, "applications", FilledIn({}))


@post("/settings/applications/{application_id:int}/revoke", status_code=200)
async def revoke(visit: Here, application_id: Id) -> Answer:
    """Take an application's permission back."""
    account_id = visit.member()
    await read_form(visit)
    await visit.house.application.part(open_oauth).close_authorization(account_id, application_id)
    visit.tell("revoked")
    return redirect("/settings/applications", visit.cookies)


async def draw(visit: Visit, tab: str, form: FilledIn, status: int = 200) -> Answer:
    """A page of the settings."""
    say = visit.language.say
    headings = {
        "profile": say("Profile"),
        "preferences": say("Preferences"),
        "security": say("Security"),
        "applications": say("Apps"),
    }
    more: dict[str, Any] = {}
    if tab == "security":
        more["sessions"] = await session_rows(visit)
    if tab == "applications":
        more["applications"] = await visit.house.application.part(open_oauth).authorizations(visit.member())
    return await visit.house.page(
        visit, f"settings_{tab}.html", status=status, place_now="settings", tab=tab, heading=headings[tab], form=form, **more
    )


async def session_rows(visit: Visit) -> list[SessionRow]:
    """The visitor's sessions, this one marked."""
    found = await visit.house.identity.sessions(visit.member())
    here = visit.session.id if visit.session else 0
    return [SessionRow(row.id, device(row.user_agent), row.address, row.seen_at, row.id == here) for row in found]


def device(user_agent: str) -> str:
    """A browser and its system in two words, as far as its name tells."""
    browser = next((name for name in BROWSERS if name in user_agent), "")
    system = next((name for name in SYSTEMS if name in user_agent.replace("Mac OS X", "Mac OS")), "")
    words = [NAMES.get(browser, browser), system]
    return " · ".join(word for word in words if word) or re.split(r"[/ ]", user_agent)[0][:40] or "?"


async def picture(visit: Visit, account_id: int, form: Form, name: str) -> str | UnsetType | None:
    """A new picture's path below the media folder, None to take it away, UNSET to leave it."""
    if form.ticked(f"no_{name}"):
        return None
    if chosen := await form.upload(name):
        return await visit.house.raf.portrait(account_id, chosen, name)
    return UNSET


HANDLERS = (
    *(settings, profile_page, profile, preferences_page, preferences, security_page, change_password),
    *(close_session, applications_page, revoke),
)
