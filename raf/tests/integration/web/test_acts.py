"""What one does with posts and people from menus, and what the bell counts, with forms alone."""

from __future__ import annotations

import re

import pytest

from ostrov import run_tasks
from raf.moderation import announcements
from raf.network import open_raf

pytestmark = pytest.mark.usefixtures("database")
BELL = re.compile(r"data-count>(\d+)<")


async def test_the_bell_counts_likes_of_one_post_once(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada = await site.member("ada")
        await ada.write("A cup")
        number = (await ada.get("/@ada")).post_of("ada")
        for name in ("boris", "vera", "gleb"):
            fan = await site.member(name)
            await (await fan.get("/local")).press(f"/posts/{number}/favourite")
        await run_tasks(site.application)
        assert BELL.findall((await ada.get("/home")).html)[0] == "1"


async def test_a_muted_thread_tells_nothing_more(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada, boris = await site.member("ada"), await site.member("boris")
        await ada.write("A long talk")
        number = (await ada.get("/@ada")).post_of("ada")
        page = await (await ada.get(f"/@ada/{number}")).press(f"/posts/{number}/mute_conversation")
        assert "You hear no more of this thread." in page.text
        await (await boris.get(f"/@ada/{number}")).submit("/compose", text="@ada and so on")
        await run_tasks(site.application)
        assert "and so on" not in (await ada.get("/notifications")).text
        again = await page.press(f"/posts/{number}/unmute_conversation")
        assert "You hear of this thread again." in again.text


async def test_one_votes_in_a_poll_that_is_quoted(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada, boris, vera = await site.member("ada"), await site.member("boris"), await site.member("vera")
        await ada.write("Which milk?", option=["Soy", "Coconut", "", ""])
        poll = (await ada.get("/@ada")).post_of("ada")
        await (await boris.get(f"/posts/{poll}/quote")).submit("/compose", text="Look")
        page = await vera.get("/@boris")
        act = next(form for form in page.found.forms if form.identity == "act")
        done = await vera.post(f"/polls/{poll}/votes", {**act.values, f"poll-{poll}": "0"})
        assert "1 person voted" in done.text
        stranger = await site.visitor().get("/@boris")
        assert "1 person voted" in stranger.text
        assert f"/polls/{poll}/votes" not in stranger.html


async def test_boosts_and_news_of_one_person_are_chosen(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        await site.member("ada")
        boris = await site.member("boris")
        page = await boris.get("/@ada")
        number = re.findall(r"/accounts/(\d+)/follow\b", page.html)[0]
        act = next(form for form in page.found.forms if form.identity == "act")
        assert (await boris.post(f"/accounts/{number}/notify", act.values)).status == 404, "of somebody one does not follow"
        page = await page.press(f"/accounts/{number}/follow")
        page = await page.press(f"/accounts/{number}/notify")
        assert "You will be told when they post." in page.text
        page = await page.press(f"/accounts/{number}/hide_boosts")
        assert f"/accounts/{number}/show_boosts" in page.html
        assert f"/accounts/{number}/unnotify" in page.html, "the one wish does not undo the other"


async def test_news_of_the_house_stand_above_home_until_read(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada = await site.member("ada")
        store = site.application.part(open_raf).store
        row = (77, "Tasting at six", "<p>Tasting at six</p>", None, None, 0, 1, 1.7e9, 1.7e9)
        await store.write(lambda connection: connection.execute(announcements.WRITE, row))
        page = await ada.get("/home")
        assert "Tasting at six" in page.text
        page = await page.submit("/announcements/77/react", name="☕")
        assert (page.path, 'aria-pressed="true">☕ 1' in page.html) == ("/home", True)
        page = await page.submit("/announcements/77/dismiss")
        assert (page.path, "Tasting at six" in page.text) == ("/home", False)
