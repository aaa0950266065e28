"""`/api/v2/notifications`: the same news, those that belong together as one (Mastodon 4.3)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.params import FromPath

from raf.entities import Account
from raf.mastodon.answers import encode
from raf.mastodon.call import Call
from raf.mastodon.endpoint import Asked, get, post
from raf.mastodon.endpoints.notifications import READ, WRITE, NotificationsQuery
from raf.mastodon.promise import one_of
from raf.mastodon.shapes import Count
from raf.notifications.grouping import GROUPABLE
from raf.notifications.grouping import Asked as Wanted
from raf.notifications.notifications import Notifications, open_notifications
from raf.notifications.shapes import GroupedNotifications


class GroupsQuery(NotificationsQuery):
    """`expand_accounts` is `full` or `partial_avatars`."""

    grouped_types: list[str] | None = None
    expand_accounts: Annotated[str, one_of("full", "partial_avatars")] = "full"


class GroupsCountQuery(GroupsQuery):
    """`limit` is how far to count."""

    limit: Annotated[int, msgspec.Meta(ge=1)] = 100


def _notifications(call: Call) -> Notifications:
    return call.house.application.part(open_notifications)


def _wanted(asked: GroupsQuery) -> Wanted:
    return Wanted(
        types=frozenset(asked.types),
        exclude_types=frozenset(asked.exclude_types),
        from_account_id=asked.account_id or 0,
        filtered=asked.include_filtered or asked.account_id is not None,
        grouped_types=frozenset(GROUPABLE if asked.grouped_types is None else asked.grouped_types),
    )


@get("/api/v2/notifications", READ, GroupedNotifications, query=GroupsQuery, paged=True)
async def grouped(call: Asked) -> bytes:
    """Groups, the newest first; people and posts are told once."""
    asked = call.query(GroupsQuery)
    faces = asked.expand_accounts == "partial_avatars"
    found = await _notifications(call).groups(call.account_id, call.paging(40, 80), _wanted(asked), faces=faces)
    groups = found.notification_groups
    if groups:
        ids = [int(group.page_max_id) for group in groups if group.page_max_id is not msgspec.UNSET]
        call.link(ids[-1], ids[0])
    return encode(found)


@get("/api/v2/notifications/unread_count", READ, Count, query=GroupsCountQuery)
async def unread_count(call: Asked) -> bytes:
    """How many groups are above the marker."""
    asked = call.query(GroupsCountQuery)
    return encode({"count": await _notifications(call).unread(call.account_id, min(asked.limit, 1000), _wanted(asked))})


@get("/api/v2/notifications/{group_key:str}", READ, GroupedNotifications)
async def group(call: Asked, group_key: FromPath[str]) -> bytes:
    """One group."""
    return encode(await _notifications(call).group(call.account_id, group_key))


@get("/api/v2/notifications/{group_key:str}/accounts", READ, list[Account], paged=True)
async def group_accounts(call: Asked, group_key: FromPath[str]) -> bytes:
    """Everybody in a group."""
    people, oldest = await _notifications(call).members(call.account_id, group_key, call.paging(40, 80))
    call.link(oldest or None, None)
    return encode(people)


@post("/api/v2/notifications/{group_key:str}/dismiss", WRITE)
async def dismiss_group(call: Asked, group_key: FromPath[str]) -> bytes:
    """Away with a group."""
    await _notifications(call).dismiss(call.account_id, group_key)
    return b"{}"


HANDLERS = [grouped, unread_count, group, group_accounts, dismiss_group]
