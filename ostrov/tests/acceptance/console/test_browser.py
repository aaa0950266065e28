"""The console in a real browser: live, with and without scripts, on a phone, for everybody."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov.core.project import BUILT_IN
from ostrov.core.reference import load

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]
PAGES = [page.path for reference in BUILT_IN for page in load(reference).pages if "{" not in page.path]
MORE = ["/operations/orchard.water", "/operations/operators.add", "/orchard", "/nowhere"]


async def test_a_page_changes_by_itself_and_keeps_what_the_person_did(browsing: Any, project: Any) -> None:
    async with browsing(viewport={"width": 1280, "height": 500}) as screen:
        await screen.log_in()
        await screen.open("/audit")
        await screen.until("() => document.querySelector('#beacon.live')")
        await screen.page.fill("input[name=q]", "orchard")
        await screen.until("() => location.search == '?q=orchard'")
        await screen.page.evaluate("() => { window.marker = document.querySelector('input[name=q]'); }")
        project.call(project.client("boris"), "orchard.water", tree="a tall palm")
        await screen.until("() => document.querySelector('main').textContent.includes('a tall palm')")
        assert await screen.page.evaluate("() => window.marker === document.activeElement && window.marker.isConnected")
        assert await screen.page.input_value("input[name=q]") == "orchard"
        assert screen.said == []


async def test_open_details_and_half_typed_forms_survive_a_refresh(browsing: Any, project: Any) -> None:
    async with browsing() as screen:
        await screen.log_in()
        await screen.open("/settings")
        await screen.page.click("#history-web\\.port summary")
        await screen.page.fill("input[name=q]", "web")
        await screen.until("() => !document.querySelector('#setting-db\\\\.engine')")
        assert await screen.page.evaluate("() => document.getElementById('history-web.port').open")
        client = project.client("boris")
        project.call(client, "orchard.sell", tree="oak")
        await screen.open("/approvals")
        await screen.page.click("main .panel header a")
        await screen.until("() => document.querySelector('#beacon.live')")
        await screen.page.fill("#reason", "half a sen")
        project.call(client, "orchard.sell", tree="palm")
        await screen.until("() => document.querySelector('.count')?.textContent === '2'")
        assert await screen.page.input_value("#reason") == "half a sen"
        await screen.page.click("main button.danger")
        await screen.until("() => document.body.textContent.includes('half a sen')")


async def test_a_process_is_restarted_by_its_button_and_seen_to_come_back(browsing: Any, project: Any) -> None:
    async with browsing() as screen:
        await screen.log_in()
        await screen.open("/processes")
        before = project.pid("worker")
        await screen.page.evaluate("() => { window.same = true; }")
        await screen.page.click("#process-worker button")
        await screen.until("() => document.querySelector('.flash')?.textContent.includes('restarting worker')")
        await screen.page.evaluate("() => { window.same = true; }")
        ready = "before => { const row = document.getElementById('process-worker'); return window.same"
        ready += " && row.textContent.includes('ready') && !row.textContent.includes(before); }"
        await screen.until(ready, str(before))


async def test_the_page_finds_its_server_again(browsing: Any, project: Any) -> None:
    async with browsing() as screen:
        await screen.log_in()
        await screen.open("/audit")
        await screen.until("() => document.querySelector('#beacon.live')")
        await screen.page.evaluate("() => { window.same = true; }")
        project.ostrov("restart", "web")
        project.call(project.client("boris"), "orchard.water", tree="after the restart")
        await screen.until("() => window.same && document.querySelector('main').textContent.includes('after the restart')")
        await screen.until("() => document.querySelector('#beacon.live')")


async def test_log_lines_arrive_pause_and_are_filtered(browsing: Any, project: Any) -> None:
    async with browsing() as screen:
        await screen.log_in()
        await screen.open("/logs?service=supervisor")
        await screen.until("() => document.querySelector('#beacon.live')")
        await screen.page.evaluate("() => { window.same = document.querySelectorAll('#log li').length; }")
        project.ostrov("restart", "worker")
        await screen.until("() => document.querySelectorAll('#log li').length > window.same")
        await screen.page.click("#pause")
        await screen.page.evaluate("() => { window.same = document.querySelectorAll('#log li').length; }")
        project.ostrov("restart", "worker")
        await screen.until("() => /[1-9]/.test(document.getElementById('pause').textContent)")
        assert await screen.page.evaluate("() => document.querySelectorAll('#log li').length === window.same")
        await screen.page.click("#pause")
        await screen.until("() => document.querySelectorAll('#log li').length > window.same")
        await screen.page.fill("input[name=q]", "is ready")
        every = "() => { const all = [...document.querySelectorAll('#log li')];"
        every += " return all.length && all.every((line) => line.textContent.includes('is ready')); }"
        await screen.until(every)
        project.ostrov("restart", "worker")
        await screen.page.evaluate("() => { window.same = document.querySelectorAll('#log li').length; }")
        project.ostrov("restart", "worker")
        await screen.until("() => document.querySelectorAll('#log li').length > window.same")
        assert await screen.page.evaluate(every)
        assert screen.said == []


async def test_everything_works_without_scripts(browsing: Any, project: Any) -> None:
    async with browsing(java_script_enabled=False) as screen:
        page = screen.page
        await screen.log_in()
        await screen.open("/operations")
        await page.fill("input[name=q]", "orchard")
        await page.click("form.filters button")
        await page.click("text=orchard.fell")
        await page.fill("[name=tree]", "palm")
        await page.click("text=Show the plan")
        assert "Nothing has been done yet" in await page.inner_text("main")
        await page.click("text=Do it")
        assert "felled palm" in await page.inner_text("main")
        await screen.open("/processes")
        await page.click("#process-worker button")
        assert "restarting worker" in await page.inner_text(".flash")
        await page.click("text=Refresh every 5 seconds")
        assert "refresh=5" in page.url
        await page.click("text=Русский")
        assert await page.inner_text("h1") == "Процессы"
        await page.click("text=Выйти")
        assert "/login" in page.url
    project.ostrov("wait")


async def test_a_phone_shows_every_page_without_scrolling_sideways_and_opens_the_menu(browsing: Any) -> None:
    async with browsing(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as screen:
        await screen.log_in()
        for path in [*PAGES, *MORE]:
            await screen.open(path)
            assert await screen.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
        await screen.open("/")
        assert not await screen.page.is_visible("#menu nav")
        await screen.page.click(".opener")
        await screen.page.click("#menu >> text=Audit")
        assert await screen.page.inner_text("h1") == "Audit"
        assert not await screen.page.is_visible("#menu nav")


@pytest.mark.parametrize("look", ["light", "dark", "phone", "ru"])
async def test_axe_finds_nothing_wrong(browsing: Any, look: str) -> None:
    from axe_playwright_python.async_playwright import Axe

    options: dict[str, Any] = {"color_scheme": "dark" if look == "dark" else "light", "bypass_csp": True}
    if look == "phone":
        options |= {"viewport": {"width": 360, "height": 740}}
    if look == "ru":
        options |= {"locale": "ru-RU"}
    async with browsing(**options) as screen:
        found: list[str] = []
        await screen.open("/login")
        await look_at(screen, Axe(), "/login", found)
        await screen.log_in()
        for path in [*PAGES, *MORE]:
            await screen.open(path)
            await look_at(screen, Axe(), path, found)
        assert found == []


async def look_at(screen: Any, axe: Any, path: str, found: list[str]) -> None:
    result = await axe.run(screen.page)
    for violation in result.response["violations"]:
        targets = [node["target"] for node in violation["nodes"]][:3]
        found.append(
            f"{path}: {violation['impact']} {violation['id']} {targets} {violation['nodes'][0]['failureSummary'][:300]}"
        )


async def test_the_browser_finds_nothing_to_complain_of_on_any_page(browsing: Any) -> None:
    async with browsing() as screen:
        await screen.log_in()
        for path in [*PAGES, *[path for path in MORE if path != "/nowhere"]]:
            await screen.open(path)
            await screen.page.wait_for_load_state("load")
        assert screen.said == []


async def test_the_keyboard_reaches_the_page_first_and_shows_where_it_is(browsing: Any) -> None:
    async with browsing() as screen:
        await screen.log_in()
        await screen.open("/processes")
        await screen.page.keyboard.press("Tab")
        assert await screen.page.evaluate("() => document.activeElement.className") == "skip"
        await screen.page.keyboard.press("Enter")
        await screen.until("() => document.activeElement.id === 'main'")
        await screen.page.keyboard.press("Tab")
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert await screen.page.evaluate(outline) == "solid"
