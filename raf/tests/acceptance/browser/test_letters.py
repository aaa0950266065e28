"""Letters and what they lead to, as people see them: axe finds nothing serious, nothing sticks out, on a desk and on a phone.

With `OSTROV_SCREENSHOTS=docs/screenshots/raf` the pictures of the documentation are taken anew.
"""

from __future__ import annotations

import asyncio
import io
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from PIL import Image, ImageDraw
from playwright.async_api import Page, expect

from raf.demo.crowd import PASSWORD
from raf.letters.testing import Mailbox, relay, words
from raf.network import open_raf

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]


@dataclass(frozen=True)
class Look:
    """A browser as somebody has it."""

    name: str
    options: dict[str, Any]


LOOKS = (
    Look("desktop", {"language": "en", "size": DESKTOP}),
    Look("phone", {"language": "ru", "size": PHONE}),
    Look("dark", {"language": "ru", "size": DESKTOP, "theme": "dark"}),
)
STORY = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>News</title>
<meta property="og:site_name" content="Island Weekly"><meta property="og:image" content="/picture.png">
<meta property="og:title" content="{title}"><meta property="og:description" content="{text}">"""


@pytest.fixture
def news() -> Iterator[str]:
    """A place whose pages are worth a card; its address."""
    picture = Image.new("RGB", (1200, 630), (244, 233, 214))
    pen = ImageDraw.Draw(picture)
    for ring, colour in enumerate(((118, 74, 46), (250, 232, 205), (118, 74, 46), (250, 232, 205))):
        pen.ellipse((600 - 260 + ring * 60, 315 - 260 + ring * 60, 600 + 260 - ring * 60, 315 + 260 - ring * 60), fill=colour)
    out = io.BytesIO()
    picture.save(out, "PNG")
    pages = {
        "/picture.png": ("image/png", out.getvalue()),
        "/en": (
            "text/html",
            STORY.format(
                lang="en",
                title="Coconut season opens early this year",
                text="Sellers on the beach expect the first soft nuts in a week, and the price of cream has fallen already.",
            ).encode(),
        ),
        "/ru": (
            "text/html",
            STORY.format(
                lang="ru",
                title="Сезон кокосов в этом году открылся раньше",
                text="Продавцы на берегу ждут первых мягких орехов через неделю, а сливки уже подешевели.",
            ).encode(),
        ),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = pages.get(self.path, ("text/plain", b""))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def fits(page: Page, name: str, look: Look, *, letter: bool = False) -> None:
    """Nothing serious for axe, nothing wider than the screen; and a picture of it."""
    await page.wait_for_load_state("load")
    found = await Axe().run(page)
    serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == [], f"{name} {look.name}: {serious}"
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} {look.name} is {wide} px too wide"
    folder = os.environ.get("OSTROV_SCREENSHOTS")
    if folder:
        shot = Image.open(io.BytesIO(await page.screenshot(full_page=letter)))
        shot.convert("RGB").save(Path(folder) / f"{name}-{look.name}.webp", quality=82, method=6)


async def follow(page: Page, mailbox: Mailbox, path: str, address: str) -> None:
    """Open the link of the last letter to somebody, once it is there."""
    ends = time.monotonic() + 60
    while not any(path in words(message) for message in mailbox.to(address)):
        assert time.monotonic() < ends, f"no letter with {path} to {address}"
        await asyncio.sleep(0.1)
    await page.goto(mailbox.link(path, address))


@asynccontextmanager
async def mailing(open_place, *more: str) -> AsyncIterator[tuple]:  # type: ignore[no-untyped-def, type-arg]
    with relay() as (mailbox, port):
        settings = [
            "raf.mail.host=127.0.0.1",
            f"raf.mail.port={port}",
            "raf.mail.security=none",
            "raf.mail.sender=raf@example.net",
        ]
        async with open_place(crowd=False, settings=[*settings, *more]) as place:
            yield place, mailbox


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_the_way_from_a_letter_to_the_house(open_place, look: Look) -> None:  # type: ignore[no-untyped-def]
    async with mailing(open_place) as (place, mailbox):
        name = f"ann_{look.name}"
        address = f"{name}@example.org"
        page = await place.open("/sign-up", **look.options)
        await page.fill("#f-username", name)
        await page.fill("#f-email", address)
        await page.fill("#f-password", PASSWORD)
        await page.check("[name=agreement]")
        await page.click("main .button.wide")
        await page.wait_for_url("**/confirm")
        await fits(page, "unconfirmed", look)
        await follow(page, mailbox, "/confirm", address)
        await fits(page, "confirm", look)
        await page.click("main .button.wide")
        await page.wait_for_url("**/local")
        for path, shown in (("/settings/notifications", "settings-letters"), ("/settings/preferences", "settings-reading")):
            await page.goto(path)
            await fits(page, shown, look)
        await page.goto("/settings/security")
        await page.fill("#f-email", f"new_{address}")
        await page.fill("#f-email_password", PASSWORD)
        await page.locator("#f-email_password").press("Enter")
        await expect(page.locator("main")).to_contain_text(f"new_{address}")
        await fits(page, "address-change", look)
        other = await place.open("/forgotten", **look.options)
        await fits(other, "forgotten", look)
        await other.fill("#f-name", name)
        await other.click("main .button.wide")
        await other.wait_for_url("**/forgotten?sent=1")
        await fits(other, "forgotten-sent", look)
        await follow(other, mailbox, "/reset", address)
        await fits(other, "reset", look)
        await other.fill("#f-password", "another coconut 7")
        await other.click("main .button.wide")
        await other.wait_for_url("**/log-in")
        await expect(other.locator(".notice")).to_be_visible()
        letter = await place.open("/letters/stop?key=none", **look.options)
        await fits(letter, "letters-stop", look)
        html = next(words(message, "html") for message in mailbox.to(address) if "/reset" in words(message))
        await letter.goto("about:blank")
        await letter.set_content(html)
        await fits(letter, "letter", look, letter=True)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_a_link_becomes_a_card(open_place, news: str, look: Look) -> None:  # type: ignore[no-untyped-def]
    settings = ["raf.previews.allowed_networks=[127.0.0.0/8]", "raf.previews.spread=0"]
    async with open_place(crowd=False, settings=settings) as place:
        raf = place.application.part(open_raf)
        page = await place.newcomer(f"ann_{look.name}", **look.options)
        await page.goto("/home")
        language = look.options.get("language", "en")
        await page.fill("[name=text]", f"{news}/{language}")
        await page.locator("[name=text]").press("Control+Enter")
        card = page.locator(".link-card").first
        await expect(card).to_be_visible(timeout=30_000)  # it comes by itself, after the post
        await fits(page, "card", look)
        assert (await card.locator("img").get_attribute("src") or "").startswith(raf.url)
