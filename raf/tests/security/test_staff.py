"""Moderators show more than a password (OWASP ASVS 4.3.1) where the house asks for it: over https, or by its setting."""

from __future__ import annotations

from typing import Any

import pytest
from raf.tests.integration.mastodon.test_moderation import staff as staff_with_token
from raf.tests.integration.web.test_moderation_pages import staff

from ostrov.testing import running
from raf.factors import totp
from raf.factors.factors import open_factors
from raf.factors.staff import open_staff
from raf.web.testing import PASSWORD

ASKED = "raf.identity.staff_second_factor=true"


async def guard(application: Any, account_id: int, password: str) -> None:
    factors = application.part(open_factors)
    secret = await factors.offer(account_id)
    await factors.confirm(account_id, password, totp.code_of(secret, totp.step_of(factors.clock())))


async def test_the_desk_opens_to_no_moderator_with_a_password_alone(open_site: Any, database: list[str]) -> None:
    async with open_site(ASKED) as site:
        vera = await staff(site)
        closed = await vera.get("/moderation/reports")
        assert (closed.path, "The desk opens to moderators with" in closed.text) == ("/settings/security", True)
        rule = {**(await vera.get("/home")).form("/compose").values, "text": "Be kind"}
        assert (await vera.post("/moderation/rules", rule)).status == 403
        account = await site.application.part(open_factors).identity.log_in("vera", PASSWORD)
        await guard(site.application, account, PASSWORD)
        assert (await vera.get("/moderation/reports")).path == "/moderation/reports"
        assert (await vera.post("/moderation/rules", rule)).status == 200


async def test_the_admin_api_opens_to_no_moderator_with_a_password_alone(api: Any, database: list[str]) -> None:
    async with api(*database, ASKED) as raf:
        vera = await staff_with_token(raf)
        closed = await vera.ask("GET", "/api/v1/admin/reports")
        assert (closed.status_code, "authenticator or a passkey" in closed.json()["error"]) == (403, True)
        assert (await vera.ask("GET", "/api/v1/timelines/home")).status_code == 200
        await guard(raf.application, vera.account_id, "soy milk and coconut")
        assert (await vera.ask("GET", "/api/v1/admin/reports")).status_code == 200


@pytest.mark.parametrize(("url", "asked"), [("https://raf.example", True), ("http://127.0.0.1:8000", False)])
async def test_a_house_on_https_asks_for_it_by_itself(tmp_path: Any, url: str, asked: bool) -> None:
    async with running(tmp_path, ["raf"], [f"web.url={url}"]) as application:
        assert application.part(open_staff).asked is asked
