"""Likes, boosts, bookmarks, pins: once each, counted, taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from raf.errors import Forbidden, Invalid, Missing
from raf.paging import Paging
from raf.testing import ALL, network, people, say


async def test_many_likes_at_once_count_once_a_person(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as here, network(tmp_path, database) as there:
        who = await people(here, "ada", "boris", "vera")
        status = await say(here, who[0])
        await asyncio.gather(*(raf.favourite(account, status) for _ in range(4) for raf in (here, there) for account in who))
        here.memory.forget()
        assert (await here.status(status, who[1])).favourites_count == 3
        await asyncio.gather(*(raf.unfavourite(who[0], status) for _ in range(3) for raf in (here, there)))
        here.memory.forget()
        assert (await here.status(status, who[1])).favourites_count == 2
        liked_by = [account.username for account in (await here.favourited_by(status, None, ALL)).items]
        assert sorted(liked_by) == ["boris", "vera"]


async def test_a_boost_is_made_once_and_reaches_followers(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        await raf.follow(vera, boris)
        assert await raf.home(vera) == []
        status = await say(raf, ada)
        boosts = await asyncio.gather(*(raf.reblog(boris, status) for _ in range(5)))
        assert len(set(boosts)) == 1
        assert await raf.home(vera) == [boosts[0]]
        assert await raf.reblog(boris, boosts[0]) == boosts[0], "a boost means its post"
        shown = await raf.status(boosts[0], vera)
        assert shown.reblog is not None
        assert (shown.reblog.id, shown.reblog.reblogs_count, shown.reblog.reblogged) == (str(status), 1, False)
        await raf.favourite(vera, boosts[0])
        assert (await raf.status(status, vera)).favourites_count == 1
        assert [account.username for account in (await raf.reblogged_by(status, None, ALL)).items] == ["boris"]
        await raf.unreblog(boris, status)
        assert await raf.home(vera) == []
        assert (await raf.status(status, vera)).reblogs_count == 0
        again = await raf.reblog(boris, status)
        assert again > boosts[0]
        assert await raf.home(vera) == [again]


async def test_what_may_not_be_boosted_is_not(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        ada, boris = await people(raf, "ada", "boris")
        await raf.follow(boris, ada)
        private = await say(raf, ada, visibility="private")
        direct = await say(raf, ada, "@boris psst", visibility="direct")
        with pytest.raises(Forbidden):
            await raf.reblog(boris, private)
        with pytest.raises(Forbidden):
            await raf.reblog(boris, direct)
        own = await raf.reblog(ada, private, "public")
        assert (await raf.status(own, ada)).visibility == "private"
        with pytest.raises(Invalid):
            await raf.reblog(ada, private, "everyone")


async def test_followers_may_ask_not_to_see_boosts(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        await raf.follow(vera, boris, reblogs=False)
        await raf.reblog(boris, await say(raf, ada))
        own = await say(raf, boris)
        assert await raf.home(vera) == [own]


async def test_bookmarks_are_private_and_listed_by_when_they_were_made(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        statuses = [await say(raf, ada, f"{number}") for number in range(5)]
        for number in (3, 0, 4, 1):
            await raf.bookmark(boris, statuses[number])
        first = await raf.bookmarks(boris, Paging(limit=2))
        assert first.items == [statuses[1], statuses[4]]
        second = await raf.bookmarks(boris, Paging(limit=2, max_id=first.older))
        assert second.items == [statuses[0], statuses[3]]
        back = await raf.bookmarks(boris, Paging(limit=2, min_id=second.newer))
        assert back.items == first.items
        assert (await raf.status(statuses[0], boris)).bookmarked is True
        assert (await raf.status(statuses[0], ada)).bookmarked is False
        await raf.unbookmark(boris, statuses[0])
        assert statuses[0] not in (await raf.bookmarks(boris)).items


async def test_pins_have_rules(tmp_path: Path) -> None:
    async with network(tmp_path, ["raf.posts.pins=1"]) as raf:
        ada, boris = await people(raf, "ada", "boris")
        first, second = await say(raf, ada), await say(raf, ada)
        direct = await say(raf, ada, visibility="direct")
        boost = await raf.reblog(ada, first)
        await raf.pin(ada, first)
        await raf.pin(ada, first)
        assert await raf.account_statuses(ada, boris, pinned=True) == [first]
        assert (await raf.status(first, ada)).pinned is True
        for account, status, said in (
            (ada, second, "maximum number"),
            (boris, first, "Someone else's"),
            (ada, direct, "only visible to mentioned"),
            (ada, boost, "A boost"),
        ):
            with pytest.raises(Invalid, match=said):
                await raf.pin(account, status)
        await raf.unpin(ada, first)
        await raf.pin(ada, second)


async def test_marks_can_be_taken_back_after_one_was_blocked(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        ada, boris = await people(raf, "ada", "boris")
        status = await say(raf, ada)
        await raf.favourite(boris, status)
        await raf.reblog(boris, status)
        await raf.block(ada, boris)
        with pytest.raises(Missing):
            await raf.bookmark(boris, status)
        await raf.unfavourite(boris, status)
        await raf.unreblog(boris, status)
        assert (await raf.status(status, ada)).favourites_count == 0


async def test_one_does_not_like_whom_one_has_blocked(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        ada, boris = await people(raf, "ada", "boris")
        status = await say(raf, ada)
        await raf.block(boris, ada)
        for act in (raf.favourite, raf.reblog):
            with pytest.raises(Forbidden):
                await act(boris, status)


async def test_flags_are_the_viewers_own(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        status = await say(raf, ada)
        await raf.documents([status], boris)
        await raf.favourite(boris, status)
        await raf.mute_conversation(boris, status)
        for _ in range(2):
            shown, others = await raf.status(status, boris), await raf.status(status, ada)
            assert (shown.favourited, shown.muted) == (True, True)
            assert (others.favourited, others.muted) == (False, False)
            raf.memory.forget()
        await raf.unmute_conversation(boris, status)
        assert (await raf.status(status, boris)).muted is False
