"""Posts are found by their words, by those who may find them and by nobody else; on both databases alike."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from raf.domain.visibility import VISIBILITIES, may_see
from raf.forms import NewPoll, PostChange
from raf.network import Raf
from raf.operations import rebuild
from raf.polls.polls import open_polls
from raf.search.posts import Bounds
from raf.search.query import parse
from raf.search.search import Search, open_search
from raf.testing import network, people, person, say


def search_of(raf: Raf) -> Search:
    return raf.application.part(open_search)


async def found(raf: Raf, viewer_id: int, text: str, **bounds: int) -> list[int]:
    return await search_of(raf).posts(viewer_id, parse(text), Bounds(**bounds))  # type: ignore[arg-type]


async def test_words_are_found_in_all_their_forms_in_two_languages(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        russian = await say(raf, ada, "Варили кокосовый раф на соевом молоке, ёлки-палки!")
        english = await say(raf, ada, "Roasting beans; the café's baristas don’t sleep #CoconutRaf")
        for text in ("кокосового рафа", "ЕЛКИ", "соевое молоко", '"раф на соевом"', "кокос*", "варить"):
            assert await found(raf, boris, text) == [russian], text
        for text in ("roasted bean", "cafe", "barista", "#coconutraf", "coconut*", "dont sleeping"):
            assert await found(raf, boris, text) == [english], text
        for text in ("кокосовый чай", '"соевом раф"', "раф -молоко", "coconut", "tea"):
            assert await found(raf, boris, text) == [], text
        assert await found(raf, boris, "-раф") == [english]
        assert await found(raf, boris, "бариста") == []


async def test_nobody_finds_what_is_not_theirs_to_find(tmp_path: Path, database: list[str]) -> None:
    """Every visibility, every relation, and whether the author wants to be found in: against the rule in words."""
    relations = ("stranger", "follower", "mentioned", "liker", "booster", "keeper", "blocked", "muter", "blocker", "author")
    async with network(tmp_path, database) as raf:
        ids = dict(zip(relations, await people(raf, *relations), strict=True))
        shy = await person(raf, "shy", indexable=False)
        await raf.follow(ids["follower"], ids["author"])
        await raf.follow(ids["follower"], shy)
        posts: dict[int, tuple[int, str, set[str]]] = {}
        for author in (ids["author"], shy):
            for visibility in VISIBILITIES:
                post = await say(raf, author, f"treasure @mentioned {visibility}", visibility=visibility)
                took_part = {"mentioned"}
                if visibility in ("public", "unlisted"):
                    await raf.favourite(ids["liker"], post)
                    await raf.reblog(ids["booster"], post)
                    await raf.bookmark(ids["keeper"], post)
                    for name in ("favourite", "bookmark"):
                        await getattr(raf, name)(ids["blocked"], post)
                        await getattr(raf, name)(ids["muter"], post)
                    took_part |= {"liker", "booster", "keeper"}
                posts[post] = (author, visibility, took_part)
        for author in (ids["author"], shy):
            await raf.block(author, ids["blocked"])
            await raf.block(ids["blocker"], author)
            await raf.mute(ids["muter"], author)
        for name, viewer in [*ids.items(), ("shy", shy)]:
            expected = []
            for post, (author, visibility, took_part) in posts.items():
                seen = may_see(
                    visibility,
                    author,
                    viewer,
                    follows=name == "follower",
                    mentioned=name == "mentioned",
                    blocked=name == "blocked",
                )
                findable = author == viewer or name in took_part or (visibility == "public" and author != shy)
                if seen and findable and name not in ("muter", "blocker"):
                    expected.append(post)
            assert await found(raf, viewer, "treasure") == expected[::-1], name
            assert await found(raf, viewer, "-nothing") == expected[::-1], name
            shown = await raf.documents(await found(raf, viewer, "treasure"), viewer)
            assert len(shown) == len(expected), name


async def test_what_was_taken_back_is_found_no_more(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        post = await say(raf, ada, "an old word", visibility="unlisted")
        assert await found(raf, boris, "old") == []
        await raf.favourite(boris, post)
        assert await found(raf, boris, "old") == [post]
        await raf.edit_post(ada, post, PostChange(text="a new word"))
        assert (await found(raf, ada, "old"), await found(raf, boris, "new")) == ([], [post])
        await raf.unfavourite(boris, post)
        assert await found(raf, boris, "new") == []
        await raf.delete_post(ada, post)
        assert await found(raf, ada, "word") == []
        count = "SELECT (SELECT count(*) FROM search_post) + (SELECT count(*) FROM search_post_words)"
        assert await raf.store.read(lambda connection: connection.value(count)) == 0


async def test_operators_choose(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        first = await say(raf, ada, "raf один", language="ru")
        second = await say(raf, boris, "raf two https://raf.example/menu", language="en", sensitive=True)
        reply = await say(raf, ada, "raf three", language="en", in_reply_to_id=second, spoiler_text="warning of beans")
        for text, expected in {
            "from:ada": [reply, first],
            "from:me raf": [reply, first],
            "raf -from:@ada": [second],
            "raf from:ada from:boris": [reply, second, first],
            "raf from:nobody": [],
            "raf -from:nobody": [reply, second, first],
            "language:ru": [first],
            "raf -language:ru": [reply, second],
            "has:link": [second],
            "raf -has:link": [reply, first],
            "has:poll": [],
            "has:unicorns": [],
            "is:reply": [reply],
            "raf -is:reply": [second, first],
            "is:sensitive": [reply, second],
            "raf -is:sensitive": [first],
            "raf before:2020-01-01": [],
            "raf after:2020-01-01": [reply, second, first],
            "raf -before:2020": [reply, second, first],
            "beans": [reply],
            "raf in:library": [reply, first],
            "raf in:public": [reply, second, first],
        }.items():
            assert await found(raf, ada, text) == expected, text
        assert await found(raf, ada, "raf", limit=1, offset=1) == [second]
        assert await found(raf, ada, "raf", below=reply, above=first) == [second]
        assert await found(raf, ada, "raf", author_id=boris) == [second]


async def test_choices_of_a_poll_and_descriptions_of_pictures_are_words_of_their_post(
    tmp_path: Path, database: list[str]
) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        picture = io.BytesIO()
        Image.new("RGB", (20, 20), "tan").save(picture, "PNG")
        media = await raf.upload(ada, picture.getvalue(), description="Чашка на подоконнике")
        shown = await say(raf, ada, "look", media_ids=[media], visibility="unlisted")
        asked = await say(raf, ada, "which?", poll=NewPoll(options=("soy", "oat"), expires_in=3600), visibility="unlisted")
        assert await found(raf, ada, "чашки подоконник") == await found(raf, ada, "has:image") == [shown]
        assert await found(raf, ada, "has:media -has:video") == [shown]
        assert await found(raf, ada, "oats") == await found(raf, ada, "has:poll") == [asked]
        assert await found(raf, boris, "oats") == []
        await raf.application.part(open_polls).vote(boris, asked, [1])
        assert await found(raf, boris, "oats") == [asked]


async def test_a_rebuild_finds_the_same(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        (ada,) = await people(raf, "ada")
        posts = [await say(raf, ada, f"raf {number} https://raf.example/{number}") for number in range(30)]
        await raf.delete_post(ada, posts[3])
        before = await found(raf, ada, "raf", limit=40)
        assert len(before) == 29
        await rebuild.function(raf.application)
        assert await raf.store.read(search_of(raf).behind) == 0
        assert await found(raf, ada, "raf", limit=40) == before
        assert await raf.store.read(lambda c: c.value("SELECT count(*) FROM post_link")) == 29


async def test_the_index_follows_from_where_it_stands(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        search = search_of(raf)
        (ada,) = await people(raf, "ada")
        for number in range(3):
            await say(raf, ada, f"raf {number}")
        assert await raf.store.read(search.behind) == 4
        assert (await search.catch_up(), await search.catch_up()) == (4, 0)
        assert await raf.store.read(search.behind) == 0


async def test_hostile_queries_find_nothing_and_break_nothing(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        (ada,) = await people(raf, "ada")
        await say(raf, ada, "raf")
        hostile = [
            "' OR 1=1",
            "a\x00b",
            'NEAR("raf" 2)',
            "words:raf*",
            "raf:*",
            "^raf",
            "{}",
            "\\",
            "%",
            "😀" * 50,
            "(" * 99,
            "'" * 9,
        ]
        for text in hostile:
            assert await found(raf, ada, text + " zzz") == [], text
        for text in hostile:
            await found(raf, ada, text)
