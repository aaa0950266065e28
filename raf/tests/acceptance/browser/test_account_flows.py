"""One's account from the first day to the last, in a browser: both languages, desktop and phone, without scripts too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from raf.demo.crowd import PASSWORD

from .walks import (
    LOOKS,
    Look,
    each_look,
    fill_in,
    log_in,
    picture,
    send,
    sign_up,
    ticked,
    told,
    until,
    visit,
)

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]


async def test_joining_leaving_and_changing_the_password(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        for look in LOOKS:
            name = f"ann_{look.name}"
            page = await sign_up(place, look, name)
            await page.wait_for_url("**/local")
            other = await place.open("/sign-up", **look.options)
            await fill_in(other, name)
            await expect(other.locator("#wrong-username")).to_contain_text(look.say("This name is taken"))
            await expect(other.locator("[name=username]")).to_have_value(name)
            await log_in(other, name, "not the password")
            await expect(other.locator(".notice.bad")).to_contain_text(
                look.say("The name and the password do not belong together.")
            )
            await log_in(other, name)
            await other.wait_for_url("**/home")
            await visit(page, "/settings/security")
            await page.fill("#f-current", PASSWORD)
            await page.fill("#f-password", "another coconut 7")
            await send(page, "/settings/security")
            await told(page, look.say("The password is changed. Other browsers and apps are logged out."))
            await other.goto("/home")
            await expect(other).to_have_url(re.compile("/log-in"))
            await page.goto("/settings")
            await send(page, "/log-out")
            await log_in(page, name, "another coconut 7")
            await page.wait_for_url("**/home")
            await page.context.close()
            await other.context.close()


async def test_language_privacy_and_how_posts_begin(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        for look in LOOKS:
            page = await sign_up(place, look, f"bea_{look.name}")
            await visit(page, "/settings/privacy")
            for switch in ("locked", "hide_collections"):
                await ticked(page, switch).check()
            for switch in ("discoverable", "indexable"):
                await ticked(page, switch).set_checked(False)
            await send(page, "/settings/privacy")
            await told(page, look.say("Saved. It holds from now on."))
            for switch, on in (("locked", True), ("hide_collections", True), ("discoverable", False), ("indexable", False)):
                await expect(ticked(page, switch)).to_be_checked(checked=on)
            await visit(page, "/settings/preferences")
            await page.select_option("main [name=visibility]", "private")
            await page.select_option("main select[name=language]", "de")
            await send(page, "/settings/preferences")
            await told(page, look.say("Saved. Your new posts begin so from now on."))
            await visit(page, "/compose")
            await expect(page.locator("main [name=visibility]")).to_have_value("private")
            await expect(page.locator("main select[name=language]")).to_have_value("de")
            await visit(page, "/settings/preferences")
            await page.click(f"main button[value={'en' if look.language == 'ru' else 'ru'}]")
            await expect(page.locator("html")).to_have_attribute("lang", "en" if look.language == "ru" else "ru")
            await page.context.close()


async def test_a_profile_with_pictures_and_facts(open_place, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        for look in LOOKS:
            name = f"cleo_{look.name}"
            page = await sign_up(place, look, name)
            await visit(page, "/settings/profile")
            await page.fill("[name=display_name]", "Клеопатра <b>Соевая</b>")
            await page.fill("[name=note]", "Пью раф с 2011 года. #раф")
            await page.fill("[name=field_name_0]", "Сайт")
            await page.fill("[name=field_value_0]", "https://cleo.example/raf")
            for field in ("avatar", "header"):
                await page.set_input_files(f"[name={field}]", picture(tmp_path))
            await send(page, "/settings/profile")
            await told(page, look.say("Saved. Others see your profile so from now on."))
            await expect(page.locator(".header-now")).to_have_count(1)
            await visit(page, f"/@{name}")
            await expect(page.locator(".profile-in h1")).to_contain_text("Клеопатра <b>Соевая</b>")
            await expect(page.locator(".facts a")).to_have_attribute("href", "https://cleo.example/raf")
            assert "default" not in str(await page.locator(".banner img").get_attribute("src"))
            await visit(page, "/settings/profile")
            (tmp_path / "words.png").write_bytes(b"these are words")
            await page.set_input_files("[name=avatar]", tmp_path / "words.png")
            await page.fill("[name=note]", "typed before the file was refused")
            await send(page, "/settings/profile")
            await expect(page.locator("[id^=wrong-]").first).to_be_visible()
            await expect(page.locator("[name=note]")).to_have_value("typed before the file was refused")
            await page.context.close()


async def test_followers_are_let_in_and_people_kept_away(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        fan = await sign_up(place, LOOKS[2], "gil_fan")
        foe = await sign_up(place, LOOKS[2], "gil_foe")
        for look in LOOKS:
            name = f"gil_{look.name}"
            page = await sign_up(place, look, name)
            await visit(page, "/settings/privacy")
            await ticked(page, "locked").check()
            await send(page, "/settings/privacy")
            for friend in (fan, foe):
                await friend.goto(f"/@{name}")
                await friend.locator("main button[formaction$='/follow']").first.click()
                await expect(friend.locator("main button[formaction$='/unfollow']").first).to_be_visible()
            await visit(page, "/follow-requests")
            await expect(page.locator("main .human")).to_have_count(2)
            async with page.expect_navigation():
                await page.locator(".human:has-text('@gil_fan') button[formaction$='/authorize']").click()
            async with page.expect_navigation():
                await page.locator(".human:has-text('@gil_foe') button[formaction$='/reject']").click()
            await expect(page.locator("main .human")).to_have_count(0)
            await visit(page, f"/@{name}/followers")
            await expect(page.locator("main .human")).to_have_count(1)
            for person, deed, kind in (("gil_fan", "mute", "muted"), ("gil_foe", "block", "blocked")):
                await page.goto(f"/@{person}")
                await page.locator("main .menu > summary").first.click()
                async with page.expect_navigation():
                    await page.locator(f"main button[formaction$='/{deed}']").first.click()
                await visit(page, f"/settings/people?kind={kind}")
                await expect(page.locator("main .human")).to_contain_text(person)
                async with page.expect_navigation():
                    await page.locator(f"main button[formaction$='/un{deed}']").click()
                await expect(page.locator("main .human")).to_have_count(0)
            await visit(page, "/settings/people?kind=sites")
            await page.fill("[name=domain]", "ads.example")
            await send(page, "/settings/people/sites")
            await expect(page.locator("main .listed")).to_contain_text("ads.example")
            await send(page, "/settings/people/sites/remove")
            await expect(page.locator("main .listed")).to_have_count(0)
            await page.context.close()


@each_look
async def test_everything_goes_out_and_comes_in(open_place, look: Look, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        await sign_up(place, LOOKS[2], "hana_friend")
        names = [f"hana_{look.name}", f"hana_too_{look.name}"[:30]]
        page, other = [await sign_up(place, look, name) for name in names]
        await visit(page, "/compose")
        await page.fill("main [name=text]", f"Увезу с собой {look.name}")
        if not look.scripts:
            await page.click("main .attach-box > summary")
            await page.set_input_files("main [name=media_0]", picture(tmp_path))
            await page.fill("main [name=alt_0]", "Берег")
        await page.locator("main .composer [type=submit]").last.click()
        await page.wait_for_url("**/home")
        await page.goto("/@hana_friend")
        await page.locator("main button[formaction$='/follow']").first.click()
        await expect(page.locator("main button[formaction$='/unfollow']").first).to_be_visible()
        await visit(page, "/settings/data")
        links = page.locator("main a[href^='/settings/export/']")
        files = [str(await links.nth(place_).get_attribute("href")) for place_ in range(await links.count())]
        assert len(files) == 6
        for file in files:
            async with page.expect_download() as found:
                await page.click(f"main a[href='{file}']")
            await (await found.value).save_as(tmp_path / file.rpartition("/")[2])
        await send(page, "/settings/archive")
        await until(page, look, "a[href='/settings/archive/archive.zip']")
        async with page.expect_download() as found:
            await page.click("a[href='/settings/archive/archive.zip']")
        await (await found.value).save_as(tmp_path / "archive.zip")
        (tmp_path / "following_accounts.csv").write_text("Account address\nhana_friend\nnobody@elsewhere.example\n")
        await visit(other, "/settings/data")
        await other.select_option("[name=kind]", "following")
        await other.set_input_files("[name=file]", tmp_path / "following_accounts.csv")
        await send(other, "/settings/import")
        await until(other, look, "#arrivals:not([data-fresh]) details")
        await other.click("#arrivals details > summary")
        await expect(other.locator("#arrivals .left-out")).to_contain_text("nobody@elsewhere.example")
        await other.set_input_files("[name=archive]", tmp_path / "archive.zip")
        await other.check("[name=profile]")
        await send(other, "/settings/import/archive")
        await until(other, look, "#arrivals:not([data-fresh])")
        await visit(other, f"/@{names[1]}")
        await expect(other.locator(".post").first).to_contain_text(f"Увезу с собой {look.name}")
        if not look.scripts:
            await expect(other.locator(".post img[alt='Берег']")).to_have_count(1)
        await visit(other, f"/@{names[1]}/following")
        await expect(other.locator("main .human")).to_contain_text("hana_friend")
        await page.context.close()
        await other.context.close()


async def test_an_account_is_deleted(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        for look in LOOKS:
            name = f"lea_{look.name}"
            page = await sign_up(place, look, name)
            await visit(page, "/settings/leave")
            fields = page.locator("main form[action='/settings/leave'] input:not([type=hidden])")
            for place_ in range(await fields.count()):
                field = fields.nth(place_)
                if await field.get_attribute("type") == "checkbox":
                    await field.check()
                else:
                    await field.fill(PASSWORD if await field.get_attribute("type") == "password" else name)
            await send(page, "/settings/leave")
            await told(page, look.say("Your account is deleted. Fare well."))
            answer = await page.goto(f"/@{name}")
            assert answer is not None
            assert answer.status in (404, 410)
            await log_in(page, name)
            await expect(page.locator(".notice.bad")).to_be_visible()
            await page.context.close()
