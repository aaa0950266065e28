"""`/api/v1/admin/accounts` and `/api/v2/admin/accounts`."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.params import FromPath

from raf.domain.moderation import LIFTS
from raf.errors import Invalid, Missing
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call, Id
from raf.mastodon.endpoint import Asked, delete, get, post
from raf.mastodon.promise import one_of
from raf.moderation.moderation import Moderation, open_moderation
from raf.moderation.people import Wanted
from raf.moderation.portraying import admin_accounts, listed
from raf.moderation.shapes import AdminAccount

READ = person("admin:read", "admin:read:accounts")
WRITE = person("admin:write", "admin:write:accounts")
ACTIONS = ("none", "sensitive", "disable", "silence", "suspend")
ONE = "/api/v1/admin/accounts/{account_id:int}"


class V1Query(msgspec.Struct):
    """Flags choose the state."""

    local: bool = False
    remote: bool = False
    active: bool = False
    pending: bool = False
    disabled: bool = False
    silenced: bool = False
    suspended: bool = False
    sensitized: bool = False
    staff: bool = False
    username: str = ""
    display_name: str = ""
    email: str = ""
    ip: str = ""
    by_domain: str = ""


class V2Query(msgspec.Struct):
    """`status` and `origin` are words."""

    origin: str = ""
    status: str = ""
    permissions: str = ""
    role_ids: list[int] = []
    invited_by: Id = 0
    username: str = ""
    display_name: str = ""
    email: str = ""
    ip: str = ""
    by_domain: str = ""


class ActionForm(msgspec.Struct):
    """A judgement. `send_email_notification` is taken and changes nothing: this house sends no letters."""

    type: Annotated[str, one_of(*ACTIONS)] = ""
    report_id: Id | None = None
    warning_preset_id: Id | None = None
    text: str = ""
    send_email_notification: bool = False


def moderation_of(call: Call) -> Moderation:
    """The moderation of the application that is called."""
    return call.house.application.part(open_moderation)


async def shown(call: Call, account_id: int) -> bytes:
    """One account as moderators see it. Raises Missing."""
    found = await admin_accounts(moderation_of(call), [account_id])
    if not found:
        raise Missing
    return encode(found[0])


async def _listed(call: Call, wanted: Wanted) -> bytes:
    paging = call.paging(100, 200)
    found = await listed(moderation_of(call), wanted, paging)
    older, newer = (int(found[-1].id), int(found[0].id)) if found else (None, None)
    return call.listing(found, paging.limit, older, newer)


@get("/api/v1/admin/accounts", READ, list[AdminAccount], query=V1Query, paged=True)
async def index(call: Asked) -> bytes:
    """Accounts, the newest first."""
    await moderation_of(call).require(call.account_id, "manage_users")
    asked = call.query(V1Query)
    states = ("active", "pending", "disabled", "silenced", "suspended", "sensitized")
    wanted = Wanted(
        state=next((state for state in states if getattr(asked, state)), ""),
        origin="local" if asked.local else "remote" if asked.remote else "",
        staff=asked.staff,
        username=asked.username,
        display_name=asked.display_name,
        email=asked.email,
        domain=asked.by_domain.lower(),
        ip=asked.ip,
    )
    return await _listed(call, wanted)


@get("/api/v2/admin/accounts", READ, list[AdminAccount], query=V2Query, paged=True)
async def index_v2(call: Asked) -> bytes:
    """The same with words for flags."""
    await moderation_of(call).require(call.account_id, "manage_users")
    asked = call.query(V2Query)
    wanted = Wanted(
        state=asked.status,
        origin=asked.origin,
        staff=asked.permissions == "staff",
        role_id=asked.role_ids[0] if asked.role_ids else None,
        username=asked.username,
        display_name=asked.display_name,
        email=asked.email,
        domain=asked.by_domain.lower(),
        ip=asked.ip,
        invited_by=asked.invited_by,
    )
    return await _listed(call, wanted)


@get(ONE, READ, AdminAccount)
async def show(call: Asked, account_id: FromPath[int]) -> bytes:
    """An account."""
    await moderation_of(call).require(call.account_id, "manage_users")
    return await shown(call, account_id)


@post(f"{ONE}/action", WRITE, form=ActionForm)
async def act(call: Asked, account_id: FromPath[int]) -> bytes:
    """Warn or restrict it."""
    said = await call.form(ActionForm)
    if said.type not in ACTIONS:
        raise Invalid({"type": [("ERR_INCLUSION", "is not included in the list")]})
    await moderation_of(call).judge(call.account_id, account_id, said.type, said.text, said.report_id)
    return b"{}"


@post(f"{ONE}/approve", WRITE, AdminAccount)
async def approve(call: Asked, account_id: FromPath[int]) -> bytes:
    """Let a newcomer in."""
    await moderation_of(call).welcome(call.account_id, account_id, approved=True)
    return await shown(call, account_id)


@post(f"{ONE}/reject", WRITE, AdminAccount)
async def reject(call: Asked, account_id: FromPath[int]) -> bytes:
    """Turn one away; the account as it was."""
    before = await shown(call, account_id)
    await moderation_of(call).welcome(call.account_id, account_id, approved=False)
    return before


@post([f"{ONE}/enable", f"{ONE}/unsilence", f"{ONE}/unsuspend", f"{ONE}/unsensitive"], WRITE, AdminAccount)
async def lift(call: Asked, account_id: FromPath[int]) -> bytes:
    """Take a judgement back."""
    action = str(call.scope["path"]).rstrip("/").rpartition("/")[2]
    assert action in LIFTS.values()
    await moderation_of(call).lift(call.account_id, account_id, action)
    return await shown(call, account_id)


@delete(ONE, WRITE, AdminAccount)
async def erase(call: Asked, account_id: FromPath[int]) -> bytes:
    """Delete what a suspended account left."""
    before = await shown(call, account_id)
    await moderation_of(call).erase(call.account_id, account_id)
    return before


HANDLERS = [index, index_v2, show, act, approve, reject, lift, erase]
