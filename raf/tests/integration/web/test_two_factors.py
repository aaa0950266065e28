"""Logging in with an authenticator, without scripts."""

from __future__ import annotations

import re
import time

import pytest

from raf.factors import totp
from raf.factors.factors import open_factors
from raf.web.testing import PASSWORD, Page, Site, Visitor

SPELLED = re.compile(r'class="spelled">([A-Z2-7 ]+)<')
CODES = re.compile(r"<code>([a-z2-9-]+)</code>")


async def guarded(site: Site, name: str) -> tuple[Visitor, str, list[str]]:
    """A member with an authenticator, its secret and the recovery codes."""
    visitor = await site.member(name)
    page = await visitor.get("/settings/security/authenticator")
    found = SPELLED.search(page.html)
    assert found
    secret = found[1].replace(" ", "")
    code = totp.code_of(secret, totp.step_of(time.time()) - 1)
    page = await page.submit("/settings/security/authenticator", code=code, present=PASSWORD)
    assert page.status == 200, page.text
    return visitor, secret, CODES.findall(page.html)


async def half_in(site: Site, name: str) -> Page:
    """A browser that has given the password."""
    page = await site.visitor().get("/log-in")
    return await page.submit("/log-in", name=name, password=PASSWORD)


async def test_with_an_authenticator_the_password_alone_opens_nothing(open_site, database) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        _, secret, codes = await guarded(site, "anna")
        assert len(codes) == 10
        page = await half_in(site, "anna")
        assert page.path == "/log-in/code"
        assert (await page.visitor.get("/settings/profile")).path.startswith("/log-in")
        page = await page.submit("/log-in/code", code="000000")
        assert (page.status, "not the right one" in page.text) == (422, True)
        code = totp.code_of(secret, totp.step_of(time.time()))
        assert (await page.submit("/log-in/code", code=f"{code[:3]} {code[3:]}")).path == "/home"
        again = await half_in(site, "anna")  # somebody looked over the shoulder
        assert (await again.submit("/log-in/code", code=code)).status == 422


async def test_a_recovery_code_opens_once(open_site, database) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor, _, codes = await guarded(site, "anna")
        page = await half_in(site, "anna")
        assert (await page.submit("/log-in/code", code=codes[3].upper())).path == "/home"
        page = await half_in(site, "anna")
        assert (await page.submit("/log-in/code", code=codes[3])).status == 422
        assert "9 recovery codes left" in (await visitor.get("/settings/security")).text
        page = await (await visitor.get("/settings/security")).submit("/settings/security/codes", off_password=PASSWORD)
        assert set(CODES.findall(page.html)).isdisjoint(codes)
        page = await half_in(site, "anna")
        assert (await page.submit("/log-in/code", code=codes[4])).status == 422


async def test_codes_cannot_be_guessed_by_trying(open_site, database) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        _, secret, _ = await guarded(site, "anna")
        page = await half_in(site, "anna")
        for _ in range(5):
            page = await page.submit("/log-in/code", code="111111")
        right = totp.code_of(secret, totp.step_of(time.time()))
        assert (await page.submit("/log-in/code", code=right)).status == 429


async def test_a_log_in_half_done_is_over_in_ten_minutes(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        _, secret, _ = await guarded(site, "anna")
        page = await half_in(site, "anna")
        site.application.part(open_factors).clock = lambda: time.time() + 601
        code = totp.code_of(secret, totp.step_of(time.time() + 601))
        page = await page.submit("/log-in/code", code=code)
        assert page.path == "/log-in"


async def test_turning_it_on_and_off_takes_the_password(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor, secret, _ = await guarded(site, "anna")
        page = await visitor.get("/settings/security")
        where = "/settings/security/authenticator/remove"
        values = page.form("/settings/security/codes").values
        page = await visitor.post(where, values | {"off_password": ["wrong"]})
        assert (page.status, "not your password" in page.text) == (401, True)
        page = await visitor.post(where, values | {"off_password": [PASSWORD]})
        assert "Set it up" in page.text
        assert (await half_in(site, "anna")).path == "/home"
        page = await visitor.get("/settings/security/authenticator")
        assert secret not in page.html.replace(" ", "")  # a new one each time it is set up
        right = totp.code_of(SPELLED.search(page.html)[1].replace(" ", ""), totp.step_of(time.time()))  # type: ignore[index]
        page = await page.submit("/settings/security/authenticator", code=right, present="wrong")
        assert page.status == 401
        assert (await half_in(site, "anna")).path == "/home"


@pytest.mark.parametrize(("email", "status"), [("anna@elsewhere.example", 200), ("vera@example.org", 422), ("anna", 422)])
async def test_the_address_changes_with_the_password(open_site, email: str, status: int) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        visitor = await site.member("anna")
        await site.member("vera")
        page = await visitor.get("/settings/security")
        wrong = await page.submit("/settings/security/email", email=email, email_password="wrong")
        assert wrong.status == 401
        page = await page.submit("/settings/security/email", email=email, email_password=PASSWORD)
        assert page.status == status
        came = await (await site.visitor().get("/log-in")).submit("/log-in", name="anna@elsewhere.example", password=PASSWORD)
        assert (came.path == "/home") is (status == 200)
