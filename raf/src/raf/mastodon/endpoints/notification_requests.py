"""The policy of notifications and the requests it makes (Mastodon 4.3)."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from raf.mastodon.answers import encode
from raf.mastodon.call import Call, Id
from raf.mastodon.endpoint import Asked, get, patch, post, put
from raf.mastodon.endpoints.notifications import READ, WRITE
from raf.mastodon.promise import one_of
from raf.mastodon.shapes import Merged
from raf.notifications.notifications import Notifications, open_notifications
from raf.notifications.policy import VERDICTS, Verdict
from raf.notifications.shapes import NotificationPolicy, NotificationPolicyV1, NotificationRequest

Decided: TypeAlias = Annotated[str, one_of(*VERDICTS)]


class PolicyForm(msgspec.Struct):
    """What is named is decided anew: accept, filter or drop."""

    for_not_following: Decided | None = None
    for_not_followers: Decided | None = None
    for_new_accounts: Decided | None = None
    for_private_mentions: Decided | None = None
    for_limited_accounts: Decided | None = None


class OldPolicyForm(msgspec.Struct):
    """The same in the words of 4.3's first version: whether to filter."""

    filter_not_following: bool | None = None
    filter_not_followers: bool | None = None
    filter_new_accounts: bool | None = None
    filter_private_mentions: bool | None = None


class IdsForm(msgspec.Struct):
    """Which requests."""

    id: list[Id] = []


def _notifications(call: Call) -> Notifications:
    return call.house.application.part(open_notifications)


@get("/api/v2/notifications/policy", READ, NotificationPolicy)
async def policy(call: Asked) -> bytes:
    """What becomes of strangers' notifications."""
    return encode(await _notifications(call).policy_entity(call.account_id))


async def _change(call: Call) -> bytes:
    said = msgspec.structs.asdict(await call.form(PolicyForm))
    await _notifications(call).change_policy(call.account_id, {name: to for name, to in said.items() if to is not None})
    return encode(await _notifications(call).policy_entity(call.account_id))


@patch("/api/v2/notifications/policy", WRITE, NotificationPolicy, form=PolicyForm)
async def change_policy(call: Asked) -> bytes:
    """Decide anew."""
    return await _change(call)


@put("/api/v2/notifications/policy", WRITE, NotificationPolicy, form=PolicyForm)
async def put_policy(call: Asked) -> bytes:
    """Decide anew."""
    return await _change(call)


@get("/api/v1/notifications/policy", READ, NotificationPolicyV1)
async def old_policy(call: Asked) -> bytes:
    """The policy in the words of 4.3's first version."""
    return await _old(call)


async def _old(call: Call) -> bytes:
    found = await _notifications(call).policy_entity(call.account_id)
    names = [name for name in NotificationPolicyV1.__struct_fields__ if name != "summary"]
    flags = {name: getattr(found, name.replace("filter_", "for_")) != "accept" for name in names}
    return encode(NotificationPolicyV1(**flags, summary=found.summary))


async def _change_old(call: Call) -> bytes:
    said = msgspec.structs.asdict(await call.form(OldPolicyForm))
    verdicts: dict[bool, Verdict] = {True: "filter", False: "accept"}
    change = {name.replace("filter_", "for_"): verdicts[to] for name, to in said.items() if to is not None}
    await _notifications(call).change_policy(call.account_id, {name: str(to) for name, to in change.items()})
    return await _old(call)


@put("/api/v1/notifications/policy", WRITE, NotificationPolicyV1, form=OldPolicyForm)
async def put_old_policy(call: Asked) -> bytes:
    """Decide anew, in the old words."""
    return await _change_old(call)


@patch("/api/v1/notifications/policy", WRITE, NotificationPolicyV1, form=OldPolicyForm)
async def change_old_policy(call: Asked) -> bytes:
    """Decide anew, in the old words."""
    return await _change_old(call)


@get("/api/v1/notifications/requests", READ, list[NotificationRequest], paged=True)
async def requests(call: Asked) -> bytes:
    """Whose notifications were kept aside, the latest first."""
    paging = call.paging(40, 80)
    found = await _notifications(call).requests(call.account_id, paging)
    if not found:
        return b"[]"
    return call.listing(found, paging.limit, int(found[-1].id), int(found[0].id))


@get("/api/v1/notifications/requests/merged", READ, Merged)
async def merged(call: Asked) -> bytes:
    """Whether those accepted are among the others already: always, it is one transaction."""
    return encode({"merged": True})


@get("/api/v1/notifications/requests/{request_id:int}", READ, NotificationRequest)
async def request(call: Asked, request_id: FromPath[int]) -> bytes:
    """One of them."""
    return encode(await _notifications(call).request(call.account_id, request_id))


@post("/api/v1/notifications/requests/{request_id:int}/accept", WRITE)
async def accept(call: Asked, request_id: FromPath[int]) -> bytes:
    """Let somebody in for good."""
    await _notifications(call).request(call.account_id, request_id)
    await _notifications(call).accept(call.account_id, [request_id])
    return b"{}"


@post("/api/v1/notifications/requests/{request_id:int}/dismiss", WRITE)
async def dismiss(call: Asked, request_id: FromPath[int]) -> bytes:
    """Put away what somebody did."""
    await _notifications(call).request(call.account_id, request_id)
    await _notifications(call).dismiss_requests(call.account_id, [request_id])
    return b"{}"


@post("/api/v1/notifications/requests/accept", WRITE, form=IdsForm)
async def accept_some(call: Asked) -> bytes:
    """Let several people in."""
    await _notifications(call).accept(call.account_id, (await call.form(IdsForm)).id)
    return b"{}"


@post("/api/v1/notifications/requests/dismiss", WRITE, form=IdsForm)
async def dismiss_some(call: Asked) -> bytes:
    """Put away what several people did."""
    await _notifications(call).dismiss_requests(call.account_id, (await call.form(IdsForm)).id)
    return b"{}"


HANDLERS: list[HTTPRouteHandler] = [
    *(policy, change_policy, put_policy, old_policy, put_old_policy, change_old_policy),
    *(requests, merged, request, accept, dismiss, accept_some, dismiss_some),
]
