"""Every timeline is paged as Mastodon pages it, in memory and in tables, on both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ostrov import Connection
from raf.network import Raf
from raf.paging import Paging
from raf.testing import network, people, say
from raf.timelines import home as homes

Timeline = Callable[[Paging], Awaitable[list[int]]]


async def walk(timeline: Timeline, newest_first: list[int], limit: int) -> None:
    """Older, newer and nearest pages, from every place."""
    seen: list[int] = []
    page = await timeline(Paging(limit))
    while page:
        assert len(page) <= limit
        seen += page
        page = await timeline(Paging(limit, max_id=page[-1]))
    assert seen == newest_first
    climbed: list[int] = []
    page = await timeline(Paging(limit, min_id=newest_first[-1] - 1))
    while page:
        climbed = page + climbed
        page = await timeline(Paging(limit, min_id=page[0]))
    assert climbed == newest_first
    for at in range(0, len(newest_first), 7):
        identity = newest_first[at]
        assert await timeline(Paging(limit, since_id=identity)) == newest_first[:at][:limit]
        assert await timeline(Paging(limit, min_id=identity)) == newest_first[:at][-limit:]
        between = [other for other in newest_first if identity > other > newest_first[-1]]
        assert await timeline(Paging(limit, max_id=identity, since_id=newest_first[-1])) == between[:limit]


async def filled(raf: Raf) -> tuple[int, list[int]]:
    """A reader and what two followed people and a stranger wrote, newest first."""
    reader, ada, boris, stranger = await people(raf, "reader", "ada", "boris", "stranger")
    for account in (ada, boris):
        await raf.follow(reader, account)
    statuses = []
    for number in range(150):
        statuses.append(await say(raf, (ada, boris)[number % 2], f"{number} #raf"))
        if number % 10 == 0:
            hidden = await say(raf, ada, "only for me", visibility="direct")
            await say(raf, stranger, "somewhere else", visibility="unlisted", in_reply_to_id=None)
            assert hidden
    return reader, statuses[::-1]


@pytest.mark.parametrize("limit", [7, 40])
async def test_the_home_is_one_list_in_memory_and_below_it(tmp_path: Path, database: list[str], limit: int) -> None:
    async with network(tmp_path, [*database, "raf.timelines.home_entries=40"]) as raf:
        reader, statuses = await filled(raf)
        await walk(lambda paging: raf.home(reader, paging), statuses, limit)
        home = raf.memory.readers[reader].home
        assert home is not None
        assert not home.whole
        for _ in range(120):
            statuses.insert(0, await say(raf, await _id(raf, "ada")))
        await walk(lambda paging: raf.home(reader, paging), statuses, limit)


async def test_the_public_timeline_is_one_list(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, [*database, "raf.timelines.home_entries=40"]) as raf:
        reader, statuses = await filled(raf)
        for viewer in (None, reader):
            await walk(lambda paging, viewer=viewer: raf.public(viewer, paging), statuses, 7)  # type: ignore[misc]
        boris = await _id(raf, "boris")
        await raf.mute(reader, boris)
        theirs = [int(status.id) for status in await raf.statuses(statuses, None) if status.account.id != str(boris)]
        await walk(lambda paging: raf.public(reader, paging), theirs, 7)


async def test_hashtags_and_profiles_are_lists_too(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        reader, statuses = await filled(raf)
        await walk(lambda paging: raf.tag(reader, "RAF", paging), statuses, 40)
        ada = await _id(raf, "ada")
        theirs = [int(status.id) for status in await raf.statuses(statuses, None) if status.account.id == str(ada)]
        await walk(lambda paging: raf.account_statuses(ada, reader, paging), theirs, 7)
        await walk(lambda paging: raf.account_statuses(ada, reader, paging, tagged="raf"), theirs, 7)


async def test_hashtags_can_be_combined(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        (ada,) = await people(raf, "ada")
        both, sea, milk = (
            await say(raf, ada, "#raf #sea"),
            await say(raf, ada, "#raf #sea #storm"),
            await say(raf, ada, "#milk"),
        )
        assert await raf.tag(None, "raf", any_of=["milk"]) == [milk, sea, both]
        assert await raf.tag(None, "raf", all_of=["sea"], none_of=["storm"]) == [both]
        assert await raf.tag(None, "raf", none_of=["sea"]) == []


async def test_a_profile_can_be_narrowed(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        theirs, own = await say(raf, boris), await say(raf, ada)
        reply = await say(raf, ada, "to boris", in_reply_to_id=theirs)
        thread = await say(raf, ada, "to myself", in_reply_to_id=own)
        boost = await raf.reblog(ada, theirs)
        assert await raf.account_statuses(ada, None) == [boost, thread, reply, own]
        assert await raf.account_statuses(ada, None, exclude_replies=True) == [boost, thread, own]
        assert await raf.account_statuses(ada, None, exclude_reblogs=True) == [thread, reply, own]
        assert await raf.account_statuses(ada, None, only_media=True) == []


async def test_a_home_reaches_years_back(tmp_path: Path, database: list[str]) -> None:
    """Further than the windows that are looked through first."""
    async with network(tmp_path, database) as raf:
        reader, ada = await people(raf, "reader", "ada")
        await raf.follow(reader, ada)
        real, statuses = raf.journal.clock, []
        now = real()
        raf.journal.ids = type(raf.journal.ids)()
        for days in (1000, 400, 399, 40, 31, 29, 10, 3, 1, 0):
            raf.journal.clock = lambda days=days: now - days * 86_400  # type: ignore[misc]
            statuses.insert(0, await say(raf, ada, f"{days} days ago"))
        raf.journal.clock = real

        def query(connection: Connection, paging: Paging) -> list[int]:
            return homes.page(connection, raf.memory.readers[reader], paging)

        for limit in (1, 3, 20):
            await walk(lambda paging: raf.home(reader, paging), statuses, limit)
            await walk(lambda paging: raf.store.read(query, paging), statuses, limit)


async def _id(raf: Raf, name: str) -> int:
    return int((await raf.account_by_name(name)).id)
