"""Groups, policy and requests as entities. `notifications = application.part(open_notifications)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from ostrov import Connection, Ostrov
from raf import entities
from raf.errors import Missing
from raf.network import open_raf
from raf.notifications import grouping, requests
from raf.notifications import policy as policies
from raf.notifications.grouping import Asked, Group
from raf.notifications.policy import Policy
from raf.notifications.reading import MERGED, SUBJECTS, TOPIC
from raf.notifications.requests import RequestRow
from raf.notifications.shapes import (
    GroupedNotifications,
    NotificationGroup,
    NotificationPolicy,
    NotificationRequest,
    PartialAccount,
    PolicySummary,
)
from raf.paging import FIRST_PAGE, Paging
from raf.times import iso

ALL = Asked()


class Notifications:
    """What is told to somebody, and who may tell it."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self._raf = application.part(open_raf)
        self._store = application.store

    # ---- groups -----------------------------------------------------------------------------------------------------

    async def groups(
        self, account_id: int, paging: Paging = FIRST_PAGE, asked: Asked = ALL, *, faces: bool = False
    ) -> GroupedNotifications:
        """A page of groups, with people and posts told once. With `faces` only the last of each group's people is whole."""
        found = await self._store.read(grouping.page, account_id, paging, asked)
        return await self._told(account_id, found, faces=faces)

    async def news(self, account_id: int, key: str) -> GroupedNotifications:
        """One group, as a page that holds it alone shows it. Raises Missing."""
        found = await self._store.read(grouping.group, account_id, key)
        told = await self._told(account_id, [found] if found else [])
        if not told.notification_groups:
            raise Missing
        return told

    async def group(self, account_id: int, key: str) -> GroupedNotifications:
        """One group. Raises Missing."""
        told = await self.news(account_id, key)
        for one in told.notification_groups:
            one.page_min_id = one.page_max_id = one.latest_page_notification_at = msgspec.UNSET
        return told

    async def members(self, account_id: int, key: str, paging: Paging) -> tuple[list[entities.Account], int]:
        """The people of a group, the last first, and the id of the oldest notification on the page. Raises Missing."""
        rows = await self._store.read(grouping.members, account_id, key, paging)
        if not rows and paging.max_id is None:
            raise Missing
        people = await self._raf.accounts([row.from_account_id for row in rows])
        return people, rows[-1].id if len(rows) >= paging.limit else 0

    async def dismiss(self, account_id: int, key: str) -> None:
        """Put a whole group away."""
        await self._store.write(grouping.dismiss, account_id, key)

    async def unread(self, account_id: int, limit: int = 100, asked: Asked = ALL) -> int:
        """How many groups are newer than the marker, counted up to the limit."""
        return await self._store.read(grouping.unread, account_id, limit, asked)

    async def _told(self, account_id: int, found: Sequence[Group], *, faces: bool = False) -> GroupedNotifications:
        people = {int(one.id): one for one in await self._raf.accounts(list({who for group in found for who in group.people}))}
        rows = [group.newest for group in found]
        subjects = await self._raf.notified_of(rows)
        of_posts = {row.id for row in rows if row.status_id and row.kind not in SUBJECTS}
        ids = sorted({row.status_id for row in rows if row.id in of_posts})
        statuses = {int(status.id): status for status in await self._raf.statuses(ids, account_id)}
        shown = [
            group
            for group in found
            if (group.newest.id not in of_posts or group.newest.status_id in statuses)
            and (group.newest.kind not in SUBJECTS or (group.newest.kind, group.newest.status_id) in subjects)
            and any(who in people for who in group.people)
        ]
        samples = {group.key: [people[who] for who in group.people if who in people] for group in shown}
        firsts = {samples[group.key][0].id for group in shown}
        everybody = {account.id: account for group in shown for account in samples[group.key]}
        told = {group.newest.status_id for group in shown if group.newest.id in of_posts}
        return GroupedNotifications(
            accounts=[account for account in everybody.values() if not faces or account.id in firsts],
            partial_accounts=[_face(one) for one in everybody.values() if one.id not in firsts] if faces else msgspec.UNSET,
            statuses=[status for identity, status in statuses.items() if identity in told],
            notification_groups=[_entity(group, samples[group.key], subjects) for group in shown],
        )

    # ---- the policy ---------------------------------------------------------------------------------------------------

    async def policy(self, account_id: int) -> Policy:
        """What becomes of strangers' notifications."""
        return await self._store.read(policies.policy_of, account_id)

    async def change_policy(self, account_id: int, change: dict[str, str]) -> Policy:
        """Decide anew on the kinds named. Raises Invalid."""
        return await self._store.write(policies.change_policy, account_id, change)

    async def policy_entity(self, account_id: int) -> NotificationPolicy:
        """The policy and what waits because of it."""
        decided = await self.policy(account_id)
        waiting = await self._store.read(requests.listed, account_id, Paging(limit=requests.MOST))
        summary = PolicySummary(
            pending_requests_count=len(waiting), pending_notifications_count=sum(request.total for request in waiting)
        )
        return NotificationPolicy(**msgspec.structs.asdict(decided), summary=summary)

    # ---- requests -----------------------------------------------------------------------------------------------------

    async def requests(self, account_id: int, paging: Paging = FIRST_PAGE) -> list[NotificationRequest]:
        """Whose notifications were kept aside, the latest first."""
        return await self._requests(account_id, await self._store.read(requests.listed, account_id, paging))

    async def request(self, account_id: int, request_id: int) -> NotificationRequest:
        """One of them. Raises Missing."""
        found = await self._requests(account_id, await self._store.read(requests.some, account_id, [request_id]))
        if not found:
            raise Missing
        return found[0]

    async def accept(self, account_id: int, ids: Sequence[int]) -> int:
        """Let people in for good, with all that was kept aside of theirs; how many. Listeners are told to look anew."""

        def write(connection: Connection) -> int:
            done = requests.accept(connection, account_id, ids)
            if done:
                told = msgspec.json.encode([(account_id, MERGED)])
                connection.after_commit(partial(self.application.channel.publish, TOPIC, told))
            return done

        return await self._store.write(write)

    async def dismiss_requests(self, account_id: int, ids: Sequence[int]) -> int:
        """Put away what was kept aside of these people; how many."""
        return await self._store.write(requests.dismiss, account_id, ids)

    async def _requests(self, account_id: int, rows: Sequence[RequestRow]) -> list[NotificationRequest]:
        people = {account.id: account for account in await self._raf.accounts([row.from_account_id for row in rows])}
        ids = sorted({row.last_status_id for row in rows})
        statuses = {status.id: status for status in await self._raf.statuses(ids, account_id)}
        return [
            NotificationRequest(
                id=str(row.id),
                created_at=iso(row.created_at),
                updated_at=iso(row.updated_at),
                notifications_count=str(row.total),
                account=people[str(row.from_account_id)],
                last_status=statuses.get(str(row.last_status_id)),
            )
            for row in rows
            if str(row.from_account_id) in people
        ]


def _entity(group: Group, people: Sequence[entities.Account], subjects: Mapping[tuple[str, int], Any]) -> NotificationGroup:
    newest = group.newest
    of = {SUBJECTS[newest.kind]: subjects[newest.kind, newest.status_id]} if newest.kind in SUBJECTS else {}
    if newest.status_id and not of:
        of["status_id"] = str(newest.status_id)
    return NotificationGroup(
        group_key=group.key,
        notifications_count=group.total,
        type=group.newest.kind,
        most_recent_notification_id=group.most_recent_id,
        page_min_id=str(group.page_min_id),
        page_max_id=str(group.newest.id),
        latest_page_notification_at=iso(group.page_at),
        sample_account_ids=[account.id for account in people],
        **of,
    )


def _face(account: entities.Account) -> PartialAccount:
    return PartialAccount(**{name: getattr(account, name) for name in PartialAccount.__struct_fields__})


def open_notifications(application: Ostrov) -> Notifications:
    """The notifications of an application."""
    return Notifications(application)
