"""What one may set: profile, preferences, applications. Password and all that protects is in `security.py`."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from msgspec import UNSET, UnsetType

from raf.errors import Invalid
from raf.forms import ProfileChange
from raf.identity.oauth import open_oauth
from raf.preferences.preferences import Reading, set_reading
from raf.web.answer import Answer, redirect
from raf.web.forms import Form, read_form
from raf.web.pages.signing import FilledIn, wrong_with
from raf.web.parameters import Here, Id
from raf.web.visit import Visit
from raf.web.wording import problems

FACTS = 4
LARGEST_FORM = 40 * 1024 * 1024
BELOW = {"authenticator": "security", "codes": "security", "connect": "security", "leave": "data"}
"""Pages below another one's tab."""


@get("/settings")
async def settings(visit: Here) -> Answer:
    """All of the pages, by what they are about."""
    visit.member()
    return await visit.house.page(visit, "settings_index.html", place_now="settings")


@get("/settings/profile")
async def profile_page(visit: Here) -> Answer:
    """Name, words, pictures and facts."""
    account = await visit.own_account()
    facts = [(row.name, row.value) for row in account.source.fields][:FACTS]
    values = {
        "display_name": account.display_name,
        "note": account.source.note,
        "bot": account.bot,
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
            bot=form.ticked("bot"),
            fields=[row for row in rows if row[0] or row[1]],
            avatar=pictures["avatar"],
            header=pictures["header"],
        )
        await visit.house.raf.update_profile(account_id, change)
    except (Invalid, BadPicture) as refusal:
        wrong = refusal.wrong if isinstance(refusal, BadPicture) else wrong_with(visit, refusal)
        values = {name: form.text(name) for name in ("display_name", "note")}
        filled = FilledIn({**values, "bot": form.ticked("bot"), "rows": rows}, wrong)
        return await draw(visit, "profile", filled, status=refusal.status)
    visit.tell("saved_profile")
    return redirect("/settings/profile", visit.cookies)


@get("/settings/preferences")
async def preferences_page(visit: Here) -> Answer:
    """Language, light, and how new posts begin."""
    source = (await visit.own_account()).source
    values = {"visibility": source.privacy, "language": source.language or "", "sensitive": source.sensitive}
    reading = await visit.house.reading(visit.member())
    values |= reading._asdict()
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
    visit.tell("saved_preferences")
    return redirect("/settings/preferences", visit.cookies)


@post("/settings/preferences/reading", status_code=200)
async def read_so(visit: Here) -> Answer:
    """How posts are shown."""
    account_id = visit.member()
    form = await read_form(visit)
    reading = Reading(form.text("media", "default"), form.ticked("spoilers"), form.ticked("gifs"))
    await visit.house.raf.store.write(set_reading, account_id, reading)
    visit.tell("saved")
    return redirect("/settings/preferences", visit.cookies)


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


async def draw(visit: Visit, tab: str, form: FilledIn, status: int = 200, **more: Any) -> Answer:
    """A page of the settings; `more` is what its template asks for."""
    say = visit.language.say
    headings = {
        "profile": say("Profile"),
        "privacy": say("Privacy and reach"),
        "people": say("Muted and blocked"),
        "preferences": say("Preferences"),
        "notifications": say("Notifications"),
        "security": say("Security"),
        "applications": say("Apps"),
        "authenticator": say("Authenticator"),
        "codes": say("Recovery codes"),
        "connect": say("Open log-in"),
        "data": say("Your data"),
        "leave": say("Delete the account"),
    }
    if tab == "applications":
        more["applications"] = await visit.house.application.part(open_oauth).authorizations(visit.member())
    if tab == "profile":
        header = (await visit.own_account()).header_static
        more["own_header"] = "" if "/default/" in header else header
    more |= {"tab": BELOW.get(tab, tab), "heading": headings[tab], "form": form}
    return await visit.house.page(visit, f"settings_{tab}.html", status=status, place_now="settings", **more)


async def picture(visit: Visit, account_id: int, form: Form, name: str) -> str | UnsetType | None:
    """A new picture's path below the media folder, None to take it away, UNSET to leave it."""
    if form.ticked(f"no_{name}"):
        return None
    if chosen := await form.upload(name):
        try:
            return await visit.house.raf.portrait(account_id, chosen, name)
        except Invalid as refusal:
            raise BadPicture({name: problems(visit.language, refusal).get("file", [])}, refusal.status) from refusal
    return UNSET


class BadPicture(Exception):
    """A picture that cannot be taken; `wrong` says why at its field."""

    def __init__(self, wrong: dict[str, list[str]], status: int) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.status = status


HANDLERS = (settings, profile_page, profile, preferences_page, preferences, read_so, applications_page, revoke)
