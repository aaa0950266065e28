"""Pages that hold what nobody expects: words without end, deep threads, letters from right to left; and fingers on glass."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page
from raf.tests.acceptance.browser.test_looks import DESKTOP, PHONE, examine

from raf.demo.drawings import scene
from raf.forms import NewPoll, NewPost, ProfileChange
from raf.network import open_raf

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]

LONG = "Достопримечательностейпереосвидетельствование"
LOOKS = [
    pytest.param("phone", PHONE, "light", "ru", id="phone"),
    pytest.param("desktop", DESKTOP, "dark", "en", id="desktop-dark"),
]
SMALL = """() => [
    ...document.querySelectorAll("main :is(button, summary, select, input, textarea), .dock a, .bar a, .act, .tool"),
  ]
  .filter((node) => node.offsetParent && !["hidden", "radio", "checkbox", "file"].includes(node.type))
  .filter((node) => !getComputedStyle(node).clipPath.startsWith("inset"))
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([node, box]) => box.width && (box.height < 43.5 || box.width < 43.5) && !node.matches(".linklike"))
  .map(([node, box]) => `${node.outerHTML.slice(0, 90)} ${Math.round(box.width)}×${Math.round(box.height)}`)"""
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true }); }"""
BUDGET = {"css": 20_000, "js": 30_000, "html": 100_000}
"""Bytes of a page of twenty posts as they are sent: styles and scripts packed, the page itself as it is."""


async def fill(place: Any) -> dict[str, str]:
    """Extreme posts; the addresses of the pages that show them."""
    raf, people = place.application.part(open_raf), place.crowd.accounts
    await raf.update_profile(people["oatlas"], ProfileChange(display_name="Константинопольская-Преображен"))
    answers = ("Soy with a very long explanation why it is so", "Ж" * 50, "Овсяное, подогретое, со щепоткой соли и корицы")
    asked = await raf.post(people["june"], NewPost(text=LONG * 3, poll=NewPoll(options=answers, expires_in=86_400)))
    covered = await raf.post(people["nora"], NewPost(text=LONG, spoiler_text="Очень длинное предупреждение обо всём " * 11))
    tall = [await raf.upload(people["timur"], scene("latte" if place % 2 else "shore"), LONG) for place in range(4)]
    four = await raf.post(people["timur"], NewPost(text="Четыре", media_ids=tuple(tall)))
    await raf.post(people["oatlas"], NewPost(text="قهوة جوز الهند لذيذة جداً، شكراً لكم! @kokosova #قهوة", language="ar"))
    last = asked
    for number in range(12):
        name = ("june", "nora", "kokosova")[number % 3]
        last = await raf.post(people[name], NewPost(text=f"@oatlas {LONG} {number}", in_reply_to_id=last))
    await raf.post(people["kokosova"], NewPost(text=LONG * 9, quoted_id=covered))
    return {
        "extreme-home": "/home",
        "extreme-local": "/local",
        "extreme-thread": f"/posts/{last}",
        "extreme-lid": f"/@nora/{covered}",
        "extreme-four": f"/@timur/{four}",
        "extreme-name": "/@oatlas",
        "extreme-compose": f"/posts/{covered}/reply",
        "extreme-tag": f"/tags/{LONG * 2}",
        "extreme-nothing": f"/search?q={LONG}",
    }


@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS)
async def test_nothing_sticks_out_shifts_or_is_too_small_for_a_finger(
    open_place, look: str, size: Any, theme: str, language: str
) -> None:  # type: ignore[no-untyped-def]
    faults: list[str] = []
    async with open_place() as place:
        pages = await fill(place)
        page = await place.member("kokosova", size=size, theme=theme, language=language)
        await page.add_init_script(f"({SHIFTS})()")
        for name, path in pages.items():
            await page.goto(path)
            faults += await examine(page, f"{name}-{look}", theme)
            shifted = await page.evaluate("() => window.shifted")
            if shifted > 0.02:
                faults.append(f"{name}: the layout shifted by {shifted:.3f}")
            if size is PHONE:
                faults += [f"{name}: {small}" for small in await page.evaluate(SMALL)]
    assert faults == [], "\n".join(faults)


async def test_letters_from_right_to_left_run_so(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        raf = place.application.part(open_raf)
        number = await raf.post(place.crowd.accounts["oatlas"], NewPost(text="قهوة جوز الهند", language="ar"))
        page = await place.open(f"/@oatlas/{number}")
        paragraph = page.locator(".post.focus .post-text p")
        edges = await paragraph.evaluate(
            """(node) => { const range = document.createRange(); range.selectNodeContents(node);
            const words = range.getBoundingClientRect(), box = node.getBoundingClientRect();
            return [words.left - box.left, box.right - words.right]; }"""
        )
        assert edges[1] < 2 < edges[0], "it ends at the left and begins at the right"


async def test_a_page_is_light_and_nothing_holds_it_up(open_place) -> None:  # type: ignore[no-untyped-def]
    async with open_place() as place:
        page = await place.member("kokosova")
        sizes = await weigh(page, "/home")
        assert {kind: sizes[kind] <= most for kind, most in BUDGET.items()} == dict.fromkeys(BUDGET, True), sizes
        assert await page.evaluate("() => [...document.scripts].filter((one) => one.src && one.type !== 'module').length") == 0
        assert (
            await page.evaluate(
                "() => performance.getEntriesByType('resource').filter((one) => !one.name.startsWith(location.origin)).length"
            )
            == 0
        )


async def weigh(page: Page, path: str) -> dict[str, int]:
    """Bytes of a page and of what it brings, by kind; styles and scripts as zlib packs them."""
    import zlib

    sizes = {"html": 0, "css": 0, "js": 0}
    answer = await page.goto(path)
    assert answer is not None
    sizes["html"] = len(await answer.body())
    urls = await page.evaluate("() => performance.getEntriesByType('resource').map((one) => one.name)")
    for url in {url for url in urls if url.endswith((".css", ".js"))}:
        body = await (await page.request.get(url)).body()
        sizes["css" if url.endswith(".css") else "js"] += len(zlib.compress(body))
    return sizes
