"""`/api/v1/notifications` and markers."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.params import FromPath

from raf.entities import Marker, Notification
from raf.mastodon.access import person
from raf.mastodon.answers import encode
from raf.mastodon.call import Call, Id
from raf.mastodon.endpoint import Asked, get, post
from raf.mastodon.promise import one_of
from raf.mastodon.shapes import Count

READ = person("read:notifications")
WRITE = person("write:notifications")


class NotificationsQuery(msgspec.Struct):
    """Which notifications."""

    types: list[str] = []
    exclude_types: list[str] = []
    account_id: Id | None = None
    include_filtered: bool = False


class CountQuery(msgspec.Struct):
    """How far to count."""

    limit: Annotated[int, msgspec.Meta(ge=1)] = 100


class MarkersQuery(msgspec.Struct):
    """Which markers."""

    timeline: list[Annotated[str, one_of("home", "notifications")]] = []


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
        filtered=asked.include_filtered or asked.account_id is not None,
    )
    if found:
        call.link(int(found[-1].id), int(found[0].id))
    return found


@get("/api/v1/notifications", READ, list[Notification], query=NotificationsQuery, paged=True)
async def index(call: Asked) -> bytes:
    """The newest first."""
    return encode(await _asked(call, 40, 80))


@get("/api/v1/notifications/{notification_id:int}", READ, Notification)
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


@get("/api/v1/notifications/unread_count", READ, Count, query=CountQuery)
async def unread_count(call: Asked) -> bytes:
    """How many are above the marker."""
    limit = min(call.query(CountQuery).limit, 1000)
    return encode({"count": await call.house.raf.unread_notifications(call.account_id, limit)})


@get("/api/v1/markers", person("read:statuses"), dict[str, Marker], query=MarkersQuery)
async def markers(call: Asked) -> bytes:
    """How far one has read."""
    asked = [name for name in call.query(MarkersQuery).timeline if name in ("home", "notifications")]
    return encode(await call.house.raf.markers(call.account_id, asked))


@post("/api/v1/markers", person("write:statuses"), dict[str, Marker], form=MarkersForm)
async def set_markers(call: Asked) -> bytes:
    """Say how far one has read."""
    said = await call.form(MarkersForm)
    last_read = {
        name: marker.last_read_id
        for name, marker in (("home", said.home), ("notifications", said.notifications))
        if marker is not None
    }
    return encode(await call.house.raf.set_markers(call.account_id, last_read))


HANDLERS = [index, show, clear, dismiss, unread_count, markers, set_markers]
