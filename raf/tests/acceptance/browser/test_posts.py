"""Polls, waiting posts, conversations, quotes and histories in a browser: by day, by night, on a phone; and live."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import expect
from raf.tests.acceptance.browser.test_looks import LOOKS, examine

from raf.forms import NewPoll, NewPost, PostChange
from raf.network import open_raf
from raf.polls.polls import open_polls
from raf.scheduling import rows
from raf.scheduling.scheduling import open_scheduling

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]

MILK = NewPoll(options=("Soy", "Coconut", "Oat, warm, with a pinch of salt"), expires_in=86_400)


@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS[:3])
async def test_pages_of_what_posts_hold_have_no_faults(open_place, look: str, size, theme: str, language: str) -> None:  # type: ignore[no-untyped-def]
    faults: list[str] = []
    async with open_place() as place:
        raf, people = place.application.part(open_raf), place.crowd.accounts
        me, june, nora = people["kokosova"], people["june"], people["nora"]
        asked = await raf.post(june, NewPost(text="Which milk for a raf? / Какое молоко в раф?", poll=MILK))
        voted = await raf.post(june, NewPost(text="And in the morning? / А утром?", poll=MILK))
        polls = place.application.part(open_polls)
        for who, choice in ((me, 1), (nora, 1), (people["timur"], 0)):
            await polls.vote(who, voted, [choice])
        mine = await raf.post(me, NewPost(text="Coconut first, then everything else."))
        await raf.edit_post(me, mine, PostChange(text="Coconut first, then soy, then everything else."))
        await raf.post(nora, NewPost(text="This is the way.", quoted_id=mine))
        await raf.post(nora, NewPost(text="@kokosova are you at the counter today?", visibility="direct"))
        scheduling = place.application.part(open_scheduling)
        await scheduling.schedule(me, NewPost(text="Good morning, island!", visibility="public"), time.time() + 40_000)
        late = await scheduling.schedule(me, NewPost(text="The tide, in one long take"), time.time() + 50_000)
        why = "Validation failed: File is damaged, or of a kind that cannot be played here"
        await raf.store.write(rows.fail, int(late.id), why)
        page = await place.member("kokosova", size=size, theme=theme, language=language)
        if language == "en":
            await page.goto("/settings/preferences")
            await page.click("main button[value=en]")
        for name, path in {
            "polls": "/local",
            "poll": f"/@june/{asked}",
            "quotes": f"/@kokosova/{mine}/quotes",
            "quote": f"/posts/{mine}/quote",
            "history": f"/@kokosova/{mine}/history",
            "scheduled": "/scheduled",
            "direct": "/direct",
            "redraft": f"/posts/{mine}/redraft",
        }.items():
            await page.goto(path)
            faults += await examine(page, f"{name}-{look}", theme)
        await page.goto("/direct")
        await page.click(".chat-who a")
        faults += await examine(page, f"conversation-{look}", theme)
        await page.goto("/compose")
        for extra in await page.locator("main .extra > summary").all():
            await extra.click()
        faults += await examine(page, f"compose-extras-{look}", theme)
    assert faults == []


async def test_a_vote_shows_at_once_here_and_in_another_open_thread(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        raf, people = place.application.part(open_raf), place.crowd.accounts
        asked = await raf.post(people["june"], NewPost(text="Which milk?", poll=MILK))
        author = await place.member("june", f"/@june/{asked}")
        voter = await place.member("nora", f"/@june/{asked}")
        await author.wait_for_selector("html[data-live]")
        await voter.locator(f"#p{asked} .poll-choice").nth(1).click()
        await voter.locator(f"#p{asked} [data-act=vote]").click()
        await expect(voter.locator(f"#p{asked} .poll-result").nth(1)).to_contain_text("100%")
        await expect(author.locator(f"#p{asked} .poll-foot")).to_contain_text("1 person voted")


async def test_a_post_for_later_is_at_the_writers_own_time(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("nora", "/compose")
        await page.fill("main [data-text]", "Later")
        await page.locator("main .extra > summary").nth(1).click()
        year = time.gmtime().tm_year + 1
        await page.fill("main [name=scheduled_at]", f"{year}-03-01T12:30")
        await page.click("main [type=submit]")
        await page.wait_for_url("**/scheduled")
        moment = page.locator(".waiting-when time")
        await expect(moment).to_have_attribute("datetime", re.compile(rf"{year}-03-01T09:30"))  # the browser is in Moscow
