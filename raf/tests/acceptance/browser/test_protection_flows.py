"""What protects an account and what it lets in, in a browser: both languages, desktop and phone, without scripts too."""

from __future__ import annotations

import time

import httpx
import pytest
from playwright.async_api import expect

from raf.demo.crowd import PASSWORD
from raf.factors import totp
from raf.openid.testing import other_place

from .walks import (
    LOOKS,
    fill_in,
    log_in,
    send,
    sign_up,
    told,
    visit,
)

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]


async def test_two_factors_on_and_off(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place:
        for look in LOOKS:
            name = f"dora_{look.name}"
            page = await sign_up(place, look, name)
            await visit(page, "/settings/security/authenticator")
            secret = (await page.locator(".spelled").inner_text()).replace(" ", "")
            await page.fill("#f-present", PASSWORD)
            await page.fill("#f-code", "000000")
            await send(page, "/settings/security/authenticator")
            await expect(page.locator("#wrong-code")).to_be_visible()
            step = totp.step_of(time.time())
            await page.fill("#f-present", PASSWORD)
            await page.fill("#f-code", totp.code_of(secret, step))
            await send(page, "/settings/security/authenticator")
            codes = await page.locator(".codes code").all_inner_texts()
            assert len(codes) == 10
            other = await place.open("/log-in", **look.options)
            for code, let_in in ((totp.code_of(secret, step), False), (codes[0], True), (codes[0], False), (codes[1], True)):
                await log_in(other, name)
                await other.wait_for_url("**/log-in/code")
                await other.fill("#f-code", code)
                await other.click("form[action='/log-in/code'] button")
                if let_in:
                    await other.wait_for_url("**/home")
                    await other.goto("/settings")
                    await send(other, "/log-out")
                else:
                    await expect(other.locator("#wrong-code")).to_be_visible()
            await visit(page, "/settings/security")
            await page.fill("#f-off_password", PASSWORD)
            await send(page, "/settings/security/authenticator/remove")
            await told(page, look.say("Codes are not asked for any more."))
            await log_in(other, name)
            await other.wait_for_url("**/home")
            await page.context.close()
            await other.context.close()


async def test_who_has_an_account_elsewhere_joins_and_logs_in_with_it(open_place) -> None:  # type: ignore[no-untyped-def]
    with other_place() as elsewhere:
        settings = [setting for setting in elsewhere.settings if not setting.startswith("web.url=")]
        closed = "raf.identity.registrations=false"
        async with open_place(crowd=False, settings=[*settings, "raf.openid.sign_up=true", closed]) as place:
            elsewhere.here = place.url
            for look in LOOKS:
                name = f"eve_{look.name}"
                elsewhere.subject = f"{name}@there"
                elsewhere.claims = {"preferred_username": name}
                page = await place.open("/sign-up", **look.options)
                await page.click("a[href='/log-in/open']")
                await page.wait_for_url("**/sign-up/open")
                await expect(page.locator("[name=username]")).to_have_value(name)
                await fill_in(page, name)
                await page.wait_for_url("**/home")
                await page.goto("/settings")
                await send(page, "/log-out")
                await page.goto("/log-in")
                await page.click("a[href^='/log-in/open']")
                await page.wait_for_url("**/home")
                await visit(page, "/settings/security")
                await send(page, "/settings/security/open/remove")
                await page.goto("/settings")
                await send(page, "/log-out")
                await page.goto("/log-in/open")
                await page.wait_for_url("**/sign-up/open")
                await page.context.close()


async def test_an_app_is_let_in_listed_and_put_out(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False) as place, httpx.AsyncClient(base_url=place.url) as client:
        for look in LOOKS:
            page = await sign_up(place, look, f"fay_{look.name}")
            await page.wait_for_url("**/local")
            asked = {"client_name": "Chashka", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write"}
            app = (await client.post("/api/v1/apps", data=asked)).json()
            query = f"client_id={app['client_id']}&redirect_uri={asked['redirect_uris']}&response_type=code&scope=read"
            await visit(page, f"/oauth/authorize?{query}")
            await expect(page.locator("main")).to_contain_text("Chashka")
            await page.locator("main form button").first.click()
            code = await page.locator("#code").input_value()
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": asked["redirect_uris"]}
            keys = {name: app[name] for name in ("client_id", "client_secret")}
            token = (await client.post("/oauth/token", data=form | keys)).json()["access_token"]
            bearer = {"authorization": f"Bearer {token}"}
            assert (await client.get("/api/v1/accounts/verify_credentials", headers=bearer)).status_code == 200
            await visit(page, "/settings/applications")
            await expect(page.locator("main .listed")).to_contain_text("Chashka")
            await page.click("main form[action$='/revoke'] button")
            await told(page, look.say("The app may not act for you any more."))
            await expect(page.locator("main .listed")).to_have_count(0)
            assert (await client.get("/api/v1/accounts/verify_credentials", headers=bearer)).status_code == 401
            await page.context.close()
