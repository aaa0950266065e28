"""Every page, by day, by night and on a phone: axe finds nothing serious, nothing sticks out, nothing complains.

With `OSTROV_SCREENSHOTS=docs/screenshots/raf` the pictures of the documentation are taken anew.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Page, expect

from raf.forms import NewPost
from raf.network import open_raf

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]

DESKTOP = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 900, "height": 900}
SCREENSHOTS = "OSTROV_SCREENSHOTS"
BRIEFLY = ("phone-dark", "tablet")
"""Looks in which only the telling pages are seen: their layout is another look's, their colours a third's."""
TELLING = ("home", "thread", "profile-other", "notifications", "compose", "settings-profile", "settings-security")
KEPT = re.compile(r"^(?!extreme-).*-(desktop|phone|(?<!phone-)dark)$")
LOOKS = [
    pytest.param("desktop", DESKTOP, "light", "en", id="desktop"),
    pytest.param("dark", DESKTOP, "dark", "ru", id="dark"),
    pytest.param("phone", PHONE, "light", "ru", id="phone"),
    pytest.param("phone-dark", PHONE, "dark", "en", id="phone-dark"),
    pytest.param("tablet", TABLET, "light", "ru", id="tablet"),
]
SEEN_IMAGES = """() => Promise.all(
  [...document.images]
    .filter((image) => image.getBoundingClientRect().top < innerHeight && image.offsetParent)
    .map((image) => image.decode().catch(() => {})))"""
CUT_TABS = "() => innerWidth > 719 && [...document.querySelectorAll('.tabs')].some((one) => one.scrollWidth > one.clientWidth)"
"""On a phone they are scrolled."""
STRANGER = {
    "landing": "/",
    "sign-up": "/sign-up",
    "log-in": "/log-in",
    "local-stranger": "/local",
    "profile-stranger": "/@kokosova",
    "not-found": "/@nobody/1",
    "about": "/about",
}
FEEDS = {
    "home": "/home",
    "local": "/local",
    "federated": "/federated",
    "tag": "/tags/раф",
    "thread": "/@kokosova/{answer}",
    "profile": "/@kokosova",
    "profile-other": "/@nora",
    "profile-media": "/@timur/media",
    "profile-replies": "/@nora/with_replies",
    "followers": "/@kokosova/followers",
    "following": "/@kokosova/following",
    "liked-by": "/@kokosova/{answer}/favourited_by",
    "boosted-by": "/@kokosova/{answer}/reblogged_by",
    "favourites": "/favourites",
    "bookmarks": "/bookmarks",
}
ROOMS = {
    "notifications": "/notifications",
    "search": "/search?q=ко",
    "explore": "/explore",
    "explore-tags": "/explore/tags",
    "explore-people": "/explore/people",
    "compose": "/compose",
    "reply": "/posts/{sea}/reply",
    "edit": "/posts/{answer}/edit",
    "delete": "/posts/{answer}/delete",
    "settings-profile": "/settings/profile",
    "settings-preferences": "/settings/preferences",
    "settings-security": "/settings/security",
    "settings-apps": "/settings/applications",
}


@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS)
async def test_strangers_see_pages_without_faults(open_place, look: str, size, theme: str, language: str) -> None:  # type: ignore[no-untyped-def]
    faults: list[str] = []
    async with open_place() as place:
        page = await place.open("/", size=size, theme=theme, language=language)
        for name, path in STRANGER.items():
            await page.goto(path)
            faults += await examine(page, f"{name}-{look}", theme)
        await page.goto("/sign-up")
        await page.fill("#f-username", "nora")
        await page.fill("#f-email", "nora@example.org")
        await page.fill("#f-password", "passwordpassword")
        await page.check("[name=agreement]")
        async with page.expect_navigation():
            await page.click("main .button.wide")
        await expect(page.locator("main .wrong").first).to_be_visible()
        faults += await examine(page, f"sign-up-refused-{look}", theme)
    assert faults == []


@pytest.mark.parametrize("pages", [FEEDS, ROOMS], ids=["feeds", "rooms"])
@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS)
async def test_members_see_pages_without_faults(  # type: ignore[no-untyped-def]
    open_place, look: str, size, theme: str, language: str, pages: dict[str, str]
) -> None:
    faults: list[str] = []
    async with open_place() as place:
        raf, people, posts = place.application.part(open_raf), place.crowd.accounts, place.crowd.posts
        await raf.bookmark(people["kokosova"], posts["soy"])
        await raf.bookmark(people["kokosova"], posts["warmth"])
        await raf.pin(people["kokosova"], posts["answer"])
        await raf.post(people["june"], NewPost(text="@kokosova your recipe survived a blind test. Barely.", language="en"))
        page = await place.member("kokosova", size=size, theme=theme, language=language)
        if language == "en":
            await page.goto("/settings/preferences")
            await page.click("main button[value=en]")
        for name, path in pages.items():
            if look in BRIEFLY and name not in TELLING:
                continue
            await page.goto(path.format(**posts))
            faults += await examine(page, f"{name}-{look}", theme)
    assert faults == []


@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS[:3])
async def test_what_opens_over_a_page_has_no_faults(open_place, look: str, size, theme: str, language: str) -> None:  # type: ignore[no-untyped-def]
    faults: list[str] = []
    async with open_place() as place:
        page = await place.member("kokosova", "/local", size=size, theme=theme, language=language)
        await page.wait_for_selector("html[data-ready]")
        await page.locator(".post .menu > summary").nth(1).click()
        faults += await examine(page, f"menu-{look}", theme)
        await page.locator(f"#p{place.crowd.posts['sea']} [data-act=reply]").click()
        await expect(page.locator("dialog [data-text]")).to_be_focused()
        faults += await examine(page, f"dialog-{look}", theme)
    assert faults == []


@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS[:3])
async def test_the_page_that_lets_an_app_in_has_no_faults(open_place, look: str, size, theme: str, language: str) -> None:  # type: ignore[no-untyped-def]
    faults: list[str] = []
    async with open_place() as place:
        async with httpx.AsyncClient(base_url=place.url) as client:
            form = {"client_name": "Tusky", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write follow"}
            program = (await client.post("/api/v1/apps", json=form)).json()
        query = f"client_id={program['client_id']}&response_type=code&scope=read+write+follow"
        page = await place.member("kokosova", size=size, theme=theme, language=language)
        await page.goto(f"/oauth/authorize?{query}&redirect_uri=urn:ietf:wg:oauth:2.0:oob")
        faults += await examine(page, f"authorize-{look}", theme)
        await page.click("button[value=allow]")
        await expect(page.locator("#code")).to_have_value(re.compile(r".{20,}"))
        faults += await examine(page, f"code-{look}", theme)
    assert faults == []


async def test_failures_are_designed_too(open_place, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    faults: list[str] = []
    async with open_place() as place:
        page = await place.open("/", language="ru")
        raf = place.application.part(open_raf)

        async def broken(*_: object, **__: object) -> None:
            raise RuntimeError("nothing works")

        monkeypatch.setattr(raf, "tag", broken)
        await page.goto("/tags/x")
        faults += await examine(page, "failure-desktop", "light")
        member = await place.member("nora")
        await member.goto(f"/posts/{place.crowd.posts['answer']}/delete")
        faults += await examine(member, "forbidden-desktop", "light")
    assert faults == []


async def examine(page: Page, name: str, theme: str) -> list[str]:
    """Look at a page as axe does, and as somebody whose screen it must fit; take its picture."""
    await page.wait_for_selector("html[data-ready]")
    await page.evaluate(SEEN_IMAGES)
    await page.evaluate("() => Promise.all(document.getAnimations().map((animation) => animation.finished))")
    picture = await page.screenshot()
    if SCREENSHOTS in os.environ and KEPT.search(name):
        keep(picture, Path(os.environ[SCREENSHOTS]) / f"{name}.webp")
    faults = []
    wide = await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        faults.append(f"{name}: something sticks out by {wide} pixels")
    if await page.evaluate(CUT_TABS):
        faults.append(f"{name}: there is no room for all tabs")
    ground = await page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    if (ground == "rgb(21, 14, 10)") != (theme == "dark"):
        faults.append(f"{name}: the ground is {ground}")
    headings = await page.locator("h1:visible").count()
    if headings != 1:
        faults.append(f"{name}: {headings} headings of the first order")
    found = await Axe().run(page, options={"resultTypes": ["violations"]})
    for violation in found.response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            nodes = [f"{node['html'][:160]} {node.get('failureSummary', '')[:200]}" for node in violation["nodes"][:3]]
            faults.append(f"{name}: {violation['id']}: {violation['help']}: " + "; ".join(nodes))
    return faults


async def examine_by_day_and_night(page: Page, name: str, size: dict[str, int]) -> list[str]:
    """The same page in both lights, as it stands; its name gets the screen's."""
    screen = "phone" if size["width"] < 720 else "desktop"
    faults = await examine(page, f"{name}-{screen}", "light")
    await page.emulate_media(color_scheme="dark")
    faults += await examine(page, f"{name}-dark" if screen == "desktop" else f"{name}-phone-dark", "dark")
    await page.emulate_media(color_scheme="light")
    return faults


def keep(picture: bytes, path: Path) -> None:
    """As WebP, small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for quality in (76, 60, 45):
        out = io.BytesIO()
        Image.open(io.BytesIO(picture)).convert("RGB").save(out, "WEBP", quality=quality, method=6)
        if out.tell() < 100_000:
            break
    path.write_bytes(out.getvalue())
