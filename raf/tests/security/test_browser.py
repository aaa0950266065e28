"""A real browser reads the worst payloads: no script runs, nothing is asked of another origin, no policy is broken."""

from __future__ import annotations

from typing import Any

import pytest
from raf.tests.acceptance.browser.conftest import OpenPlace
from raf.tests.acceptance.browser.conftest import open_place as open_place
from raf.tests.security.payloads import PAYLOADS
from raf.tests.security.test_markup import everything_said

from raf.web.testing import Site

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]
PAGES = (
    *("/@alice", "/local", "/home", "/notifications", "/search?q=%22%3E%3Czq%3E", "/lists", "/settings/filters"),
    *("/settings/security", "/settings/profile", "/moderation/reports", "/moderation/people", "/moderation/emojis", "/compose"),
)

TOUCH = """() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const one of document.querySelectorAll("main *")) {
    if (one.focus) one.focus();
    for (const kind of ["mouseover", "mouseenter", "error", "load", "toggle"]) one.dispatchEvent(new Event(kind));
  }
}"""
"""Whatever waits for a reader's hand is touched."""


async def test_no_payload_runs_or_leaves(open_place: OpenPlace) -> None:
    async with open_place(crowd=False) as place:
        site = Site(place.application)
        cookies = await everything_said(site, PAYLOADS)
        posts = await place.application.store.read(lambda c: c.rows("SELECT id FROM status ORDER BY id"))
        ran: list[Any] = []
        left: list[str] = []
        for name in ("vera", "alice"):
            context = await place.context()
            await context.add_cookies([{"name": "raf_session", "value": cookies[name], "url": place.url}])
            await context.expose_function("zq", lambda *words: ran.append(words))
            page = await context.new_page()
            place.listen(page)
            page.on("dialog", lambda dialog: ran.append(dialog.message))
            page.on("request", lambda request: left.append(request.url))
            for path in (*PAGES, *(f"/posts/{post}" for (post,) in posts[::9])):
                answer = await page.goto(path)
                assert answer is not None
                assert answer.status < 500, path
                await page.evaluate(TOUCH)
                found = await page.evaluate(
                    "() => [...document.querySelectorAll('*')].filter(e => e.localName.startsWith('zq')"
                    " || [...e.attributes].some(a => /^on|zq/.test(a.name) || /^\\s*javascript:/i.test(a.value))).length"
                )
                assert found == 0, path
            await context.close()
        assert ran == []
        assert [url for url in left if not url.startswith((place.url, "data:", "blob:"))] == []
        assert len(left) > 40
        for client in site.clients:
            await client.aclose()


@pytest.mark.parametrize(
    ("language", "weak", "strong"), [("en", "Guessed at once", "Strong"), ("ru", "Угадают сразу", "Надёжный")]
)
async def test_a_password_is_weighed_while_it_is_typed_and_can_be_looked_at(
    open_place: OpenPlace, language: str, weak: str, strong: str
) -> None:
    async with open_place(crowd=False) as place:
        page = await place.open("/sign-up", language=language, size={"width": 390, "height": 844})
        field, line = page.locator("#f-password"), page.locator(".strength")
        assert not await line.is_visible()
        for typed, said in (("aaaaaaaaaaaaaa", weak), ("qwerty", weak), ("soy milk and coconut", strong)):
            await field.fill(typed)
            assert await page.locator(".strength output").inner_text() == said, typed
        assert await field.get_attribute("type") == "password"
        await page.click(".eye")
        assert await field.get_attribute("type") == "text"
        assert await field.input_value() == "soy milk and coconut"
        assert await page.locator(".eye").get_attribute("aria-pressed") == "true"
        await page.click(".eye")
        assert await field.get_attribute("type") == "password"
