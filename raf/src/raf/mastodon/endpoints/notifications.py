"""`/api/v1/notifications`, the grouped `/api/v2/notifications`, and markers."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar.params import FromPath

from raf.entities import Notification
from raf.errors import Missing
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call, Id
from raf.mastodon.endpoint import Asked, get, post

READ = person("read:notifications")
WRITE = person("write:notifications")
POLICY = ("for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions", "for_limited_accounts")


class NotificationsQuery(msgspec.Struct):
    """Which notifications."""

    types: list[str] = []
    exclude_types: list[str] = []
    account_id: Id | None = None


class CountQuery(msgspec.Struct):
    """How far to count."""

    limit: Annotated[int, msgspec.Meta(ge=1)] = 100


class MarkersQuery(msgspec.Struct):
    """Which markers."""

    timeline: list[str] = []


class NewMarker(msgspec.Struct):
    """The last thing read."""

    last_read_id: Id


class MarkersForm(msgspec.Struct):
    """How far one has read."""

    home: NewMarker | None = None
    notifications: NewMarker | None = None


async def _asked(call: Call, usual: int, most: int) -> list[Notification]:
    asked = call.query(NotificationsQuery)
    found = await call.house.raf.notifications(
        call.account_id,
        call.paging(usual, most),
        types=asked.types,
        exclude_types=asked.exclude_types,
        from_account_id=asked.account_id,
    )
    if found:
        call.link(int(found[-1].id), int(found[0].id))
    return found


@get("/api/v1/notifications", READ)
async def index(call: Asked) -> bytes:
    """The newest first."""
    return encode(await _asked(call, 40, 80))


@get("/api/v1/notifications/{notification_id:int}", READ)
async def show(call: Asked, notification_id: FromPath[int]) -> bytes:
    """One of them."""
    return encode(await call.house.raf.notification(call.account_id, notification_id))


@post("/api/v1/notifications/clear", WRITE)
async def clear(call: Asked) -> bytes:
    """Away with all of them."""
    await call.house.raf.clear_notifications(call.account_id)
    return b"{}"


@post("/api/v1/notifications/{notification_id:int}/dismiss", WRITE)
async def dismiss(call: Asked, notification_id: FromPath[int]) -> bytes:
    """Away with this one."""
    await call.house.raf.dismiss_notification(call.account_id, notification_id)
    return b"{}"


@get(["/api/v1/notifications/unread_count", "/api/v2/notifications/unread_count"], READ)
async def unread_count(call: Asked) -> bytes:
    """How many are above the marker."""
    limit = min(call.query(CountQuery).limit, 1000)
    return encode({"count": await call.house.raf.unread_notifications(call.account_id, limit)})


@get("/api/v1/notifications/requests", READ)
async def requests(call: Asked) -> bytes:
    """Nothing is held back: the policy accepts everybody's."""
    return b"[]"


@get("/api/v1/notifications/requests/merged", READ)
async def merged(call: Asked) -> bytes:
    """So nothing waits to be merged."""
    return encode({"merged": True})


@get("/api/v2/notifications/policy", READ)
async def policy(call: Asked) -> bytes:
    """Everybody's notifications are accepted."""
    summary = {"pending_requests_count": 0, "pending_notifications_count": 0}
    return encode({**dict.fromkeys(POLICY, "accept"), "summary": summary})


@get("/api/v1/notifications/policy", READ)
async def old_policy(call: Asked) -> bytes:
    """The same in the words of 4.3's first version."""
    names = ("filter_not_following", "filter_not_followers", "filter_new_accounts", "filter_private_mentions")
    summary = {"pending_requests_count": 0, "pending_notifications_count": 0}
    return encode({**dict.fromkeys(names, False), "summary": summary})


@get("/api/v2/notifications", READ)
async def grouped(call: Asked) -> bytes:
    """Each in a group of its own, which the protocol allows; people and posts are told once."""
    return encode(_groups(await _asked(call, 40, 80)))


@get("/api/v2/notifications/{group_key:str}", READ)
async def group(call: Asked, group_key: FromPath[str]) -> bytes:
    """One group."""
    return encode(_groups([await _of_group(call, group_key)]))


@get("/api/v2/notifications/{group_key:str}/accounts", READ)
async def group_accounts(call: Asked, group_key: FromPath[str]) -> bytes:
    """Who is in a group."""
    return encode([(await _of_group(call, group_key)).account])


@post("/api/v2/notifications/{group_key:str}/dismiss", WRITE)
async def dismiss_group(call: Asked, group_key: FromPath[str]) -> bytes:
    """Away with a group."""
    found = await _of_group(call, group_key)
    await call.house.raf.dismiss_notification(call.account_id, int(found.id))
    return b"{}"


@get("/api/v1/markers", person("read:statuses"))
async def markers(call: Asked) -> bytes:
    """How far one has read."""
    asked = [name for name in call.query(MarkersQuery).timeline if name in ("home", "notifications")]
    return encode(await call.house.raf.markers(call.account_id, asked))


@post("/api/v1/markers", person("write:statuses"))
async def set_markers(call: Asked) -> bytes:
    """Say how far one has read."""
    said = await call.form(MarkersForm)
    last_read = {
        name: marker.last_read_id
        for name, marker in (("home", said.home), ("notifications", said.notifications))
        if marker is not None
    }
    return encode(await call.house.raf.set_markers(call.account_id, last_read))


async def _of_group(call: Call, group_key: str) -> Notification:
    """The notification of a group's key, `ungrouped-<id>`. Raises Missing."""
    kind, _, identity = group_key.partition("-")
    if kind != "ungrouped" or not identity.isascii() or not identity.isdigit() or len(identity) > 18:
        raise Missing
    return await call.house.raf.notification(call.account_id, int(identity))


def _groups(found: list[Notification]) -> dict[str, Any]:
    accounts = {one.account.id: one.account for one in found}
    statuses: dict[str, Any] = {}
    groups = []
    for one in found:
        group: dict[str, Any] = {
            "group_key": f"ungrouped-{one.id}",
            "notifications_count": 1,
            "type": one.type,
            "most_recent_notification_id": int(one.id),
            "page_min_id": one.id,
            "page_max_id": one.id,
            "latest_page_notification_at": one.created_at,
            "sample_account_ids": [one.account.id],
        }
        if one.status not in (None, msgspec.UNSET):
            assert one.status is not None
            assert not isinstance(one.status, msgspec.UnsetType)
            statuses[one.status.id] = one.status
            group["status_id"] = one.status.id
        groups.append(group)
    return {"accounts": list(accounts.values()), "statuses": list(statuses.values()), "notification_groups": groups}


HANDLERS = [
    *(index, show, clear, dismiss, unread_count, requests, merged, policy, old_policy),
    *(grouped, group, group_accounts, dismiss_group, markers, set_markers),
]
