"""Scheduled posts, conversations, quotes, histories and redrafts on pages, with forms alone."""

from __future__ import annotations

import re
import time

import pytest

from ostrov import run_tasks
from raf.web.testing import Visitor

pytestmark = pytest.mark.usefixtures("database")


def later(hours: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + hours * 3600))


async def test_a_post_waits_is_moved_and_comes_out(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada = await site.member("ada")
        page = await ada.write("In an hour", scheduled_at=later(2))
        assert page.path == "/scheduled"
        assert "It waits for its time." in page.text
        assert "In an hour" in page.text
        action = next(form.action for form in page.found.forms if re.fullmatch(r"/scheduled/\d+", form.action))
        wrong = await page.submit(action, scheduled_at=later(-1))
        assert wrong.status == 422
        moved = await page.submit(action, scheduled_at=later(2), zone="-60")  # of somebody whose clock is an hour ahead
        assert moved.path == "/scheduled"
        other = await site.member("boris")
        assert (await other.post(action, moved.form(action).values)).status == 403
        gone = await ada.write("Never", scheduled_at=later(3))
        cancel = [form.action for form in gone.found.forms if form.action.endswith("/delete")][-1]
        assert "Never" not in (await gone.submit(cancel)).text
        await run_tasks(site.application, ahead=600)
        assert "In an hour" not in (await ada.get("/@ada")).text
        await run_tasks(site.application, ahead=4 * 3600)
        assert "In an hour" in (await ada.get("/@ada")).text


async def test_direct_posts_are_read_answered_and_put_away(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada, boris = await site.member("ada"), await site.member("boris")
        await ada.write("@boris a word?", visibility="direct")
        talks = await boris.get("/direct")
        assert "a word?" in talks.text
        assert "New" in talks.text
        path = next(link for link in talks.found.links if re.fullmatch(r"/direct/\d+", link))
        talk = await boris.get(path)
        assert talk.form("/compose").values["visibility"] == ["direct"]
        answered = await talk.submit("/compose", text="@ada yes?")
        assert answered.path.startswith(path)
        assert "yes?" in answered.text
        vera = await site.member("vera")
        assert (await vera.get(path)).status == 404
        assert "a word?" not in (await vera.get("/direct")).text
        away = await talk.submit(f"{path}/delete")
        assert away.path == "/direct"
        assert "yes?" not in away.text


async def test_a_post_is_quoted_and_taken_out_again(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada, boris = await site.member("ada"), await site.member("boris")
        await ada.write("A thought")
        number = (await boris.get("/local")).post_of("ada")
        page = await boris.get(f"/posts/{number}/quote")
        await page.submit("/compose", text="And another")
        feed = await site.visitor().get("/local")
        assert "And another" in feed.text
        assert feed.html.count('class="quoted"') == 1
        quotes = await ada.get(f"/@ada/{number}/quotes")
        revoke = next(form.action for form in quotes.found.forms if form.action.endswith("/revoke"))
        assert "/revoke" not in (await boris.get(f"/@ada/{number}/quotes")).html
        done = await quotes.submit(revoke)
        assert "Your post is not in it any more." in done.text
        assert "Its author does not want to be quoted here" in (await boris.get("/local")).text
        await done.submit(f"/posts/{number}/quote_policy", policy="nobody")
        refused = await (await boris.get(f"/posts/{number}/quote")).submit("/compose", text="Again")
        assert refused.status == 404
        assert refused.form("/compose").values["text"] == ["Again"]


async def test_what_a_post_said_before_can_be_read(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada = await site.member("ada")
        number = (await ada.write("First words")).post_of("ada")
        await (await ada.get(f"/posts/{number}/edit")).submit(f"/posts/{number}/edit", text="Second words")
        page = await site.visitor().get(f"/@ada/{number}/history")
        assert page.text.index("Second words") < page.text.index("First words")
        assert f"/@ada/{number}/history" in (await ada.get(f"/@ada/{number}")).found.links


async def test_a_post_is_written_anew_with_its_pictures_or_stays(open_site, picture: bytes) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        ada = await site.member("ada")
        files = {"media_0": ("cup.jpg", picture, "image/jpeg")}
        page = await (await ada.get("/home")).submit("/compose", files=files, text="A cpu of raf", alt_0="a cup")
        number = page.post_of("ada")
        anew = await ada.get(f"/posts/{number}/redraft")
        assert anew.form("/compose").values["text"] == ["A cpu of raf"]
        refused = await anew.submit("/compose", text="x" * 501)
        assert refused.status == 422
        assert "A cpu of raf" in (await ada.get("/@ada")).text, "what is refused takes nothing away"
        media = anew.form("/compose").values["keep_media"][0]
        done = await refused.submit("/compose", text="A cup of raf", **{f"description_of_{media}": "a white cup"})
        assert done.path == "/home"
        assert "A cup of raf" in done.text
        assert "A cpu of raf" not in done.text
        assert 'alt="a white cup"' in done.html
        assert await reposted(ada, number) == 404


async def reposted(who: Visitor, number: str) -> int:
    return (await who.get(f"/@ada/{number}")).status
