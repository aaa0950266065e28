"""The index is kept beside the log of events, whoever keeps it and whatever stands in the way."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest

from ostrov import ServiceContext
from raf.mastodon.selections.hashtags import tags_beginning
from raf.network import Raf
from raf.search import search as searching
from raf.search.checks import index
from raf.search.query import BadQuery, parse
from raf.search.search import open_search
from raf.search.service import serve
from raf.testing import network, people, say

NASTY = [
    "\"'*-+:()^{}[]<>&|!?\\/%_@#~=,.;\0\t\n",
    "абвёй",
    "the raf",
    "👩‍👩‍👧",
    "ß",
    "ﬁ",
    "\u202e",
    "漢字かな",
    "from:",
    "has:",
    "before:",
    "NEAR",
]


async def until_indexed(raf: Raf) -> None:
    search, deadline = raf.application.part(open_search), time.monotonic() + 20
    while await raf.store.read(search.behind):
        assert time.monotonic() < deadline, "the index stays behind"
        await asyncio.sleep(0.02)


async def test_the_service_indexes_what_happens_and_stops_when_told(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raf.search.service.GATHERED", 0.01)
    async with network(tmp_path, database) as raf:
        (ada,) = await people(raf, "ada")
        await say(raf, ada, "before the service came")
        context = ServiceContext(raf.application, "search")
        serving = asyncio.create_task(serve(context))
        await until_indexed(raf)
        for number in range(3):
            await say(raf, ada, f"while it runs {number}")
            await until_indexed(raf)
        context.stopping.set()
        await asyncio.wait_for(serving, 10)
        assert await raf.store.read(lambda connection: connection.value("SELECT count(*) FROM search_post")) == 4


async def test_the_doctor_tells_when_the_index_stays_behind(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raf.search.checks.MANY", 2)
    async with network(tmp_path, database) as raf:
        await people(raf, "ada", "boris")
        assert index(raf.application).level == "ok"
        await people(raf, "vera")
        found = index(raf.application)
        assert (found.level, found.message) == ("warning", "the search does not know the last 3 events")
        await raf.application.part(open_search).catch_up()
        assert index(raf.application).message == "the search is up to date"


async def test_two_that_follow_at_once_index_everything_once(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as here, network(tmp_path, database) as there:
        (ada,) = await people(here, "ada")
        posts = [await say(here, ada, f"raf {number}") for number in range(250)]
        both = (here.application.part(open_search), there.application.part(open_search))
        followed = await asyncio.gather(*(search.catch_up(pause=0.001) for search in both))
        assert sum(followed) == 251
        for table in ("search_post", "search_post_words"):
            count = await here.store.read(lambda connection, table=table: connection.value(f"SELECT count(*) FROM {table}"))
            assert count == len(posts)


async def test_a_search_answers_from_what_is_indexed_while_nobody_can_write(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "PATIENCE", 0.2)
    async with network(tmp_path, database) as raf:
        search = raf.application.part(open_search)
        (ada,) = await people(raf, "ada")
        old = await say(raf, ada, "an old raf")
        assert await search.posts(ada, parse("raf")) == [old]
        new = await say(raf, ada, "a new raf")
        other = raf.store.connect()
        other.begin()
        if other.dialect == "postgresql":
            other.execute("LOCK TABLE search_post IN EXCLUSIVE MODE")
        try:
            assert await asyncio.wait_for(search.posts(ada, parse("raf")), 5) == [old]
        finally:
            other.rollback()
            other.close()
        await until_indexed(raf)
        assert await search.posts(ada, parse("raf")) == [new, old]


async def test_the_limited_are_not_found_by_everybody_and_the_suspended_by_nobody(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        search = raf.application.part(open_search)
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        post = await say(raf, ada, "raf #coconut")
        await raf.favourite(boris, post)

        async def found() -> tuple[list[int], list[int], list[int], list[int]]:
            query = parse("raf")
            posts = [await search.posts(viewer, query) for viewer in (boris, vera)]
            return (*posts, await search.people("ada", vera), await search.directory("new", vera))  # type: ignore[return-value]

        assert await found() == ([post], [post], [ada], [vera, boris, ada])
        assert await raf.store.read(tags_beginning, "coco", 9, 0) == ["coconut"]
        await set_flags(raf, ada, "quiet = 1, silenced = 1")
        assert await found() == ([post], [], [ada], [vera, boris])
        assert (await search.trending_tags(), await search.trending_posts(None, 9)) == ([], [])
        assert await raf.store.read(tags_beginning, "coco", 9, 0) == []
        await set_flags(raf, ada, "quiet = 1, suspended = 1")
        assert await found() == ([], [], [], [vera, boris])
        await set_flags(raf, ada, "quiet = 0, suspended = 0, held = 1")
        assert (await found())[2:] == ([], [vera, boris])


async def set_flags(raf: Raf, account_id: int, flags: str) -> None:
    await raf.store.write(lambda connection: connection.execute(f"UPDATE account SET {flags} WHERE id = ?", (account_id,)))


async def test_no_query_whatever_makes_a_database_complain(tmp_path: Path, database: list[str]) -> None:
    chance = random.Random(5)
    async with network(tmp_path, database) as raf:
        search = raf.application.part(open_search)
        (ada,) = await people(raf, "ada")
        await say(raf, ada, " ".join(NASTY).replace("\0", ""))
        for _ in range(300):
            parts = (chance.choice(NASTY) if chance.random() < 0.4 else chance.choice(chance.choice(NASTY)) for _ in range(12))
            text = "".join(parts)
            await search.people(text, ada)
            try:
                query = parse(text)
            except BadQuery:
                continue
            await search.posts(ada, query)
