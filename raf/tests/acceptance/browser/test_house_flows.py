"""The house and its moderators in a browser: both languages, desktop and phone, without scripts too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from raf.moderation.moderation import open_moderation
from raf.network import open_raf

from .walks import Look, each_look, fill_in, later, log_in, make_owner, picture, send, settle, sign_up, told, visit

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]


async def desk(place, look: Look, path: str = "/moderation") -> Page:  # type: ignore[no-untyped-def]
    """The owner's browser at the desk, in the language of the look."""
    page: Page = await place.member("host", path, **look.options)
    code = await page.locator("html").get_attribute("lang")
    if code != look.language:
        await page.goto("/settings/preferences")
        await page.click(f"main button[value={look.language}]")
        await page.goto(path)
    return page


@each_look
async def test_from_a_report_to_a_granted_appeal(open_place, look: Look) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        await settle(place, "host")
        await make_owner(place, "host")
        name = f"max_{look.name}"
        author = await sign_up(place, look, name)
        await author.goto("/compose")
        await author.fill("main [name=text]", "Лучший раф — без кофе")
        await author.locator("main .composer [type=submit]").last.click()
        await author.wait_for_url("**/home")
        reader = await sign_up(place, look, f"mia_{look.name}")
        account = await place.application.part(open_raf).account_by_name(name)
        await visit(reader, f"/report?account={account.id}")
        await reader.check("[name=category][value=spam]")
        await reader.check("[name=status_ids]")
        await reader.fill("#f-comment", "Это неправда")
        await send(reader, "/report")
        await told(reader, look.say("Thank you. A moderator will look at it."))
        moderator = await desk(place, look, "/moderation/reports")
        await moderator.click(f"main a:has-text('@{name}')")
        await moderator.wait_for_url(re.compile(r"/moderation/reports/\d+$"))
        here = re.sub(r"^https?://[^/]+", "", moderator.url)
        await expect(moderator.locator("main")).to_contain_text("Это неправда")
        await send(moderator, f"{here}/assign")
        await moderator.fill("#f-note", "Знаю автора")
        await send(moderator, f"{here}/note")
        await expect(moderator.locator("main")).to_contain_text("Знаю автора")
        await moderator.check("[name=verdict][value=silence]")
        await moderator.fill("#f-why", "Кофе в рафе есть")
        await send(moderator, f"{here}/judge")
        await told(moderator, look.say("Done. It stands in the log."))
        await later(place)
        await visit(author, "/standing")
        await expect(author.locator("main")).to_contain_text("Кофе в рафе есть")
        await author.click("main details > summary")
        await author.fill("main details textarea", "Это была шутка")
        async with author.expect_navigation():
            await author.click("main details button")
        await told(author, look.say("Your appeal is sent. A moderator will read it."))
        await visit(moderator, "/moderation/appeals")
        await expect(moderator.locator("main")).to_contain_text("Это была шутка")
        async with moderator.expect_navigation():
            await moderator.click("main button[formaction$='/approve']")
        await visit(author, "/standing")
        await expect(author.locator("main .badge")).to_have_text(look.say("overruled"))
        await expect(author.locator("main")).to_contain_text(look.say("Your appeal was granted."))
        await visit(moderator, "/moderation/audit")
        await expect(moderator.locator("main .listed > li").first).to_contain_text(name)
        for page in (author, reader, moderator):
            await page.context.close()


@each_look
async def test_suspending_lifting_and_roles(open_place, look: Look) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        await settle(place, "host")
        await make_owner(place, "host")
        name = f"ned_{look.name}"
        person = await sign_up(place, look, name)
        moderator = await desk(place, look, f"/moderation/people?q={name}")
        await moderator.click(f"main a:has-text('@{name}')")
        await moderator.wait_for_url(re.compile(r"/moderation/people/\d+$"))
        here = re.sub(r"^https?://[^/]+", "", moderator.url)
        await moderator.check("[name=verdict][value=suspend]")
        await moderator.fill("#f-why", "Хватит")
        await send(moderator, f"{here}/judge")
        answer = await person.goto("/home")
        assert answer is not None
        await expect(person).to_have_url(re.compile("/standing$"))
        await expect(person.locator("main")).to_contain_text("Хватит")
        await send(moderator, f"{here}/unsuspend")
        await person.goto("/home")
        await expect(person).to_have_url(re.compile("/home$"))
        await moderator.select_option("#f-role", "moderator")
        await send(moderator, f"{here}/role")
        await visit(person, "/moderation")
        await expect(person.locator(".signpost a[href='/moderation/house']")).to_have_count(0)
        await moderator.select_option("#f-role", "")
        await send(moderator, f"{here}/role")
        answer = await person.goto("/moderation")
        assert answer is not None
        assert answer.status == 403
        for page in (person, moderator):
            await page.context.close()


@each_look
async def test_blocks_keep_out_and_let_in_again(open_place, look: Look) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        await settle(place, "host")
        await make_owner(place, "host")
        moderator = await desk(place, look, "/moderation/blocks")
        await moderator.fill("#f-ip", "not an address")
        await moderator.fill("#f-ip-comment", "typed already")
        await send(moderator, "/moderation/blocks/ip_block")
        await expect(moderator.locator("#wrong-target")).to_be_visible()
        await expect(moderator.locator("#f-ip-comment")).to_have_value("typed already")
        spam = f"{look.name.replace('_', '-')}.spam.example"
        for table, field, target in (
            ("ip_block", "ip", "192.0.2.0/24"),
            ("email_domain_block", "email-domain", spam),
            ("canonical_email_block", "email", f"bad@{look.name}.example".replace("_", "-")),
            ("domain_block", "domain", spam),
            ("domain_allow", "allow", "good.example"),
        ):
            await visit(moderator, "/moderation/blocks")
            await moderator.fill(f"#f-{field}", target)
            await send(moderator, f"/moderation/blocks/{table}")
            await told(moderator, look.say("Blocked. It holds from now on."))
        guest = await place.open("/sign-up", **look.options)
        await fill_in(guest, f"oli_{look.name}", email=f"oli@mail.{spam}")
        await expect(guest.locator("#wrong-email")).to_be_visible()
        removals = moderator.locator("main form[action$='/delete'] button")
        for _ in range(5):
            async with moderator.expect_navigation():
                await removals.first.click()
        await expect(removals).to_have_count(0)
        await fill_in(guest, f"oli_{look.name}", email=f"oli@mail.{spam}")
        await guest.wait_for_url("**/local")
        for page in (guest, moderator):
            await page.context.close()


@each_look
async def test_rules_texts_news_and_pictures_of_the_house(open_place, look: Look, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        await settle(place, "host")
        await make_owner(place, "host")
        stranger = await place.open("/about", **look.options)
        await expect(stranger.locator("#rules + ol > li").first).to_be_visible()
        moderator = await desk(place, look, "/moderation/house")
        rule = f"Не шуметь {look.name}"
        await moderator.fill("#f-rule", rule)
        await moderator.fill("#f-hint", "Особенно кофемолкой")
        await send(moderator, "/moderation/rules")
        await moderator.fill("#f-terms", f"# Условия\n\nПейте медленно, {look.name}")
        await send(moderator, "/moderation/texts/terms")
        await visit(stranger, "/about")
        await expect(stranger.locator("#rules + ol")).to_contain_text(rule)
        await stranger.click("main a[href='/terms']")
        await expect(stranger.locator("article")).to_contain_text(f"Пейте медленно, {look.name}")
        await visit(moderator, "/moderation/announcements")
        await moderator.fill("#f-text", f"Новые зёрна {look.name}")
        await send(moderator, "/moderation/announcements")
        await told(moderator, look.say("Announced. Everybody reads it under the news."))
        reader = await sign_up(place, look, f"pia_{look.name}")
        await visit(reader, "/announcements")
        notice = reader.locator("main article", has_text=f"Новые зёрна {look.name}")
        async with reader.expect_navigation():
            await notice.locator("button[value='☕']").first.click()
        await expect(notice.locator("button[aria-pressed=true]")).to_have_count(1)
        async with reader.expect_navigation():
            await notice.locator("form[action$='/dismiss'] button").click()
        await expect(notice.locator("form[action$='/dismiss']")).to_have_count(0)
        await visit(moderator, "/moderation/emojis")
        await moderator.fill("#f-shortcode", f"cup_{look.name}")
        await moderator.set_input_files("[name=picture]", picture(tmp_path))
        await send(moderator, "/moderation/emojis")
        await told(moderator, look.say("The picture is here. Its name between colons calls it."))
        await reader.goto("/compose")
        await reader.fill("main [name=text]", f"Мой раф :cup_{look.name}:")
        await reader.locator("main .composer [type=submit]").last.click()
        await reader.wait_for_url("**/home")
        await expect(reader.locator(f".post img.emoji[alt=':cup_{look.name}:']").first).to_be_visible()
        for page in (stranger, moderator, reader):
            await page.context.close()


@each_look
async def test_the_frozen_can_read_why_and_log_out(open_place, look: Look) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        await settle(place, "host")
        owner = await make_owner(place, "host")
        name = f"ras_{look.name}"
        person = await sign_up(place, look, name)
        await person.wait_for_url("**/local")
        account = await place.application.part(open_raf).account_by_name(name)
        await place.application.part(open_moderation).judge(owner, int(account.id), "disable", "Отдохните")
        await person.goto("/compose")
        await expect(person).to_have_url(re.compile("/standing$"))
        await expect(person.locator("main")).to_contain_text("Отдохните")
        await send(person, "/log-out")
        await log_in(person, name)
        await person.wait_for_url("**/standing")
        await person.context.close()
