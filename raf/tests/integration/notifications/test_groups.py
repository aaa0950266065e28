"""Notifications that belong together are one piece of news, on both databases."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ostrov import run_tasks
from raf.errors import Missing
from raf.network import Raf
from raf.notifications import grouping
from raf.notifications.grouping import Asked
from raf.notifications.notifications import open_notifications
from raf.paging import Paging
from raf.testing import network, people, say


async def told(raf: Raf) -> None:
    await run_tasks(raf.application)


async def test_likes_of_one_post_are_one_group_however_many(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, *fans = await people(raf, "ada", *(f"fan{number}" for number in range(11)))
        first, second = await say(raf, ada, "one"), await say(raf, ada, "two")
        for fan in fans:
            await raf.favourite(fan, first)
            await told(raf)
        await raf.reblog(fans[0], first)
        await raf.favourite(fans[0], second)
        await told(raf)
        desk = raf.application.part(open_notifications)
        found = await desk.groups(ada)
        assert [(group.type, group.notifications_count) for group in found.notification_groups] == [
            ("favourite", 1),
            ("reblog", 1),
            ("favourite", 11),
        ]
        crowd = found.notification_groups[2]
        newest = [str(fan) for fan in fans[::-1]]
        assert crowd.sample_account_ids == newest[: grouping.SAMPLE], "the last ones who did it"
        assert crowd.status_id == str(first)
        everybody, older = await desk.members(ada, crowd.group_key, Paging(limit=6))
        rest, end = await desk.members(ada, crowd.group_key, Paging(limit=6, max_id=older))
        assert [account.id for account in everybody + rest] == newest
        assert end == 0
        faces = await desk.groups(ada, faces=True)
        assert isinstance(faces.partial_accounts, list)
        whole = {account.id for account in faces.accounts}
        assert whole == {str(fans[0]), str(fans[-1])}
        assert whole.isdisjoint(face.id for face in faces.partial_accounts)
        assert await desk.unread(ada) == 3
        assert await desk.unread(ada, 2) == 2
        assert await desk.unread(ada, asked=Asked(grouped_types=frozenset())) == 13
        await desk.dismiss(ada, crowd.group_key)
        assert len(await raf.notifications(ada, Paging(limit=80))) == 2


async def test_a_group_lasts_half_a_day(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")

        def keys(connection) -> list[str]:  # type: ignore[no-untyped-def]
            sql = (
                "INSERT INTO notification (id, account_id, kind, from_account_id, status_id, created_at, group_key)"
                " VALUES (?, ?, 'favourite', ?, 7, ?, ?)"
            )
            made = []
            for number, hour in enumerate((0, 11, 12, 13)):
                at = 1_700_000_000.0 + hour * 3600
                key = grouping.key_of(connection, ada, "favourite", 7, at)
                connection.execute(sql, (number + 1, ada, boris + number, at, key))
                made.append(key)
            return made

        found = await raf.store.write(keys)
        assert found[0] == found[1]
        assert found[2] == found[3] != found[0]


async def test_pages_of_groups_meet_and_each_tells_its_part(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, *fans = await people(raf, "ada", "boris", "vera", "gleb")
        posts = [await say(raf, ada, f"post {number}") for number in range(3)]
        for fan in fans:
            for post in posts:
                await raf.favourite(fan, post)
                await told(raf)
        desk = raf.application.part(open_notifications)
        everything = (await desk.groups(ada)).notification_groups
        assert [group.status_id for group in everything] == [str(post) for post in reversed(posts)]
        first = (await desk.groups(ada, Paging(limit=2))).notification_groups
        assert [group.group_key for group in first] == [group.group_key for group in everything[:2]]
        below = int(str(first[-1].page_max_id))
        later = (await desk.groups(ada, Paging(limit=2, max_id=below))).notification_groups
        assert later[0].group_key == everything[2].group_key
        assert [group.notifications_count for group in later] == [3, 3], "the whole group is counted on each page"
        newer = (await desk.groups(ada, Paging(limit=1, min_id=int(str(everything[2].page_max_id))))).notification_groups
        assert [group.group_key for group in newer] == [everything[1].group_key]
        apart = await desk.groups(ada, Paging(limit=80), Asked(grouped_types=frozenset()))
        assert len(apart.notification_groups) == 9
        assert {group.notifications_count for group in apart.notification_groups} == {1}
        only = await desk.groups(ada, Paging(), Asked(from_account_id=fans[0]))
        assert len(only.notification_groups) == 3


async def test_a_long_list_of_members_does_not_hide_what_is_below_it(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "AT_ONCE", 3)
    async with network(tmp_path, database) as raf:
        ada, *fans = await people(raf, "ada", *(f"fan{number}" for number in range(7)))
        liked = await say(raf, ada)
        await say(raf, fans[0], "@ada hello")
        await told(raf)
        for fan in fans:
            await raf.favourite(fan, liked)
        await told(raf)
        found = await raf.application.part(open_notifications).groups(ada)
        assert [group.type for group in found.notification_groups] == ["favourite", "mention"]


async def test_a_group_is_its_owners_and_leaves_with_its_post(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        post = await say(raf, ada)
        await raf.favourite(boris, post)
        await told(raf)
        desk = raf.application.part(open_notifications)
        (group,) = (await desk.groups(ada)).notification_groups
        alone = (await desk.group(ada, group.group_key)).notification_groups[0]
        assert alone.page_min_id is msgspec.UNSET
        for key in (group.group_key, "ungrouped-x", "", "nonsense"):
            with pytest.raises(Missing):
                await desk.group(boris, key)
        await desk.dismiss(boris, group.group_key)
        assert (await desk.groups(ada)).notification_groups, "somebody else's stays"
        await raf.delete_post(ada, post)
        assert (await desk.groups(ada)).notification_groups == []
