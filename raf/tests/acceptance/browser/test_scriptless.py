"""In a browser with scripts switched off people read, post and react all the same."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]


@pytest.mark.parametrize(("language", "size"), [("ru", {"width": 390, "height": 844}), ("en", {"width": 1360, "height": 900})])
async def test_without_scripts_one_reads_posts_and_likes(open_place, language: str, size, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from raf.demo.drawings import scene

    async with open_place() as place:
        (tmp_path / "shore.jpg").write_bytes(scene("shore"))
        page = await place.newcomer("quiet_one", language=language, size=size, scripts=False)
        first = page.locator(".post").first
        await first.locator(".act.like").click()
        await expect(first.locator(".act.like")).to_have_attribute("aria-pressed", "true")
        await page.goto("/compose")
        await page.fill("[name=text]", "Без скриптов тоже вкусно")
        await page.fill("[name=spoiler_text]", "Тихий пост")
        await page.click(".attach-box > summary")
        await page.set_input_files("[name=media_0]", tmp_path / "shore.jpg")
        await page.fill("[name=alt_0]", "Закат")
        await page.click("main .composer [type=submit]")
        await page.wait_for_url("**/home")
        post = page.locator(".post").first
        await expect(post.locator("summary").first).to_contain_text("Тихий пост")
        await expect(post.locator(".post-text")).to_be_hidden()
        await post.locator("details.lid > summary").click()
        await expect(post.locator(".post-text")).to_have_text("Без скриптов тоже вкусно")
        await expect(post.locator(".media img")).to_have_attribute("alt", "Закат")
        await expect(page.locator(".needs-script").first).to_be_hidden()
        await post.locator(".post-when a").click()
        await expect(page.locator(".post.focus")).to_be_visible()
        await page.fill("main [name=text]", "И ответить можно")
        await page.click("main .composer [type=submit]")
        await expect(page.locator(".post-text", has_text="И ответить можно")).to_be_attached()


@pytest.mark.parametrize(("language", "size"), [("ru", {"width": 390, "height": 844}), ("en", {"width": 1280, "height": 900})])
async def test_without_scripts_one_asks_votes_puts_aside_and_changes(open_place, language: str, size) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.newcomer("quiet_one", language=language, size=size, scripts=False)
        await page.goto("/compose")
        await page.fill("[name=text]", "Половина мысли")
        await page.select_option("[name=visibility]", "unlisted")
        await page.click("main [name=keep]")
        await page.goto("/compose")
        await expect(page.locator("main [name=text]")).to_have_value("Половина мысли")
        await expect(page.locator("main [name=visibility]")).to_have_value("unlisted")
        await page.fill("[name=text]", "Целая мысль?")
        await page.select_option("[name=visibility]", "public")
        await page.select_option("[name=quote_policy]", "followers")
        await page.locator("main .extra > summary").first.click()
        await page.locator("[name=option]").nth(0).fill("Да")
        await page.locator("[name=option]").nth(1).fill("Нет")
        await page.click("main .composer [type=submit]")
        await page.wait_for_url("**/home")
        await expect(page.locator("main [name=text]")).to_have_value("")
        post = page.locator("[data-feed] > .post").first
        await expect(post.locator(".poll-result")).to_have_count(2)
        number = await post.get_attribute("data-post")
        voter = await place.newcomer("other_one", language=language, size=size, scripts=False)
        await voter.locator(f"#p{number} .poll-choice").first.click()
        await voter.click(f"#p{number} [formaction$='/votes']")
        await expect(voter.locator(f"#p{number} .poll-result").first).to_contain_text("100%")
        await page.goto(f"/posts/{number}/edit")
        await page.locator("[name=option]").nth(2).fill("Не знаю")
        await page.click("main .composer [type=submit]")
        await expect(page.locator(".post.focus .poll-result")).to_have_count(3)
        await page.locator(".post.focus .menu > summary").click()
        await page.click(f".post.focus [formaction='/posts/{number}/mute_conversation']")
        await expect(page.locator(".notice[role=status]")).to_be_visible()
        await page.goto(f"/posts/{number}/delete")
        await page.click("main form[action$='/delete'] button")
        await page.goto(f"/posts/{number}")
        await expect(page.locator(".oops .number")).to_have_text("404")
