"""Pages that hold what nobody expects: words without end, deep threads, letters from right to left; and fingers on glass."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.async_api import Page
from raf.tests.acceptance.browser.test_looks import DESKTOP, PHONE, examine

from raf.acquaintance.acquaintance import open_acquaintance
from raf.demo.drawings import scene
from raf.filters.filters import open_filters
from raf.filters.forms import FilterChange, KeywordChange
from raf.forms import NewPoll, NewPost, ProfileChange
from raf.lists.forms import ListChange
from raf.lists.lists import open_lists
from raf.moderation import admission, announcements, house, judging
from raf.moderation.announcements import NewNotice
from raf.moderation.moderation import open_moderation
from raf.moderation.reporting import NewReport
from raf.network import open_raf
from raf.scheduling.scheduling import open_scheduling
from raf.tags.tags import open_tags

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


async def furnish(place: Any) -> dict[str, str]:
    """Extreme words in everything else that people write; the addresses of the pages that show them."""
    application, people, posts = place.application, place.crowd.accounts, place.crowd.posts
    raf, me, nora, oatlas = application.part(open_raf), people["kokosova"], people["nora"], people["oatlas"]
    about = ProfileChange(display_name="قهوة" * 7, note=LONG * 9, fields=[(LONG * 3, LONG * 5), ("🥥" * 60, "🌊" * 250)])
    await raf.update_profile(nora, about)
    await raf.update_profile(me, ProfileChange(display_name="Щ" * 30, locked=True))
    await raf.follow(nora, me)
    await raf.follow(me, oatlas)
    crowded = await raf.post(nora, NewPost(text="🥥" * 500))
    await raf.post(me, NewPost(text=LONG, in_reply_to_id=crowded))
    await raf.post(oatlas, NewPost(text=f"@kokosova {LONG * 8}", visibility="direct"))
    answers = ("Ж" * 50, "🌊" * 50, LONG)
    waiting = NewPost(text="🥥" * 300, spoiler_text=LONG * 3, poll=NewPoll(options=answers, expires_in=86_400))
    await application.part(open_scheduling).schedule(me, waiting, time.time() + 40_000)
    table = await application.part(open_lists).create(me, ListChange(title=LONG * 5))
    await application.part(open_lists).add(me, table.id, [oatlas])
    words = (KeywordChange(keyword=LONG * 9), KeywordChange(keyword="🥥" * 200))
    sieve = FilterChange(title=LONG * 5, contexts=("home", "public"), keywords=words)
    made = await application.part(open_filters).create(me, sieve)
    for tag in (LONG, "قهوة_جوز_الهند"):
        await application.part(open_tags).follow(me, tag)
        await application.part(open_tags).feature(me, tag)
    await application.part(open_acquaintance).note(me, oatlas, LONG * 20)
    await raf.block(me, people["roastbot"])
    await raf.mute(me, people["soykin"])
    return named(
        *("/federated", "/direct", "/scheduled", "/lists", f"/lists/{table.id}", f"/lists/{table.id}/edit"),
        *("/followed-tags", f"/accounts/{oatlas}/lists", f"/posts/{posts['sea']}/filter", f"/settings/filters/{made.id}"),
        *("/settings/filters", "/settings/featured", "/settings/people", "/settings/people?kind=blocked"),
        *("/settings/profile", "/follow-requests", "/explore/people", "/@nora", "/@oatlas", f"/@nora/{crowded}"),
    )


async def rule(place: Any) -> dict[str, str]:
    """Extreme words in what the house and its moderators say; the addresses of the pages that show them."""
    people, raf = place.crowd.accounts, place.application.part(open_raf)
    moderation, me, nora = place.application.part(open_moderation), people["kokosova"], people["nora"]
    crowded = await raf.post(nora, NewPost(text="🥥" * 500))
    await moderation.write(judging.give_role, 0, me, "owner")
    await moderation.write(house.write_rule, 0, None, LONG * 6, "🥥" * 500)
    await moderation.write(house.write_text, 0, "privacy", f"# {LONG * 3}\n\n{'🥥' * 500}\n\n- {LONG * 4}")
    await moderation.write(announcements.write, 0, NewNotice(text=f"{LONG * 4} {'🥥' * 500} قهوة"))
    filed = NewReport(target_id=nora, comment=LONG * 20, status_ids=(crowded,))
    report = await moderation.report(people["june"], filed)
    await moderation.judge(0, people["timur"], "silence", LONG * 12)
    await moderation.write(admission.invite, me, raf.settings.identity, 5, 86400.0, False, LONG * 3)
    return named(
        *("/home", "/settings", "/settings/invitations", "/notifications", "/announcements", "/privacy", "/about"),
        *(f"/report?status={crowded}", "/moderation", "/moderation/reports", f"/moderation/reports/{report.id}"),
        *("/moderation/people", f"/moderation/people/{people['timur']}", "/moderation/house", "/moderation/audit"),
        "/moderation/announcements",
    )


def named(*paths: str) -> dict[str, str]:
    return {f"extreme{re.sub(r'[^a-z]+', '-', path)}": path for path in paths}


@pytest.mark.parametrize("write", [fill, furnish, rule])
@pytest.mark.parametrize(("look", "size", "theme", "language"), LOOKS)
async def test_nothing_sticks_out_shifts_or_is_too_small_for_a_finger(  # type: ignore[no-untyped-def]
    open_place, look: str, size: Any, theme: str, language: str, write: Any
) -> None:
    faults: list[str] = []
    async with open_place() as place:
        pages = await write(place)
        page = await place.member("kokosova", size=size, theme=theme, language=language)
        await page.add_init_script(f"({SHIFTS})()")
        for name, path in pages.items():
            await page.goto(path)
            faults += await examine(page, f"{name}-{look}", theme)
            shifted = await page.evaluate("() => window.shifted")
            if shifted > 0.02:
                faults.append(f"{name}: the layout shifted by {shifted:.3f}")
            if await page.evaluate("() => scrollY") > 0:
                faults.append(f"{name}: it does not open at its top")
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
