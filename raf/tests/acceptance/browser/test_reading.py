"""All that one reads and does with people, in one sitting at a browser: in both languages, at a desk and on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect
from raf.tests.acceptance.browser.test_looks import PHONE, examine_by_day_and_night

from raf.forms import NewPost
from raf.moderation import announcements
from raf.network import open_raf

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]

DESK = {"width": 1280, "height": 900}
WAYS = [pytest.param("en", DESK, id="desk-en"), pytest.param("ru", PHONE, id="phone-ru")]


async def ready(page: Page) -> None:
    await page.wait_for_selector("html[data-ready][data-live]")


async def menu(page: Page, action: str) -> None:
    """Press an entry of the profile's menu, and wait for what it says."""
    await page.click(".profile-top .menu > summary")
    await page.click(f".profile-top .menu-list [formaction$='/{action}']")
    await expect(page.locator(".notice[role=status]")).to_be_visible()


@pytest.mark.parametrize(("language", "size"), WAYS)
async def test_feeds_are_read_to_their_ends_and_searched(open_place, language: str, size: Any) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        raf, people = place.application.part(open_raf), place.crowd.accounts
        for number in range(25):
            await raf.post(people["dasha_zerno"], NewPost(text=f"Партия {number} #партия"))
        page = await place.member("kokosova", language=language, size=size)
        await raf.follow(people["kokosova"], people["dasha_zerno"])
        for path in ("/home", "/local", "/tags/партия", "/@dasha_zerno"):
            await page.goto(path)
            await page.wait_for_selector("html[data-ready]")
            older = page.locator("[data-older]")
            first = await older.get_attribute("href")
            await page.goto(str(first))
            oldest = [str(await post.get_attribute("id"))[1:] for post in await page.locator("[data-feed] > .post").all()]
            limit = int(re.findall(r"max_id=(\d+)", str(first))[0])
            assert oldest, path
            assert all(int(found) < limit for found in oldest), path
        await page.goto("/search")
        await page.fill("#search", 'from:dasha_zerno "Партия 7"')
        await page.keyboard.press("Enter")
        await expect(page.locator("main .post-text")).to_have_text(["Партия 7 #партия"])
        await page.click("main details.narrow > summary")
        await page.fill("#n-from", "nora")
        await page.fill("#search", "oat")
        await page.click("main .finder button")
        for handle in await page.locator("main .post .post-handle").all_text_contents():
            assert handle == "@nora"
        await page.goto("/explore/people")
        suggested = page.locator("main [formaction^='/suggestions/']")
        if before := await suggested.count():
            await suggested.first.click()
            await expect(suggested).to_have_count(before - 1)
        await page.goto("/explore/tags")
        await page.click(".talk-name >> nth=0")
        await page.click(".head [formaction$='/follow']")
        await expect(page.locator(".head [formaction$='/unfollow']")).to_be_visible()
        await page.goto("/followed-tags")
        await expect(page.locator(".listed > li")).to_have_count(1)


@pytest.mark.parametrize(("language", "size"), WAYS)
async def test_people_are_followed_silenced_and_reported(open_place, language: str, size: Any) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        raf, people = place.application.part(open_raf), place.crowd.accounts
        me, nora = people["soykin"], people["nora"]
        page = await place.member("soykin", "/@nora", language=language, size=size)
        await page.wait_for_selector("html[data-ready]")
        await page.click(".profile-top [data-act=follow]")
        await expect(page.locator(".profile-top [formaction$='/unfollow']")).to_be_visible()
        await page.reload()
        for action, kept in (
            ("hide_boosts", "showing_reblogs"),
            ("notify", "notifying"),
            ("mute", "muting"),
            ("block", "blocking"),
        ):
            before = (await raf.relationships(me, [nora]))[0]
            await menu(page, action)
            after = (await raf.relationships(me, [nora]))[0]
            assert getattr(before, kept) != getattr(after, kept), action
        await page.click(".profile-top [formaction$='/unblock'] >> nth=-1")
        await expect(page.locator(".profile-top [data-act=follow]")).to_be_visible()
        await page.click(".profile-top .menu > summary")
        await page.click(".profile-top .menu-list [href^='/report']")
        await expect(page.locator("main form[action='/report']")).to_be_visible()

        await page.goto("/settings/filters/new")
        await page.fill("[name=title]", "Чай")
        await page.fill("[name=word_1]", "чай")
        await page.select_option("[name=effect]", "hide")
        await page.click("main form button.button")
        await page.wait_for_url("**/settings/filters")
        await raf.post(people["june"], NewPost(text="Пейте чай"))
        await raf.post(people["june"], NewPost(text="Пейте раф"))
        await page.goto("/local")
        await expect(page.locator("main")).to_contain_text("Пейте раф")
        await expect(page.locator("main")).not_to_contain_text("Пейте чай")


@pytest.mark.parametrize(("language", "size"), WAYS)
async def test_news_of_the_house_stand_above_home_until_they_are_read(open_place, language: str, size: Any) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        raf = place.application.part(open_raf)

        def announce(connection: Any) -> None:
            for identity, words in ((77, "Сегодня в шесть дегустация"), (78, "Завтра выходной")):
                connection.execute(announcements.WRITE, (identity, words, f"<p>{words}</p>", None, None, 0, 1, 1.7e9, 1.7e9))

        await raf.store.write(announce)
        await raf.store.write(announcements.react, place.crowd.accounts["june"], 77, "☕")
        page = await place.member("kokosova", language=language, size=size)
        news = page.locator(".news")
        await expect(news).to_contain_text("дегустация")
        assert await examine_by_day_and_night(page, "news", size) == []
        await news.locator(".reaction[aria-pressed=false]").click()
        await expect(news.locator(".reaction[aria-pressed=true]")).to_contain_text("2")
        await news.locator(".reaction[value='🥥']").click()
        await expect(news.locator(".reaction[aria-pressed=true]")).to_have_count(2)
        await news.locator(".news-end button").click()
        await expect(news).to_contain_text("выходной")
        await news.locator(".news-end button").click()
        await expect(news).to_have_count(0)
        assert page.url.endswith("/home")


async def test_a_live_change_keeps_what_is_open_chosen_and_focused(open_place) -> None:  # type: ignore[no-untyped-def]
    from raf.forms import NewPoll, PostChange

    async with open_place() as place:
        raf, people = place.application.part(open_raf), place.crowd.accounts
        poll = NewPoll(options=("Soy", "Coconut"), expires_in=86_400)
        asked = await raf.post(people["june"], NewPost(text="Which?", spoiler_text="A poll", poll=poll))
        page = await place.member("nora", "/local")
        await ready(page)
        post = page.locator(f"#p{asked}")
        await post.locator(".lid > summary").click()
        await post.locator(".poll-choice input").nth(1).check()
        await post.locator("[data-act=vote]").focus()
        await raf.edit_post(people["june"], asked, PostChange(text="Which milk?"))
        await expect(post.locator(".post-text")).to_have_text("Which milk?")
        await expect(post.locator(".poll-choice input").nth(1)).to_be_checked()
        await expect(post.locator("[data-act=vote]")).to_be_focused()
        await expect(post.locator(".post-text")).to_be_visible()
        await expect(page.locator(".post").nth(0)).to_have_attribute("data-post", str(asked))
        await raf.delete_post(people["june"], asked)
        await expect(page.locator(f"#p{asked}")).to_have_count(0)
        await expect(page.locator(".post").nth(0)).to_be_focused()


@pytest.mark.parametrize(("language", "size"), WAYS)
async def test_pictures_are_looked_at_one_after_the_other(open_place, language: str, size: Any) -> None:  # type: ignore[no-untyped-def]
    from raf.demo.drawings import scene

    async with open_place() as place:
        raf, timur = place.application.part(open_raf), place.crowd.accounts["timur"]
        names = ("latte", "shore", "latte")
        media = [await raf.upload(timur, scene(name), name if place else None) for place, name in enumerate(names)]
        number = await raf.post(timur, NewPost(text="Three", media_ids=tuple(media)))
        page = await place.member("kokosova", f"/@timur/{number}", language=language, size=size)
        await page.wait_for_selector("html[data-ready]")
        link = page.locator(".post.focus [data-look]").first
        await link.focus()
        await page.keyboard.press("Enter")
        dialog = page.locator("dialog.look")
        await expect(dialog.locator("p.without")).to_contain_text("1 / 3")
        for key, said in (
            ("ArrowRight", "2 / 3 shore"),
            ("End", "3 / 3 latte"),
            ("ArrowRight", "1 / 3"),
            ("ArrowLeft", "3 / 3"),
        ):
            await page.keyboard.press(key)
            await expect(dialog.locator("p")).to_contain_text(said)
        await expect(dialog.locator("img")).to_have_attribute("alt", "latte")
        await dialog.locator(".look-step.next").click()
        await expect(dialog.locator("p")).to_contain_text("1 / 3")
        assert await examine_by_day_and_night(page, "look", size) == []
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(link).to_be_focused()
