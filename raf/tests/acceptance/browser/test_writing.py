"""All that one can write, in one sitting at a browser: in both languages, at a desk and on a phone."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect
from raf.tests.acceptance.browser.test_looks import PHONE, examine_by_day_and_night

from raf.demo.drawings import scene
from raf.network import open_raf

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]

DESK = {"width": 1280, "height": 900}
WAYS = [pytest.param("en", DESK, id="desk-en"), pytest.param("ru", PHONE, id="phone-ru")]
COMPOSER = "main form.composer"


async def ready(page: Page) -> None:
    await page.wait_for_selector("html[data-ready][data-live]")


async def send(page: Page, text: str) -> Locator:
    """Write into the composer of the page and send it; the post as it then stands first in the feed."""
    await page.fill(f"{COMPOSER} [data-text]", text)
    await page.click(f"{COMPOSER} [type=submit]")
    post = page.locator("[data-feed] > .post").filter(has_text=text).first
    await expect(post).to_be_attached()
    return post


async def choose(post: Locator, action: str) -> None:
    """Press an entry of the post's menu."""
    await post.locator(".menu > summary").click()
    await post.locator(f".menu-list [formaction$='{action}'], .menu-list [href$='{action}']").click()


@pytest.mark.parametrize(("language", "size"), WAYS)
async def test_posts_of_every_kind_are_written_and_changed(open_place, tmp_path: Path, language: str, size: Any) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("kokosova", language=language, size=size)
        await page.goto("/settings/preferences")
        await page.click(f"main button[value={language}]")
        await page.goto("/home")
        await ready(page)
        for visibility, icon in (("unlisted", "moonlit"), ("private", "lock"), ("direct", "mail"), ("public", None)):
            await page.select_option(f"{COMPOSER} [name=visibility]", visibility)
            quotes = page.locator(f"{COMPOSER} [name=quote_policy]")
            await expect(quotes).to_be_visible(visible=visibility in ("public", "unlisted"))
            post = await send(page, f"Seen as {visibility}")
            marks = post.locator(".post-when svg use")
            await expect(marks).to_have_count(1 if icon else 0)
            if icon:
                await expect(marks).to_have_attribute("href", f"#i-{icon}")
        await page.click(f"{COMPOSER} [data-lid-switch]")
        await page.fill(f"{COMPOSER} [name=spoiler_text]", "Финал сериала")
        await page.select_option(f"{COMPOSER} [name=language]", "de")
        covered = await send(page, "Alle trinken Tee.")
        await expect(covered.locator(".post-text")).to_be_hidden()
        await covered.locator(".lid > summary").click()
        await expect(covered.locator(".post-text")).to_be_visible()
        await expect(covered.locator(".post-text")).to_have_attribute("lang", "de")
        (tmp_path / "cup.jpg").write_bytes(scene("latte"))
        await page.set_input_files("[data-pick]", tmp_path / "cup.jpg")
        await page.fill(".picture textarea", "A cup")
        await page.select_option(".picture select", "top")
        await page.check(f"{COMPOSER} [name=sensitive]")
        pictured = await send(page, "With a picture")
        await expect(pictured.locator(".media img")).to_be_hidden()
        await pictured.locator(".lid > summary").click()
        await expect(pictured.locator(".media-item")).to_have_class(re.compile("see-top"))
        await expect(pictured.locator(".media img")).to_have_attribute("alt", "A cup")

        await page.reload()
        await ready(page)
        pictured = page.locator("[data-feed] > .post").first
        await choose(pictured, "/edit")
        await page.fill("main [data-text]", "With another word")
        await page.fill("[name^=description_of_]", "A white cup")
        await page.click(f"{COMPOSER} [type=submit]")
        await expect(page.locator(".post.focus .media img")).to_have_attribute("alt", "A white cup")
        await page.click(".post-facts a[href$=history]")
        await expect(page.locator("main .post-text")).to_have_text(["With another word", "With a picture"])
        await page.go_back()
        for action, undone in (("/pin", "/unpin"), ("/mute_conversation", "/unmute_conversation")):
            focus = page.locator(".post.focus")
            await choose(focus, action)
            await expect(page.locator(".notice[role=status]")).to_be_visible()
            await expect(focus.locator(f".menu-list [formaction$='{undone}']")).to_be_attached()
        address = page.url.partition("#")[0]
        answer = await send(page, "And an answer")
        await choose(answer, "/redraft")
        await page.fill("main [data-text]", "And another answer")
        await page.click(f"{COMPOSER} [type=submit]")
        await page.wait_for_url(re.compile(r"/home$"))  # what is sent leads there; going elsewhere before is overtaken by it
        await page.goto(address)
        await expect(page.locator("main .post-text").last).to_have_text("And another answer")
        await choose(page.locator(".post").last, "/delete")
        await page.click("main form[action$='/delete'] button")
        await page.goto(address)
        await expect(page.locator("main .post-text")).to_have_text(["With another word"])

        await page.goto("/compose")
        await page.locator("main .extra > summary").last.click()
        await page.fill("main [name=scheduled_at]", f"{time.gmtime().tm_year + 1}-03-01T12:30")
        await page.fill("main [data-text]", "For later")
        await page.click(f"{COMPOSER} [type=submit]")
        await page.wait_for_url("**/scheduled")
        await page.fill(".waiting [name=scheduled_at]", f"{time.gmtime().tm_year + 1}-04-02T08:15")
        await page.locator(".waiting form").first.locator("button").click()
        await expect(page.locator(".waiting time")).to_have_attribute("datetime", re.compile("-04-02T05:15"))
        await page.locator(".waiting form").last.locator("button").click()
        await expect(page.locator(".waiting")).to_have_count(0)


@pytest.mark.parametrize(("language", "size"), WAYS)
async def test_polls_and_quotes_are_made_answered_and_changed(open_place, language: str, size: Any) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        raf, people = place.application.part(open_raf), place.crowd.accounts
        page = await place.member("june", language=language, size=size)
        await ready(page)
        await page.locator("main .extra > summary").first.click()
        for number, option in enumerate(("Soy", "Coconut", "Овсяное, подогретое, со щепоткой соли")):
            await page.locator("main [name=option]").nth(number).fill(option)
        await page.check("main [name=poll_multiple]")
        asked = await send(page, "Which milk?")
        number = str(await asked.get_attribute("data-post"))
        await expect(asked.locator(".poll-result")).to_have_count(3)
        quoting = await raf.post(people["nora"], await quote_of(number))
        await raf.reblog(people["nora"], int(number))
        await raf.follow(people["soykin"], people["nora"])

        voter = await place.member("soykin", f"/@nora/{quoting}", language=language, size=size)
        await ready(voter)
        await voter.locator(".quoted .poll-choice").nth(1).click()
        await voter.click(".quoted [data-act=vote]")
        await expect(voter.locator(".quoted .poll-result").nth(1)).to_contain_text("100%")
        await expect(voter.locator(".quoted .poll")).to_be_focused()
        await voter.goto("/@nora")
        await expect(voter.locator(f".post[data-post='{number}'] .poll-result").nth(1)).to_contain_text("100%")

        await page.goto(f"/posts/{number}/edit")
        await expect(page.locator("main [name=poll_for]")).to_have_value("keep")
        assert await examine_by_day_and_night(page, "edit-poll", size) == []
        await page.locator("main [name=option]").nth(2).fill("")
        await page.select_option("main [name=poll_for]", "604800")
        await page.click(f"{COMPOSER} [type=submit]")
        await expect(page.locator(".post.focus .poll-result")).to_have_count(2)
        await expect(page.locator(".post.focus .poll-result").nth(1)).to_contain_text("0%")

        await page.goto("/home")
        await ready(page)
        await page.select_option(f"{COMPOSER} [name=quote_policy]", "nobody")
        closed = await send(page, "Keep this to yourselves")
        await voter.goto(f"/posts/{await closed.get_attribute('data-post')}/quote")
        await voter.fill("main [data-text]", "But I must")
        await voter.click(f"{COMPOSER} [type=submit]")
        await expect(voter.locator(".toast.bad")).to_be_visible()
        await expect(voter.locator("main [data-text]")).to_have_value("But I must")


async def quote_of(number: str) -> Any:
    from raf.forms import NewPost

    return NewPost(text="Look, a poll", quoted_id=int(number))


@pytest.mark.parametrize(("language", "size"), WAYS)
async def test_an_emoji_is_found_and_written_by_keys_alone(open_place, language: str, size: Any) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("nora", "/settings/preferences", language=language, size=size)
        await page.click(f"main button[value={language}]")
        await page.goto("/home")
        await ready(page)
        text = page.locator(f"{COMPOSER} [data-text]")
        await text.fill("До кофе и после")
        await text.evaluate("(field) => field.setSelectionRange(7, 7)")
        opener = page.locator(f"{COMPOSER} [data-emoji]")
        await opener.focus()
        await page.keyboard.press("Space")
        await expect(page.locator(".emoji-box input")).to_be_focused()
        assert await examine_by_day_and_night(page, "emoji", size) == []
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("button.emoji-one").nth(1)).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(opener).to_be_focused()
        await page.keyboard.press("Space")
        await page.keyboard.type("кокос" if language == "ru" else "coconut")
        await page.keyboard.press("Enter")
        await expect(text).to_have_value("До кофе🥥 и после")
        await expect(text).to_be_focused()
        await expect(page.locator(".emoji-box")).to_have_count(0)
        await page.keyboard.type("!")
        await expect(text).to_have_value("До кофе🥥! и после")
