"""People are found, listed and suggested as they wish to be."""

from __future__ import annotations

from pathlib import Path

from raf.network import Raf
from raf.search.search import open_search
from raf.testing import network, people, person, say


async def names(raf: Raf, ids: list[int]) -> list[str]:
    return [account.username for account in await raf.accounts(ids)]


async def test_people_are_found_by_names_and_by_what_they_say_of_themselves(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        search = raf.application.part(open_search)
        anna = await person(raf, "anna", display_name="Анна Кофейная", note="Обжариваю зёрна на острове")
        boris = await person(raf, "boris_k", display_name="Boris the Roaster", note="I love roasted beans")
        await person(raf, "shy", display_name="Тихая", note="обжариваю зёрна", discoverable=False)

        async def found(text: str, viewer: int | None = None, **more: bool) -> list[str]:
            return await names(raf, await search.people(text, viewer, **more))

        for text in ("an", "@anna", "анна кофейной", "кофейн", "обжаривать зерна", "остров", "anna@" + search.host):
            assert await found(text) == ["anna"], text
        for text in ("boris_k", "the roaster", "roasting bean", "BORIS TH"):
            assert await found(text) == ["boris_k"], text
        assert await found("тихая") == ["shy"]
        for text in ("", "@", "%", "_", "boris_a", "boris an", "обжариваю чай", "' OR 1=1"):
            assert await found(text) == [], text
        assert await found("o", anna, following=True) == []
        await raf.follow(anna, boris)
        assert await found("boris", anna, following=True) == ["boris_k"]
        await raf.block(boris, anna)
        assert await found("boris", anna) == []


async def test_who_is_called_exactly_so_comes_first_then_whom_one_follows(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        search = raf.application.part(open_search)
        me, *others = await people(raf, "me", "raf", "rafael", "rafik", "raffi")
        await raf.follow(others[0], others[1])
        await raf.follow(me, others[3])
        assert await names(raf, await search.people("raf", me)) == ["raf", "raffi", "rafael", "rafik"]
        assert await names(raf, await search.people("raf", me, 2, 1)) == ["raffi", "rafael"]


async def test_the_directory_shows_who_wants_to_be_found(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        search = raf.application.part(open_search)
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        await person(raf, "shy", discoverable=False)
        await say(raf, boris)
        assert await search.directory("active") == [boris, vera, ada]
        assert await search.directory("new") == [vera, boris, ada]
        assert await search.directory("new", None, 1, 1) == [boris]
        await raf.mute(ada, boris)
        await raf.block(vera, ada)
        assert await search.directory("new", ada) == [ada]


async def test_suggestions_begin_with_those_whom_ones_own_follow(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        search = raf.application.part(open_search)
        me, friend, known, popular, fan, other = await people(raf, "me", "friend", "known", "popular", "fan", "other")
        await raf.follow(me, friend)
        await raf.follow(friend, known)
        for follower in (fan, other):
            await raf.follow(follower, popular)
        assert await search.suggestions(me) == [
            (known, ["friends_of_friends", "most_followed"]),
            *((account_id, ["most_followed"]) for account_id in (popular, fan, other)),
        ]
        await search.dismiss_suggestion(me, known)
        await search.dismiss_suggestion(me, known)
        await raf.block(popular, me)
        await raf.mute(me, fan)
        assert await search.suggestions(me) == [(other, ["most_followed"])]
