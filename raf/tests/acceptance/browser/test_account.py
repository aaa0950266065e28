"""The pages of one's account in a real browser: how they look, and passkeys with the browser's own authenticator."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import expect

from ostrov import run_tasks
from raf.archive.archive import open_archive
from raf.demo.crowd import PASSWORD
from raf.factors import totp
from raf.forms import ProfileChange
from raf.network import open_raf

from .test_looks import DESKTOP, PHONE, examine

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]

PAGES = (
    *("", "/privacy", "/people", "/people?kind=blocked", "/people?kind=sites"),
    *("/security/authenticator", "/data", "/leave"),
)
"""Those that `test_looks` does not look at."""


@pytest.mark.parametrize(
    ("look", "size", "theme", "language"),
    [
        ("desktop", DESKTOP, "light", "ru"),
        ("dark", DESKTOP, "dark", "en"),
        ("phone", PHONE, "light", "ru"),
        ("phone-dark", PHONE, "dark", "ru"),
    ],
)
async def test_pages_of_the_account_have_no_faults(open_place, look: str, size, theme: str, language: str) -> None:  # type: ignore[no-untyped-def]
    faults: list[str] = []
    async with open_place() as place:
        archive, kokosova = place.application.part(open_archive), place.crowd.accounts["kokosova"]
        await archive.order(kokosova)
        await archive.bring_sheet(kokosova, "following", "merge", "a.csv", b"nora\nnobody@elsewhere.example\n")
        await run_tasks(place.application)
        raf, others = place.application.part(open_raf), place.crowd.accounts
        await raf.update_profile(kokosova, ProfileChange(locked=True))
        await raf.mute(kokosova, others["june"], duration=86400)
        await raf.block(kokosova, others["roastbot"])
        await raf.remove_follower(kokosova, others["timur"])
        await raf.follow(others["timur"], kokosova)
        page = await place.member("kokosova", size=size, theme=theme, language=language)
        await page.goto("/settings/preferences")
        await page.click(f"main button[value={language}]")
        for path in PAGES:
            await page.goto(f"/settings{path}")
            faults += await examine(page, f"settings{re.sub(r'[^a-z]+', '-', path)}-{look}", theme)
        await page.goto("/follow-requests")
        faults += await examine(page, f"follow-requests-{look}", theme)
        await page.goto("/settings/security/authenticator")
        secret = (await page.locator(".spelled").inner_text()).replace(" ", "")
        await page.fill("#f-code", totp.code_of(secret, totp.step_of(time.time())))
        await page.fill("#f-present", PASSWORD)
        await page.locator("main form.form button:not([type=button])").first.click()
        await expect(page.locator(".codes li")).to_have_count(10)
        faults += await examine(page, f"codes-{look}", theme)
        code = await page.locator(".codes code").first.inner_text()
        await page.goto("/settings/security")
        faults += await examine(page, f"security-on-{look}", theme)
        stranger = await place.open("/log-in", size=size, theme=theme, language=language)
        faults += await examine(stranger, f"log-in-{look}", theme)
        await stranger.fill("#f-name", "kokosova")
        await stranger.fill("#f-password", PASSWORD)
        await stranger.locator("form[action='/log-in'] button.wide").click()
        await stranger.wait_for_url("**/log-in/code")
        faults += await examine(stranger, f"log-in-code-{look}", theme)
        await stranger.fill("#f-code", code)
        await stranger.locator("form[action='/log-in/code'] button").click()
        await stranger.wait_for_url("**/home")
    assert faults == []


async def test_a_browser_makes_a_passkey_and_logs_in_with_it(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place(host="localhost") as place:
        page = await place.member("kokosova", "/settings/security")
        session = await page.context.new_cdp_session(page)
        await session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        await page.fill("#f-key_name", "Мой телефон")
        await page.fill("#f-key_password", "wrong")
        await page.click("form[data-passkey=add] button:not([type=button])")
        await expect(page.locator(".toast.bad")).to_be_visible()
        await page.fill("#f-key_password", PASSWORD)
        await page.click("form[data-passkey=add] button:not([type=button])")
        await expect(page.locator("#passkeys li")).to_contain_text("Мой телефон")
        await page.context.clear_cookies()
        await page.goto("/log-in")
        await page.click("form[data-passkey=in] button")
        await page.wait_for_url("**/home")
        await page.goto("/settings/security")
        await expect(page.locator("#passkeys li")).to_contain_text(re.compile("used|использован"))


async def test_without_scripts_no_passkey_is_offered(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.open("/log-in", scripts=False)
        await expect(page.locator("form[data-passkey]")).to_be_hidden()
        await expect(page.locator("form[action='/log-in']")).to_be_visible()
