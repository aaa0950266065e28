"""Following, asking, blocking, muting, on both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from raf.errors import Forbidden, Invalid, Missing
from raf.forms import ProfileChange
from raf.network import Raf
from raf.paging import Paging
from raf.testing import ALL, network, people, person, say


async def relation(raf: Raf, viewer: int, account: int, *names: str) -> list[object]:
    (found,) = await raf.relationships(viewer, [account])
    return [getattr(found, name) for name in names]


async def test_following_is_counted_once_and_ends(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        await asyncio.gather(*(raf.follow(boris, ada) for _ in range(5)))
        assert (await raf.account(ada)).followers_count == 1
        assert (await raf.account(boris)).following_count == 1
        assert await relation(raf, boris, ada, "following", "followed_by", "showing_reblogs") == [True, False, True]
        assert await relation(raf, ada, boris, "following", "followed_by") == [False, True]
        await raf.follow(boris, ada, reblogs=False, notify=True, languages=["ru"])
        assert await relation(raf, boris, ada, "showing_reblogs", "notifying", "languages") == [False, True, ["ru"]]
        await raf.follow(boris, ada)
        assert await relation(raf, boris, ada, "showing_reblogs", "notifying", "languages") == [False, True, ["ru"]]
        assert (await raf.account(ada)).followers_count == 1
        await raf.unfollow(boris, ada)
        await raf.unfollow(boris, ada)
        assert (await raf.account(ada)).followers_count == 0
        assert (await raf.followers(ada, ALL)).items == []


async def test_posts_come_from_the_moment_of_following_to_that_of_unfollowing(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        assert await raf.home(boris) == []
        await raf.follow(boris, ada)
        seen: list[int] = []
        for _ in range(3):
            seen.insert(0, await say(raf, ada))
            assert await raf.home(boris) == seen
        await raf.unfollow(boris, ada)
        for _ in range(3):
            assert await raf.home(boris) == []
            await say(raf, ada)
        assert not raf.memory.readers.audience


async def test_a_locked_account_is_asked_first(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada = await person(raf, "ada", locked=True)
        boris, vera = await people(raf, "boris", "vera")
        secret = await say(raf, ada, visibility="private")
        for account in (boris, vera):
            await raf.follow(account, ada)
        assert await relation(raf, boris, ada, "following", "requested") == [False, True]
        assert await relation(raf, ada, boris, "requested_by") == [True]
        assert [account.username for account in (await raf.follow_requests(ada, ALL)).items] == ["vera", "boris"]
        assert (await raf.credential_account(ada)).source.follow_requests_count == 2
        assert await raf.home(boris) == []
        await raf.authorize_follow(ada, boris)
        await raf.reject_follow(ada, vera)
        assert await relation(raf, boris, ada, "following", "requested") == [True, False]
        assert await relation(raf, vera, ada, "following", "requested") == [False, False]
        assert await raf.home(boris) == [secret]
        for verb in (raf.authorize_follow, raf.reject_follow):
            with pytest.raises(Missing):
                await verb(ada, vera)
        await raf.follow(vera, ada)
        await raf.unfollow(vera, ada)
        assert await relation(raf, vera, ada, "requested") == [False]
        await raf.remove_follower(ada, boris)
        assert await raf.home(boris) == []


async def test_one_cannot_follow_oneself_nobody_or_across_a_block(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        ada, boris = await people(raf, "ada", "boris")
        for target in (ada, 404):
            with pytest.raises(Missing):
                await raf.follow(ada, target)
        await raf.block(ada, boris)
        for one, other in ((ada, boris), (boris, ada)):
            with pytest.raises(Forbidden):
                await raf.follow(one, other)


async def test_nobody_follows_without_end(tmp_path: Path) -> None:
    async with network(tmp_path, ["raf.posts.follows=2"]) as raf:
        ada, *others = await people(raf, "ada", "b", "c", "d")
        for other in others[:2]:
            await raf.follow(ada, other)
        with pytest.raises(Invalid, match="more than 2"):
            await raf.follow(ada, others[2])


async def test_a_block_ends_follows_and_hides_both_ways(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        await raf.follow(ada, boris)
        await raf.follow(boris, ada)
        theirs, mine = await say(raf, boris), await say(raf, ada)
        assert await raf.home(ada) == [mine, theirs]
        await raf.block(ada, boris)
        await raf.block(ada, boris)
        assert await raf.home(ada) == [mine]
        assert await raf.home(boris) == [theirs]
        assert await raf.public(ada) == [mine]
        assert await raf.public(boris) == [theirs]
        assert await raf.account_statuses(ada, boris) == []
        assert await raf.documents([mine], boris) == []
        assert await relation(raf, ada, boris, "blocking", "following", "followed_by") == [True, False, False]
        assert await relation(raf, boris, ada, "blocked_by") == [True]
        assert (await raf.followers(ada, ALL, boris)).items == []
        assert [account.username for account in (await raf.blocks(ada, ALL)).items] == ["boris"]
        await raf.unblock(ada, boris)
        assert await raf.public(boris) == [mine, theirs]


async def test_a_mute_hides_from_timelines_until_it_ends(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        await raf.follow(ada, boris)
        status = await say(raf, boris)
        assert await raf.home(ada) == [status]
        await raf.mute(ada, boris, duration=0.3)
        assert await raf.home(ada) == await raf.public(ada) == []
        assert await raf.documents([status], ada), "a profile can still be read"
        assert await relation(raf, ada, boris, "muting", "muting_notifications", "following") == [True, True, True]
        assert (await raf.mutes(ada, ALL)).items[0].mute_expires_at is not None
        async with asyncio.timeout(10):
            while not await raf.home(ada):  # noqa: ASYNC110, what it waits for is the clock
                await asyncio.sleep(0.02)
        assert await relation(raf, ada, boris, "muting") == [False]
        await raf.mute(ada, boris, notifications=False)
        assert await relation(raf, ada, boris, "muting", "muting_notifications") == [True, False]
        await raf.unmute(ada, boris)
        assert await raf.home(ada) == [status]


async def test_followers_are_paged_by_when_they_came(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, *fans = await people(raf, "ada", *(f"fan{number}" for number in range(5)))
        for fan in reversed(fans):
            await raf.follow(fan, ada)
        first = await raf.followers(ada, Paging(limit=2))
        assert [account.username for account in first.items] == ["fan0", "fan1"]
        second = await raf.followers(ada, Paging(limit=2, max_id=first.older))
        assert [account.username for account in second.items] == ["fan2", "fan3"]
        back = await raf.followers(ada, Paging(limit=2, min_id=second.newer))
        assert [account.username for account in back.items] == ["fan0", "fan1"]
        assert [account.username for account in (await raf.following(fans[3], ALL)).items] == ["ada"]
        await raf.update_profile(ada, ProfileChange(hide_collections=True))
        assert (await raf.followers(ada, ALL, fans[0])).items == []
        assert len((await raf.followers(ada, ALL, ada)).items) == 5


async def test_a_follower_sees_only_the_languages_asked_for(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        await raf.follow(ada, boris, languages=["ru", "x" * 100_000, "<b>"])
        assert await raf.home(ada) == []
        await say(raf, boris, "hello", language="en")
        russian, none = await say(raf, boris, "привет", language="ru"), await say(raf, boris, "…")
        assert await raf.home(ada) == [none, russian]
        await raf.follow(ada, boris, languages=[])
        assert len(await raf.home(ada)) == 3
