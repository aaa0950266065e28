"""The pages of tasks and workflows in a real browser, with a worker that really runs them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

pytestmark = [pytest.mark.long, pytest.mark.server("chromium")]
STATES = """() => Object.fromEntries([...document.querySelectorAll('.graph.wide .step')].map(
    (step) => /(.*?): (.*)/.exec(step.getAttribute('aria-label')).slice(1)))"""
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}},
    "ru": {"locale": "ru-RU"},
}


def start(project: Any, name: str) -> str:
    """Run a workflow now; the id of its run."""
    return str(re.findall(r"run ([0-9a-f-]{36})", project.ostrov("tasks", "run-now", name))[0])


async def finished(screen: Any, path: str, state: str) -> None:
    """Open a page and wait until its first fact is this state, without reloading it."""
    await screen.open(path)
    await screen.page.evaluate("() => { window.same = true; }")
    await screen.until(f"() => window.same && document.querySelector('dl.facts .badge')?.textContent.trim() === '{state}'")


async def test_a_graph_lives_and_its_manual_step_is_approved_in_it(browsing: Any, project: Any) -> None:
    async with browsing() as screen:
        await screen.log_in()
        run = start(project, "harvest.season")
        await screen.open(f"/tasks/workflows/{run}")
        await screen.page.evaluate("() => { window.same = true; }")
        await screen.until("() => window.same && document.querySelector('.graph.wide .step.warn')")
        states = await screen.page.evaluate(STATES)
        assert states == {
            "pick": "successful",
            "press": "successful, 4 of 4",
            "is_good": "successful",
            "approval": "undecided",
            "sell": "waiting",
            "pour_away": "skipped",
            "mend": "skipped",
        }
        await screen.page.click("text=Approve >> visible=true")
        await screen.until("() => document.querySelector('dl.facts .badge')?.textContent.trim() === 'successful'")
        assert (await screen.page.evaluate(STATES))["sell"] == "successful"
        await screen.page.click(".graph.wide .step:has-text('sell')")
        await screen.page.wait_for_url(lambda url: "/tasks/runs/" in url)
        assert "sold 60" in await screen.page.inner_text("main")
        assert screen.said == []


async def test_a_workflow_that_failed_is_found_retried_and_put_away(browsing: Any, project: Any) -> None:
    async with browsing() as screen:
        await screen.log_in()
        run = start(project, "harvest.stony")
        await finished(screen, f"/tasks/workflows/{run}", "dead")
        assert (await screen.page.evaluate(STATES))["press"] == "dead, 5 of 6, failed: 1"
        await screen.page.click("text=Retry what failed")
        await screen.until("() => document.querySelector('.flash')?.textContent.includes('is ready')")
        await finished(screen, f"/tasks/workflows/{run}", "dead")
        steps = {row["step"]: row["id"] for row in json.loads(project.ostrov("--json", "tasks", "graph", run))}
        for step, attempts in (("press[5]", 2), ("press[4]", 1)):
            assert len(json.loads(project.ostrov("--json", "tasks", "show", steps[step]))["attempts"]) == attempts, step
        await screen.open("/tasks/workflows")
        await screen.page.select_option("select[name=state]", "dead")
        await screen.until("() => location.search.includes('state=dead')")
        await screen.until(f"() => document.getElementById('run-{run}')")
        await screen.page.fill("input[name=q]", "nothing like this")
        await screen.until("() => document.querySelector('main .empty')")
        await screen.open(f"/tasks/dead?q={run}")
        await screen.page.click(f"#run-{run} >> text=Put away")
        await screen.until("() => document.querySelector('.flash')?.textContent.includes('is put away')")
        await finished(screen, f"/tasks/workflows/{run}", "cancelled")
        assert screen.said == []


async def test_all_of_it_works_without_scripts(browsing: Any, project: Any) -> None:
    run = start(project, "harvest.season")
    async with browsing(java_script_enabled=False) as screen:
        page = screen.page
        await screen.log_in()
        await screen.open(f"/tasks/workflows/{run}?refresh=2")
        await page.wait_for_selector("text=Sell the juice?", timeout=20_000)
        await screen.open(f"/tasks/workflows/{run}")
        await page.fill("main input[name=reason]", "too sour")
        await page.click("main button.danger >> text=Reject")
        await page.wait_for_selector("text=rejected by ann: too sour")
        await screen.open("/tasks/workflows")
        await page.select_option("select[name=workflow]", "harvest.season")
        await page.select_option("select[name=rows]", "10")
        await page.click("form.filters button")
        assert "workflow=harvest.season" in page.url
        assert "rows=10" in page.url
        before = await page.locator("main tbody tr").count()
        await page.click(f"#run-{run} >> text=Relaunch")
        assert await page.locator("main tbody tr").count() == before + 1
        await screen.open("/tasks/queues")
        await page.click("#queue-default >> text=Pause")
        assert "paused" in await page.inner_text("#queue-default")
        await page.click("#queue-default >> text=Resume")
        assert "paused" not in await page.inner_text("#queue-default")


@pytest.mark.parametrize("look", LOOKS)
async def test_the_pages_with_something_on_them_are_for_everybody(browsing: Any, project: Any, look: str) -> None:
    from axe_playwright_python.async_playwright import Axe

    async with browsing(bypass_csp=True, **LOOKS[look]) as screen:
        await screen.log_in()
        good, bad = start(project, "harvest.season"), start(project, "harvest.stony")
        await screen.open(f"/tasks/workflows/{good}")
        await screen.until("() => document.querySelector('.decisions')")
        await screen.open(f"/tasks/workflows/{bad}")
        await screen.until("() => document.querySelector('dl.facts .badge.bad')")
        rows = json.loads(project.ostrov("--json", "tasks", "graph", bad))
        steps = {row["step"]: row["id"] for row in rows}
        runs = [f"/tasks/runs/{run}" for run in (bad, steps["pick"], steps["press"], steps["press[5]"])]
        found = []
        for path in [
            *(f"/tasks/workflows/{run}" for run in (good, bad)),
            *("/tasks/workflows", "/tasks/workflows?q=none", "/tasks/dead", "/tasks/queues", "/tasks/runs", "/tasks/schedules"),
            *runs,
        ]:
            await screen.open(path)
            assert await screen.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
            result = await Axe().run(screen.page)
            found += [
                f"{path}: {violation['impact']} {violation['id']} {[node['target'] for node in violation['nodes']][:3]}"
                for violation in result.response["violations"]
            ]
        assert found == []
