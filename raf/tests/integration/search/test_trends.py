"""What is talked about, counted by people and by days."""

from __future__ import annotations

import time
from pathlib import Path

from raf.moderation import blocking
from raf.moderation.blocking import DomainForm
from raf.moderation.moderation import open_moderation
from raf.network import Raf
from raf.search.search import Search, open_search
from raf.search.trends import DAY, find_trends
from raf.snowflake import Snowflakes
from raf.testing import network, people, person, say


async def at(raf: Raf, age: float, account_id: int, text: str, **more: object) -> int:
    """A post of `age` seconds ago."""
    clock, ids = raf.journal.clock, raf.journal.ids
    raf.journal.clock, raf.journal.ids = (lambda: time.time() - age), Snowflakes(1)
    try:
        return await say(raf, account_id, text, **more)
    finally:
        raf.journal.clock, raf.journal.ids = clock, ids


async def test_tags_and_links_of_most_people_come_first_and_fade(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        search: Search = raf.application.part(open_search)
        one, two, three = await people(raf, "one", "two", "three")
        shy = await person(raf, "shy", discoverable=False)
        for second, who in enumerate((one, two, three)):
            await at(raf, 5 * DAY + second, who, "#old https://old.example/")
            await at(raf, 9 * DAY + second, who, "#ancient https://ancient.example/")
        for who in (one, two):
            await say(raf, who, "#new https://new.example/a?b=1")
        for _ in range(4):
            await say(raf, one, "#alone https://alone.example/")
            await say(raf, shy, "#shy https://shy.example/")
        for who in (one, two, three):
            await say(raf, who, "#secret https://secret.example/", visibility="unlisted")
        tags, links = await search.trending_tags(), await search.trending_links()
        assert [talk.name for talk in tags] == ["new", "alone", "old"]
        assert [talk.name for talk in links] == ["https://new.example/a?b=1", "https://alone.example/", "https://old.example/"]
        today = int(time.time()) // DAY * DAY
        assert tags[1].days[today] == links[1].days[today] == (4, 1)


async def test_links_to_blocked_servers_are_not_among_them(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        for who in await people(raf, "one", "two"):
            for host in ("bad.example", "www.bad.example:8080", "limited.example", "good.example"):
                await say(raf, who, f"https://{host}/")
        moderation = raf.application.part(open_moderation)
        await moderation.block(blocking.block_domain, 0, DomainForm(domain="bad.example", severity="suspend"))
        await moderation.block(blocking.block_domain, 0, DomainForm(domain="limited.example", severity="silence"))
        links = await raf.application.part(open_search).trending_links()
        assert {talk.name for talk in links} == {"https://limited.example/", "https://good.example/"}


async def test_posts_that_many_like_come_first_few_of_each_author(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        search: Search = raf.application.part(open_search)
        one, two, three = await people(raf, "one", "two", "three")
        old = await at(raf, 4 * DAY, one, "old")
        new, boosted = await say(raf, one, "new"), await say(raf, two, "boosted")
        crowd = [await say(raf, three, f"many {number}") for number in range(5)]
        hidden = [
            await say(raf, one, "raf", visibility="unlisted"),
            await say(raf, one, "raf", spoiler_text="careful"),
            await say(raf, one, "raf", in_reply_to_id=new),
        ]
        for post in (old, new, *crowd, *hidden):
            await raf.favourite(two, post)
        await raf.favourite(three, old)
        await raf.reblog(one, boosted)
        found = await search.trending_posts(None, 10)
        assert found == [boosted, *crowd[:1:-1], new, old]
        await raf.mute(two, three)
        await raf.block(one, two)
        assert await search.trending_posts(two, 10) == [boosted]
        assert await search.trending_posts(None, 2, 1) == crowd[:2:-1]


async def test_they_are_counted_at_most_twice_a_minute(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        search: Search = raf.application.part(open_search)
        (one,) = await people(raf, "one")
        await say(raf, one, "#first")
        assert [talk.name for talk in await search.trending_tags()] == ["first"]
        await say(raf, one, "#second")
        assert [talk.name for talk in await search.trending_tags()] == ["first"]
        counted = await search.read(find_trends, time.time())
        assert [talk.name for talk in counted.tags] == ["first", "second"]
