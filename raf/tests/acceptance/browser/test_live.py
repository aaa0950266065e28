"""What scripts add in a real browser: posts that arrive, likes that stay on the page, drafts, keys."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import Page, expect

from raf.forms import NewPost
from raf.network import open_raf
from raf.notifications.notifications import open_notifications

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]


async def ready(page: Page) -> None:
    """The page's scripts run and its live connection stands."""
    await page.wait_for_selector("html[data-ready][data-live]")


async def test_a_newcomer_signs_up_posts_and_is_seen_at_once(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        reader = await place.newcomer("reader")
        writer = await place.newcomer("writer", language="ru")
        await ready(reader)
        await writer.goto("/home")
        await ready(writer)
        await writer.fill("main [data-text]", "Первый раф на острове")
        await writer.click("main .composer [type=submit]")
        await expect(writer.locator(".post-text")).to_have_text("Первый раф на острове")
        assert writer.url.endswith("/home")
        await expect(reader.locator(".post-text")).to_have_text("Первый раф на острове")
        assert reader.url.endswith("/local"), "without a reload"


async def test_a_post_shows_in_another_open_browser_within_a_tenth_of_a_second(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("nora")
        await ready(page)
        raf = place.application.part(open_raf)
        await page.evaluate(
            """() => new MutationObserver(() => (window.seenAt ??= Date.now()))
                .observe(document.querySelector("[data-feed]"), {childList: true})"""
        )
        took = []
        for number in range(5):
            await page.evaluate("() => (window.seenAt = undefined)")
            before = time.time()
            await raf.post(place.crowd.accounts["kokosova"], NewPost(text=f"Готово, чашка {number}"))
            await page.wait_for_function("() => window.seenAt")
            took.append(await page.evaluate("() => window.seenAt") / 1000 - before)
        assert sorted(took)[2] < 0.1, took


async def test_while_one_reads_further_down_new_posts_wait_behind_a_pill(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("kokosova", "/local", language="ru")
        await ready(page)
        await page.evaluate("() => scrollTo(0, 1500)")
        await page.wait_for_function("() => scrollY > 1000")
        before = await page.evaluate("() => document.querySelector('.post').id")
        raf = place.application.part(open_raf)
        for number in range(2):
            await raf.post(place.crowd.accounts["oatlas"], NewPost(text=f"Batch {number}"))
        await expect(page.locator(".pill")).to_have_text("2 новых поста")
        assert await page.evaluate("() => document.querySelector('.post').id") == before
        await page.click(".pill")
        await expect(page.locator(".post-text").first).to_have_text("Batch 1")
        await expect(page.locator(".pill")).to_have_count(0)


async def test_liking_boosting_and_keeping_stay_on_the_page(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("kokosova", "/local")
        await ready(page)
        post = page.locator(f"#p{place.crowd.posts['art']}")
        for act in ("like", "boost", "keep"):
            button = post.locator(f".act.{act}")
            was = await button.get_attribute("aria-pressed")
            await button.click()
            turned = "false" if was == "true" else "true"
            await expect(button).to_have_attribute("aria-pressed", turned)
            await expect(button).to_have_attribute("formaction", re.compile("/un" if turned == "true" else "/[^u]"))
        assert page.url.endswith("/local")
        await page.reload()
        await expect(post.locator(".act.keep")).to_have_attribute("aria-pressed", "true")


async def test_an_answer_is_written_over_the_page_and_lands_in_the_thread(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        question = place.crowd.posts["question"]
        watching = await place.member("timur", f"/@dasha_zerno/{question}")
        await ready(watching)
        page = await place.member("kokosova", "/local")
        await ready(page)
        await page.locator(f"#p{question} [data-act=reply]").click()
        text = page.locator("dialog [data-text]")
        await expect(text).to_have_value("@dasha_zerno ")
        await text.press_sequentially("и щепотка соли")
        await page.click("dialog [type=submit]")
        await expect(page.locator("dialog")).to_have_count(0)
        await expect(watching.locator(".post-text", has_text="и щепотка соли")).to_have_count(1)


async def test_a_notification_arrives_with_its_number(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("timur", "/about")
        await ready(page)
        raf = place.application.part(open_raf)
        timur = place.crowd.accounts["timur"]
        before = await place.application.part(open_notifications).unread(timur)
        await raf.post(place.crowd.accounts["june"], NewPost(text="@timur a mention is news of its own"))
        await expect(page.locator(".rail [data-count]")).to_have_text(str(before + 1))
        assert (await page.title()).startswith(f"({before + 1})")
        await page.goto("/notifications")
        await ready(page)
        await raf.favourite(place.crowd.accounts["june"], place.crowd.posts["soup"])
        await expect(page.locator(".told").first).to_contain_text("June Park")
        await expect(page.locator(".told.favourite").first).to_contain_text("June Park и ещё 3 человека отмечают ваш пост")


async def test_following_changes_the_button_and_nothing_else(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("soykin", "/@nora", language="ru")
        await ready(page)
        await page.click(".profile-top button[data-act=follow]")
        await expect(page.locator(".profile-top button[data-act=follow]")).to_have_text("Вы подписаны")
        await page.goto("/@june")
        await page.click(".profile-top button[data-act=follow]")
        await expect(page.locator(".profile-top button[data-act=follow]")).to_have_text("Запрос отправлен")


async def test_a_picture_is_described_posted_and_looked_at(open_place, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from raf.demo.drawings import scene

    async with open_place() as place:
        (tmp_path / "latte.jpg").write_bytes(scene("latte"))
        page = await place.member("kokosova")
        await ready(page)
        await page.set_input_files("[data-pick]", tmp_path / "latte.jpg")
        await page.fill(".picture textarea", "Розетта из молочной пены")
        await page.fill("main [data-text]", "Утро")
        await page.click("main .composer [type=submit]")
        picture = page.locator("[data-feed] .post").first.locator(".media img")
        await expect(picture).to_have_attribute("alt", "Розетта из молочной пены")
        await picture.click()
        await expect(page.locator("dialog.look")).to_contain_text("Розетта из молочной пены")
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog.look")).to_have_count(0)


async def test_a_draft_survives_leaving_the_page(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("kokosova")
        await ready(page)
        await page.fill("main [data-text]", "Недописанное")
        await page.goto("/local")
        await page.goto("/home")
        await expect(page.locator("main [data-text]")).to_have_value("Недописанное")


async def test_the_cup_fills_and_refuses_to_overflow(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("kokosova")
        await ready(page)
        text = page.locator("main [data-text]")
        await text.fill("а" * 490 + " https://example.com/a/very/long/address/that/counts/as/twenty/three")
        await expect(page.locator("[data-left-number]").first).to_have_text("-14")
        await expect(page.locator("main .composer [type=submit]")).to_be_disabled()
        await text.fill("👩‍🍳 а")
        await expect(page.locator("[data-left-number]").first).to_have_text("497")
        await expect(page.locator("main .composer [type=submit]")).to_be_enabled()


async def test_the_keyboard_walks_likes_and_answers(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("nora", "/local")
        await ready(page)
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        second = page.locator(".post").nth(1)
        await expect(second).to_be_focused()
        was = await second.locator(".act.like").get_attribute("aria-pressed")
        await page.keyboard.press("f")
        await expect(second.locator(".act.like")).to_have_attribute("aria-pressed", "false" if was == "true" else "true")
        await page.keyboard.press("?")
        await expect(page.locator("dialog.keyboard")).to_contain_text("next and previous post")
        await page.keyboard.press("Escape")
        await page.keyboard.press("n")
        await expect(page.locator("dialog [data-text]")).to_be_focused()


async def test_scrolling_brings_older_posts(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        raf = place.application.part(open_raf)
        for number in range(30):
            await raf.post(place.crowd.accounts["roastbot"], NewPost(text=f"Партия {number}"))
        page = await place.member("kokosova", "/local")
        await ready(page)
        assert await page.locator(".post").count() == 20
        await page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
        await expect(page.locator(".post")).to_have_count(40)


async def test_the_language_is_switched_in_sight(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.open("/")
        await expect(page.locator("h1")).to_have_text("A quiet island with very good coffee")
        await page.click("button[value=ru]")
        await expect(page.locator("h1")).to_have_text("Тихий остров с очень хорошим кофе")
        assert await page.evaluate("() => document.documentElement.lang") == "ru"
        await page.click("button[value=dark]")
        await page.wait_for_selector("html[data-theme=dark] body")
        assert await page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(21, 14, 10)"


async def test_what_came_while_the_connection_was_away_is_caught_up(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("nora")
        await ready(page)
        await page.context.set_offline(True)
        await page.evaluate("() => window.dispatchEvent(new Event('pagehide'))")
        raf = place.application.part(open_raf)
        await raf.post(place.crowd.accounts["kokosova"], NewPost(text="Пока тебя не было"))
        await page.context.set_offline(False)
        await page.evaluate("() => window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        await expect(page.locator(".post-text").first).to_have_text("Пока тебя не было")
