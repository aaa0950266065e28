"""The moderators' desk: blocks, rules and texts, announcements, pictures of the house."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

from litestar import get, post
from msgspec import to_builtins

from ostrov import Connection
from raf.errors import Invalid, Missing
from raf.moderation import announcements, blocking, emojis, house
from raf.moderation.announcements import NewNotice
from raf.moderation.blocking import KINDS, DomainForm, IpForm
from raf.paging import Paging
from raf.web.answer import Answer, redirect
from raf.web.forms import Form, read_form
from raf.web.pages.moderation import desk, moderation_of, permitted
from raf.web.parameters import Here, Id, Word
from raf.web.refusals import NOTHING, Sent, refusal_of
from raf.web.visit import Visit

LARGEST_PICTURE = 2 * 1024 * 1024
DAY = 86400
TARGETS = dict.fromkeys(("domain", "ip", "email", "canonical_email_hash"), "target")
"""Refusals name what is blocked by its column; in the form it is one field."""
MOST = Paging(limit=200)


@get("/moderation/blocks")
async def blocks(visit: Here) -> Answer:
    """Servers, e-mail domains, networks and addresses that are not let in."""
    return await show_blocks(visit)


async def show_blocks(visit: Visit, sent: Sent = NOTHING) -> Answer:
    role = await permitted(visit, "view_dashboard")
    shown = [kind for kind in KINDS.values() if role.may(kind.permission)]

    def read(connection: Connection) -> dict[str, list[Any]]:
        found = {kind.table: blocking.page(connection, kind, MOST) for kind in shown}
        return {kind.table: [to_builtins(blocking.entity(kind, row)) for row in found[kind.table]] for kind in shown}

    rows = await visit.house.raf.store.read(read)
    return await desk(visit, "moderation_blocks.html", "blocks", sent, rows=rows)


@post("/moderation/blocks/{table:str}", status_code=200)
async def block(visit: Here, table: Word) -> Answer:
    """Block something more."""
    actor_id, form = visit.member(), await read_form(visit)
    write, target = moderation_of(visit).block, form.text("target").strip()
    if table == "domain_block":
        said = DomainForm(
            domain=target,
            severity=form.text("severity") or "silence",
            reject_media=form.ticked("reject_media"),
            reject_reports=form.ticked("reject_reports"),
            obfuscate=form.ticked("obfuscate"),
            public_comment=form.text("comment") or None,
        )
        doing: Awaitable[object] = write(blocking.block_domain, actor_id, said)
    elif table == "domain_allow":
        doing = write(blocking.allow_domain, actor_id, target)
    elif table == "email_domain_block":
        doing = write(blocking.block_email_domain, actor_id, target, form.ticked("allow_with_approval"))
    elif table == "ip_block":
        doing = block_ip(visit, actor_id, form)
    elif table == "canonical_email_block":
        doing = write(blocking.block_email, actor_id, target, "")
    else:
        raise Missing
    if sent := await refusal_of(visit, form, doing, TARGETS):
        return await show_blocks(visit, sent)
    visit.tell("blocked_off")
    return redirect("/moderation/blocks", visit.cookies)


@post("/moderation/blocks/{table:str}/{identity:int}/delete", status_code=200)
async def unblock(visit: Here, table: Word, identity: Id) -> Answer:
    """Let it in again."""
    actor_id = visit.member()
    await read_form(visit)
    if table not in KINDS:
        raise Missing
    await moderation_of(visit).block(blocking.remove, actor_id, KINDS[table], identity)
    visit.tell("saved")
    return redirect("/moderation/blocks", visit.cookies)


@get("/moderation/house")
async def texts(visit: Here) -> Answer:
    """Rules, terms and the word on privacy."""
    return await show_texts(visit)


async def show_texts(visit: Visit, sent: Sent = NOTHING) -> Answer:
    role = await permitted(visit, "manage_rules")

    def read(connection: Connection) -> dict[str, Any]:
        written = {name: house.text_of(connection, name) for name in ("terms", "privacy")}
        return {"rules": house.rules_of(connection), "texts": {n: t.text if t else "" for n, t in written.items()}}

    found = await visit.house.raf.store.read(read)
    return await desk(visit, "moderation_house.html", "house", sent, settings=role.may("manage_settings"), **found)


@post("/moderation/rules", status_code=200)
async def add_rule(visit: Here) -> Answer:
    """One rule more."""
    actor_id, form = visit.member(), await read_form(visit)
    doing = moderation_of(visit).write(house.write_rule, actor_id, None, form.text("text"), form.text("hint"))
    sent = await refusal_of(visit, form, doing)
    return await show_texts(visit, sent) if sent else _saved(visit)


@post("/moderation/rules/{rule_id:int}/{action:str}", status_code=200)
async def change_rule(visit: Here, rule_id: Id, action: Word) -> Answer:
    """Other words, another place, or none."""
    actor_id, form = visit.member(), await read_form(visit)
    write = moderation_of(visit).write
    if action == "write":
        doing = write(house.write_rule, actor_id, rule_id, form.text("text"), form.text("hint"))
        if sent := await refusal_of(visit, form, doing):
            return await show_texts(visit, sent)
    elif action in ("up", "down"):
        await write(house.move_rule, actor_id, rule_id, action == "up")
    elif action == "delete":
        await write(house.delete_rule, actor_id, rule_id)
    else:
        raise Missing
    return _saved(visit)


@post("/moderation/texts/{name:str}", status_code=200)
async def write_text(visit: Here, name: Word) -> Answer:
    """Terms or privacy."""
    actor_id, form = visit.member(), await read_form(visit)
    sent = await refusal_of(visit, form, moderation_of(visit).write(house.write_text, actor_id, name, form.text("text")))
    return await show_texts(visit, sent) if sent else _saved(visit)


@get("/moderation/announcements")
async def notices(visit: Here) -> Answer:
    """What is announced."""
    return await show_notices(visit)


async def show_notices(visit: Visit, sent: Sent = NOTHING) -> Answer:
    await permitted(visit, "manage_announcements")
    found = await visit.house.raf.store.read(announcements.every)
    return await desk(visit, "moderation_announcements.html", "announcements", sent, notices=found)


@post("/moderation/announcements", status_code=200)
async def announce(visit: Here) -> Answer:
    """Tell everybody something."""
    actor_id, form = visit.member(), await read_form(visit)

    async def doing() -> None:
        new = NewNotice(text=form.text("text"), starts_at=moment(form, "starts_at"), ends_at=moment(form, "ends_at"))
        await moderation_of(visit).write(announcements.write, actor_id, new)

    if sent := await refusal_of(visit, form, doing()):
        return await show_notices(visit, sent)
    visit.tell("announced")
    return redirect("/moderation/announcements", visit.cookies)


@post("/moderation/announcements/{identity:int}/delete", status_code=200)
async def unannounce(visit: Here, identity: Id) -> Answer:
    """Take it back."""
    actor_id = visit.member()
    await read_form(visit)
    await moderation_of(visit).write(announcements.delete, actor_id, identity)
    visit.tell("saved")
    return redirect("/moderation/announcements", visit.cookies)


@get("/moderation/emojis")
async def pictures(visit: Here) -> Answer:
    """Pictures of the house."""
    return await show_pictures(visit)


async def show_pictures(visit: Visit, sent: Sent = NOTHING) -> Answer:
    await permitted(visit, "manage_custom_emojis")
    found = await visit.house.raf.store.read(emojis.every)
    return await desk(visit, "moderation_emojis.html", "emojis", sent, pictures=found)


@post("/moderation/emojis", status_code=200, request_max_body_size=LARGEST_PICTURE)
async def add_picture(visit: Here) -> Answer:
    """One more."""
    actor_id, form = visit.member(), await read_form(visit)

    async def doing() -> None:
        chosen = await form.upload("picture")
        if chosen is None:
            raise Invalid({"file": [("ERR_BLANK", "can't be blank")]})
        name = form.text("shortcode").strip().strip(":")
        await moderation_of(visit).add_emoji(actor_id, name, chosen, form.text("category").strip())

    if sent := await refusal_of(visit, form, doing(), {"file": "picture", "image": "picture"}):
        return await show_pictures(visit, sent)
    visit.tell("pictured")
    return redirect("/moderation/emojis", visit.cookies)


@post("/moderation/emojis/{identity:int}/{action:str}", status_code=200)
async def change_picture(visit: Here, identity: Id, action: Word) -> Answer:
    """Another category, out of sight, or none."""
    actor_id, form = visit.member(), await read_form(visit)
    moderation = moderation_of(visit)
    if action == "delete":
        await moderation.delete_emoji(actor_id, identity)
    elif action == "change":
        category, visible, usable = form.text("category").strip(), form.ticked("visible"), form.ticked("usable")
        await moderation.change_emoji(actor_id, identity, category, visible=visible, usable=usable)
    else:
        raise Missing
    visit.tell("saved")
    return redirect("/moderation/emojis", visit.cookies)


async def block_ip(visit: Visit, actor_id: int, form: Form) -> None:
    """Raises Invalid, also for days that are no number."""
    days = form.text("days").strip() or "0"
    if not (days.isascii() and days.isdecimal() and len(days) < 6):
        raise Invalid({"days": [("ERR_INVALID", "is not a number")]})
    said = IpForm(
        ip=form.text("target").strip(),
        severity=form.text("severity"),
        comment=form.text("comment"),
        expires_in=min(int(days), 3650) * DAY or None,
    )
    await moderation_of(visit).block(blocking.block_ip, actor_id, said)


def moment(form: Form, name: str) -> float | None:
    """A day and time of a form, read as UTC; None when it is empty. Raises Invalid."""
    value = form.text(name).strip()
    if not value:
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        raise Invalid({name: [("ERR_INVALID", "is not a time")]}) from None


def _saved(visit: Here) -> Answer:
    visit.tell("saved")
    return redirect("/moderation/house", visit.cookies)


HANDLERS = (
    *(blocks, block, unblock, texts, add_rule, change_rule, write_text, notices, announce, unannounce),
    *(pictures, add_picture, change_picture),
)
