"""Houses that let not everybody in, in a browser: both languages, desktop and phone, without scripts too."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from .walks import (
    LOOKS,
    fill_in,
    make_owner,
    send,
    settle,
    sign_up,
)

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]


async def test_an_invitation_opens_a_closed_house(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False, settings=["raf.identity.registrations=false"]) as place:
        await settle(place, "host")
        for look in LOOKS:
            page = await place.member("host", "/settings/invitations", **look.options)
            await page.select_option("[name=max_uses]", "1")
            await send(page, "/settings/invitations")
            address = await page.locator("input[readonly]").first.input_value()
            closed = await place.open("/sign-up", **look.options)
            await expect(closed.locator("[name=username]")).to_have_count(0)
            guest = await sign_up(place, look, f"ivo_{look.name}", address)
            await guest.wait_for_url("**/local")
            answer = await closed.goto(address)
            assert answer is not None
            assert answer.status == 404, "it was for one"
            for shown in (page, closed, guest):
                await shown.context.close()


async def test_newcomers_wait_until_they_are_let_in(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place(crowd=False, settings=["raf.identity.approval=true"]) as place:
        await settle(place, "host")
        await make_owner(place, "host")
        for look in LOOKS:
            page = await place.open("/sign-up", **look.options)
            await fill_in(page, f"kim_{look.name}", reason="Люблю раф")
            await page.wait_for_url("**/standing")
            moderator = await place.member("host", "/moderation/people?kind=pending", **look.options)
            await expect(moderator.locator("main")).to_contain_text("Люблю раф")
            await moderator.click(f"main a:has-text('@kim_{look.name}')")
            async with moderator.expect_navigation():
                await moderator.click("button[formaction$='/approve']")
            await page.goto("/home")
            await expect(page).to_have_url(re.compile("/home$"))
            await page.context.close()
            await moderator.context.close()
