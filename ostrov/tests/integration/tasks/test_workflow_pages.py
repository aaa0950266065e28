"""The console's pages of workflows: the list of runs, and one run with its graph."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from ostrov import Component, Ostrov, approval, otherwise, run_tasks, task, when, workflow
from ostrov.console.application import build
from ostrov.core.errors import Conflict
from ostrov.core.operations.operators import create_operator, hash_password
from ostrov.run.tasks import control, dead
from ostrov.run.tasks.history import detail
from ostrov.run.tasks.workflows import approvals, history, pages
from ostrov.run.tasks.workflows.drawing import NARROW, Drawing
from ostrov.run.tasks.workflows.history import OutlineStep, WorkflowFilter, graph_of, workflow_runs
from ostrov.testing import running

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


@task
async def extract(count: int = 3) -> list[int]:
    return list(range(count))


@task
async def price(item: int) -> int:
    if item == 13:
        raise LookupError("nobody <sells> thirteen")
    return item * 10


@task
async def is_large(prices: list[int]) -> bool:
    return sum(prices) > 100


@task
async def pay(prices: list[int]) -> str:
    return f"paid {sum(prices)}"


@workflow(version="2")
def settle(count: int = 3) -> object:
    prices = price.map(extract(count))
    large = is_large(prices)
    with when(large):
        paid = pay(prices).after(approval("Pay a large amount?"))
    with otherwise(large):
        pay(prices)
    return paid


@workflow
def nightly() -> object:
    return extract(1)


component = Component(name="shop", tasks=[extract, price, is_large, pay, settle, nightly])
HERE = f"{__name__}:component"


class Browser:
    """A person with a browser before the console."""

    def __init__(self, application: Ostrov, language: str = "en") -> None:
        transport = httpx.ASGITransport(build(application), client=("192.0.2.7", 1234))
        headers = {"accept-language": language}
        self.client = httpx.AsyncClient(transport=transport, base_url="http://console.test", headers=headers)
        self.page = ""

    async def get(self, path: str) -> str:
        answer = await self.client.get("/console" + path)
        self.page = answer.text
        assert answer.status_code == 200, (path, answer.text)
        return answer.text

    async def post(self, path: str, **fields: str) -> httpx.Response:
        found = re.search(r'name="_csrf" value="(\w+)"', self.page)
        assert found
        return await self.client.post("/console" + path, data={"_csrf": found[1], "_step": "run", **fields})

    async def log_in(self, name: str = "ann") -> Browser:
        await self.get("/login")
        assert (await self.post("/login", name=name, password=PASSWORD)).status_code == 303
        return self


@asynccontextmanager
async def shop(tmp_path: Path, database: list[str]) -> AsyncIterator[Ostrov]:
    async with running(tmp_path, [HERE], database) as application:
        for name, role in (("ann", "owner"), ("vera", "viewer")):
            await application.store.write(create_operator, name, role, HASH)
        yield application


def names(page: str) -> list[str]:
    """The ids of the runs that a list shows."""
    return re.findall(r'<tr id="run-([^"]+)"', page)


async def test_the_list_shows_status_name_date_and_duration_and_is_filtered(tmp_path: Path, database: list[str]) -> None:
    async with shop(tmp_path, database) as application:
        done = await nightly.enqueue()
        waits = await settle.enqueue(count=9)
        dead = await settle.enqueue(count=14)
        await run_tasks(application)
        browser = await Browser(application).log_in()
        page = await browser.get("/tasks/workflows")
        assert names(page) == [dead.id, waits.id, done.id]
        assert "nobody &lt;sells&gt; thirteen" in page
        assert "Pay a large amount?" in page
        assert "decisions asked for" in await browser.get("/")
        page = await browser.get("/tasks/workflows")
        assert "1–3 of 3" in re.sub(r"\s+", " ", page)
        for query, expected in {
            "state=dead": [dead.id],
            "state=running": [waits.id],
            "state=successful": [done.id],
            f"workflow={settle.name}": [dead.id, waits.id],
            "q=thirteen": [dead.id],
            f"q={waits.id}": [waits.id],
            "q=%25": [],
            f"q={time.strftime('%Y-%m-%d', time.gmtime())}": [dead.id, waits.id, done.id],
            "q=2001-01-01": [],
            "since=2001-01-01&until=2100-01-01": [dead.id, waits.id, done.id],
            "until=2001-01-01": [],
        }.items():
            assert names(await browser.get(f"/tasks/workflows?{query}")) == expected, query


async def test_pages_of_the_list_join_and_hold_as_many_rows_as_was_asked(tmp_path: Path, database: list[str]) -> None:
    async with shop(tmp_path, database) as application:
        runs = await nightly.enqueue_many([{}] * 23)
        await run_tasks(application, limit=20)
        browser = await Browser(application).log_in()
        page, seen, sizes = await browser.get("/tasks/workflows?rows=10"), list[str](), []
        while True:
            seen += names(page)
            sizes.append(len(names(page)))
            older = re.search(r'rel="next" href="/console([^"]+)"', page)
            if older is None:
                break
            page = await browser.get(older[1].replace("&amp;", "&"))
        assert (seen, sizes) == ([run.id for run in reversed(runs)], [10, 10, 3])
        assert len(names(await browser.get("/tasks/workflows?rows=1000000"))) == 23


async def test_a_search_looks_at_a_bounded_number_of_workflows_and_goes_on(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LOOKED", 5)
    async with shop(tmp_path, database) as application:
        wanted = await settle.enqueue(count=777)
        await nightly.enqueue_many([{}] * 12)
        before, looks = "", 0
        while True:
            page = await application.store.read(workflow_runs, WorkflowFilter(text="777", before=before), 5)
            looks += 1
            if page.runs:
                break
            assert page.looked_back_to is not None
            before = page.older
        assert ([run.id for run in page.runs], looks) == ([wanted.id], 3)


async def test_a_workflow_is_launched_again_from_the_list(tmp_path: Path, database: list[str]) -> None:
    async with shop(tmp_path, database) as application:
        run = await nightly.enqueue()
        await run_tasks(application)
        browser = await Browser(application).log_in()
        assert "Relaunch" in await browser.get("/tasks/workflows")
        assert (await browser.post("/operations/tasks.replay", run=run.id, _next="/tasks/workflows")).status_code == 303
        assert len(names(await browser.get("/tasks/workflows"))) == 2
        viewer = await Browser(application).log_in("vera")
        assert "Relaunch" not in await viewer.get("/tasks/workflows")


def boxes(page: str) -> dict[str, str]:
    """What the drawing says of each step to a person who cannot see it."""
    return dict(re.findall(r'class="step[^"]*" id="wide-[^>]+aria-label="([^":]+): ([^"]+)"', page))


async def test_a_run_is_drawn_with_the_state_of_each_step_and_listed_beside(tmp_path: Path, database: list[str]) -> None:
    async with shop(tmp_path, database) as application:
        run = await settle.enqueue(count=9)
        browser = await Browser(application).log_in()
        assert "The graph is not built yet" in await browser.get(f"/tasks/workflows/{run.id}")
        await run_tasks(application)
        page = await browser.get(f"/tasks/workflows/{run.id}")
        assert boxes(page) == {
            "extract": "successful",
            "price": "successful, 9 of 9",
            "is_large": "successful",
            "approval": "undecided",
            "pay": "waiting",
            "pay_2": "skipped",
        }
        graph = await application.store.read(graph_of, run.id)
        ids = {step.step: step.id for step in graph.steps}
        for step in boxes(page):
            assert page.count(f'href="/console/tasks/runs/{ids[step]}"') == 3, step
        assert "price[0]" not in page
        assert re.search(r'class="condition"[^>]*>yes</text>', page)
        assert re.search(r'class="condition"[^>]*>no</text>', page)
        assert page.count("<title id=") == page.count("<desc id=") == page.count('role="group"') == 2
        assert f'class="edge unmet" id="wide-edge-{ids["is_large"]}-{ids["pay_2"]}"' in page
        assert not re.search(r"<style|\sstyle=|\son\w+=", page)
        drawn = re.findall(r'\sid="([^"]+)"', page)
        assert len(drawn) == len(set(drawn))
        russian = await (await Browser(application, "ru").log_in()).get(f"/tasks/workflows/{run.id}")
        assert "ждёт решения" in russian


async def test_a_manual_step_is_decided_on_the_page(tmp_path: Path, database: list[str]) -> None:
    async with shop(tmp_path, database) as application:
        runs = [await settle.enqueue(count=9), await settle.enqueue(count=9)]
        await run_tasks(application)
        browser = await Browser(application).log_in()
        for run, word, reason, state in ((runs[0], "approve", "", "successful"), (runs[1], "reject", "too much", "dead")):
            page = await browser.get(f"/tasks/workflows/{run.id}")
            (step,) = set(re.findall(r'name="step" value="([^"]+)"', page))
            here = f"/console/tasks/workflows/{run.id}"
            answer = await browser.post(f"/operations/tasks.{word}", step=step, reason=reason, _next=here)
            assert (answer.status_code, answer.headers["location"]) == (303, here)
            await run_tasks(application)
            assert (await run.refresh()) == state
            assert "Waits for a decision" not in await browser.get(f"/tasks/workflows/{run.id}")
        assert "rejected by ann: too much" in browser.page
        viewer = await Browser(application).log_in("vera")
        third = await settle.enqueue(count=9)
        await run_tasks(application)
        page = await viewer.get(f"/tasks/workflows/{third.id}")
        assert "Pay a large amount?" in page
        assert not re.search("<button[^>]*>(Approve|Reject|Retry|Cancel)", page)


async def test_what_failed_is_retried_one_step_is_and_a_workflow_is_cancelled_from_its_page(
    tmp_path: Path, database: list[str]
) -> None:
    async with shop(tmp_path, database) as application:
        run = await settle.enqueue(count=14)
        await run_tasks(application)
        browser = await Browser(application).log_in()
        page = await browser.get(f"/tasks/workflows/{run.id}")
        assert boxes(page)["price"] == "dead, 13 of 14, failed: 1"
        assert "Retry what failed" in page
        assert "Relaunch" in page
        await browser.post("/operations/tasks.retry", run=run.id)
        page = await browser.get(f"/tasks/workflows/{run.id}")
        assert boxes(page)["price"] == "running, 13 of 14"
        assert "Cancel the workflow" in page
        await run_tasks(application)
        page = await browser.get(f"/tasks/workflows/{run.id}")
        again = re.search(
            r'name="run" value="([^"]+)">\s*<button[^>]*aria-label="Retry extract and what follows from it"', page
        )
        assert again
        await browser.post("/operations/tasks.retry", run=again[1])
        assert boxes(await browser.get(f"/tasks/workflows/{run.id}"))["extract"] == "ready"
        answer = await browser.post("/operations/tasks.cancel", run=run.id)
        digest = re.search(r'name="_digest" value="(\w+)"', answer.text)
        if digest:
            await browser.post("/operations/tasks.cancel", run=run.id, _digest=digest[1])
        assert "cancelled" in boxes(await browser.get(f"/tasks/workflows/{run.id}"))["extract"]


async def test_a_step_is_copied_only_when_it_is_something_outside_of_its_workflow(tmp_path: Path, database: list[str]) -> None:
    async with shop(tmp_path, database) as application:
        run = await settle.enqueue(count=9)
        await run_tasks(application)
        ids = {step.step: step.id for step in (await application.store.read(graph_of, run.id)).steps}
        for step, cause in (("price", "a map"), ("approval", "an approval"), ("pay", "never got"), ("pay_2", "never got")):
            with pytest.raises(Conflict) as caught:
                await application.store.write(control.replay, ids[step], time.time())
            assert re.search(cause, caught.value.cause), step
        browser = await Browser(application).log_in()
        assert "Run a copy" not in await browser.get(f"/tasks/runs/{ids['price']}")
        assert "Run a copy" in await browser.get(f"/tasks/runs/{ids['is_large']}")
        copy = await application.store.write(control.replay, ids["is_large"], time.time())
        await run_tasks(application)
        found = await application.store.read(detail, copy)
        assert found is not None
        assert (found.run.state, found.run.result, found.run.root_id) == ("successful", "true", None)


async def test_what_is_no_run_of_a_workflow_has_no_such_page(tmp_path: Path) -> None:
    async with shop(tmp_path, []) as application:
        run = await extract.enqueue(1)
        browser = await Browser(application).log_in()
        for one in (run.id, "none"):
            assert (await browser.client.get(f"/console/tasks/workflows/{one}")).status_code == 404


async def test_a_graph_too_large_to_follow_is_listed_and_not_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "DRAWN", 5)
    monkeypatch.setattr(pages, "LISTED", 4)
    async with shop(tmp_path, []) as application:
        run = await settle.enqueue(count=9)
        await run_tasks(application)
        page = await (await Browser(application).log_in()).get(f"/tasks/workflows/{run.id}")
        assert "<desc" not in page
        assert page.count('<tr id="step-') == 4
        assert "2 more steps are not shown." in page


def test_a_graph_is_drawn_to_the_right_while_that_fits_then_down_then_in_small_boxes() -> None:
    def wide(steps: int, edges: list[tuple[int, int]]) -> Drawing:
        made = [OutlineStep(str(n), str(n), None, "t", "ready", 0, None, None, None, 0, "", {}) for n in range(steps)]
        (_, drawing), (_, narrow) = pages.drawings(made, [pages.Joined(str(a), str(b), "", None) for a, b in edges])
        assert narrow.box == NARROW
        return drawing

    short, long = wide(3, [(0, 1), (1, 2)]), wide(9, [(n, n + 1) for n in range(8)])
    assert short.boxes["0"].y == short.boxes["2"].y
    assert long.boxes["0"].x == long.boxes["8"].x
    broad = wide(7, [(n, 6) for n in range(6)] + [(0, 1), (1, 2), (2, 3)])
    assert broad.width <= pages.WIDEST
    assert wide(13, [(n, 12) for n in range(12)]).height > wide(13, [(n, 12) for n in range(12)]).width
    crowd = wide(16, [(n, m) for n in range(6) for m in range(6, 12)] + [(n, n + 1) for n in range(11, 15)])
    assert crowd.box == NARROW
    assert crowd.width <= pages.WIDEST


async def test_each_step_stands_in_the_time_of_the_whole_and_a_map_from_its_first_element_on(
    tmp_path: Path, database: list[str]
) -> None:
    async with shop(tmp_path, database) as application:
        run = await settle.enqueue(count=2)
        await run_tasks(application)
        ids = {step.step: step.id for step in (await application.store.read(graph_of, run.id)).steps}
        times = {"extract": (100, 101), "price[0]": (103, 104), "price[1]": (102, 105), "price": (None, 105)}
        times |= {"is_large": (106, 108), "pay_2": (108, 110)}
        sql = "UPDATE task_finished_run SET started_at = ?, finished_at = ? WHERE id = ?"
        await application.store.write(lambda c: c.many(sql, [(*moment, ids[step]) for step, moment in times.items()]))
        page = await (await Browser(application).log_in()).get(f"/tasks/workflows/{run.id}")
        said = re.findall(r'class="bar good".*?aria-label="([^"]+)".*?<rect x="([^"]+)" y="0" width="([^"]+)"', page)
        assert said == [
            ("from 0 ms to 1.0 s of 10 s", "0.0", "30.0"),
            ("from 2.0 s to 5.0 s of 10 s", "60.0", "90.0"),
            ("from 6.0 s to 8.0 s of 10 s", "180.0", "60.0"),
            ("from 8.0 s to 10 s of 10 s", "240.0", "60.0"),
        ]


async def test_no_look_walks_the_whole_ledger(tmp_path: Path) -> None:
    """On SQLite: what is asked on every refresh goes by an index, or stops after so many rows."""
    async with shop(tmp_path, []) as application:
        for sql, values in (
            (approvals.PENDING, ()),
            (history.OUTLINE, ("r",) * 4),
            (history.ELEMENTS, ("r",) * 4),
            (f"{history.HOT} ORDER BY id DESC LIMIT 26", ("f",)),
            (f"{history.OVER} ORDER BY id DESC LIMIT 26", ("f",)),
            (f"{history.OVER} AND task = ? ORDER BY id DESC LIMIT 26", ("f", "t")),
            (dead.GROUPS, ()),
        ):
            plan = await application.store.read(lambda c, sql=sql, values=values: c.rows(f"EXPLAIN QUERY PLAN {sql}", values))
            walks = [row[-1] for row in plan if re.search(r"SCAN task_(finished_)?run(?! USING INDEX)", row[-1])]
            assert walks == [], sql


async def test_whatever_stands_in_an_address_is_answered(tmp_path: Path, database: list[str]) -> None:
    async with shop(tmp_path, database) as application:
        await nightly.enqueue()
        await run_tasks(application)
        browser = await Browser(application).log_in()
        for path in ("/tasks/workflows", "/tasks/runs", "/tasks/dead", "/tasks/queues"):
            for value in ("%00", "%ff", "'", "%25_!", "9" * 5000, "0001-01-01", "9999-12-31", "-1", "%F0%9F%A6%80"):
                for name in (
                    "q",
                    "state",
                    "task",
                    "workflow",
                    "queue",
                    "before",
                    "since",
                    "until",
                    "rows",
                    "trace",
                    "schedule",
                ):
                    answer = await browser.client.get(f"/console{path}?{name}={value}")
                    assert answer.status_code in (200, 400), (path, name, value, answer.text)
        for one in ("%00", "%ff", "x" * 3000):
            for path in ("/tasks/workflows", "/tasks/runs"):
                assert (await browser.client.get(f"/console{path}/{one}")).status_code in (400, 404), (path, one)
