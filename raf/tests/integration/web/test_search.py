"""Searching and exploring without scripts."""

from __future__ import annotations

import re
from typing import Any

from raf.network import open_raf
from raf.testing import say


async def test_posts_people_and_tags_are_found_and_told_apart(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        boris = await site.member("boris")
        await anna.write("Варили кокосовый раф #кофейня")
        await anna.write("Только для своих: кокосовая тайна", visibility="direct")
        page = await boris.get("/search?q=кокосового")
        assert "Варили" in page.text
        assert "тайна" not in page.text
        everything = await boris.get("/search?q=кофейня")
        assert "/tags/%D0%BA%D0%BE%D1%84%D0%B5%D0%B9%D0%BD%D1%8F" in everything.found.links
        assert "Варили" in everything.text
        assert "@anna" in (await boris.get("/search?q=ann&type=people")).text
        assert "Nothing found" in (await boris.get("/search?q=кокосового&type=people")).text
        assert "тайна" in (await anna.get("/search?q=тайна")).text
        stranger = await site.visitor().get("/search?q=кокосового")
        assert "Варили" not in stranger.text
        assert "Log in to search" in stranger.text


async def test_what_narrows_a_search_becomes_operators_in_the_field(open_site: Any) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        await site.member("boris")
        await anna.write("raf of mine")
        page = await anna.get("/search?q=raf&from=@anna&has=&after=2020-01-31")
        assert 'value="raf from:@anna after:2020-01-31"' in page.html
        assert "raf of mine" in page.text
        assert "A date is written" in (await anna.get("/search?q=raf+before:yesterday")).text


async def test_a_search_goes_on_on_its_next_page(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        raf = site.application.part(open_raf)
        account_id = int((await raf.account_by_name("anna")).id)

        for number in range(25):
            await say(raf, account_id, f"coconut {number}.")
        first = await anna.get("/search?q=coconut&type=posts")
        older = next(link for link in first.found.links if "max_id=" in link)
        second = await anna.get(older)
        assert "coconut 24." in first.text
        assert "coconut 4." in second.text
        assert "coconut 24." not in second.text
        assert not any("max_id=" in link for link in second.found.links)


async def test_what_is_talked_about_has_its_tabs(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        boris = await site.member("boris")
        await anna.write("#coconut https://raf.example/menu")
        page = await boris.get("/@anna")
        post_id = re.search(r'data-post="(\d+)"', page.html)[1]  # type: ignore[index]
        await page.press(f"/posts/{post_id}/favourite")
        assert "/menu" in (await boris.get("/explore")).text
        assert "#coconut" in (await boris.get("/explore/tags")).text
        links = await boris.get("/explore/links")
        assert "raf.example/menu" in links.text
        assert 'rel="nofollow noopener"' in links.html
        with_it = next(link for link in links.found.links if link.startswith("/explore/links/posts?"))
        assert "coconut" in (await site.visitor().get(with_it)).text
        assert (await boris.get("/explore/links/posts?url=https://elsewhere.example/")).status == 404
        assert "Search and explore" in (await site.visitor().get("/search")).text
        assert (await boris.get("/explore/nothing")).status == 404


async def test_a_suggestion_is_dismissed_for_good(open_site: Any, database: list[str]) -> None:
    async with open_site() as site:
        anna = await site.member("anna")
        await site.member("boris")
        page = await anna.get("/explore/people")
        assert "Perhaps you know" in page.text
        action = re.search(r"/suggestions/\d+/dismiss", page.html)[0]  # type: ignore[index]
        await page.press(action)
        again = await anna.get("/explore/people?order=new")
        assert "Perhaps you know" not in again.text
        assert "@boris" in again.text
