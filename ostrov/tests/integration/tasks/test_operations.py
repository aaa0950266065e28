"""Operations and pages of tasks: what an operator sees and does, through the one door and through the console."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ostrov import Component, NotFound, Ostrov, TaskContext, open_operations, run_tasks, task
from ostrov.console.application import build
from ostrov.core.errors import Conflict, UsageError
from ostrov.core.operations.operators import create_operator, hash_password
from ostrov.core.operations.roles import shell_actor
from ostrov.run.tasks import history, overview
from ostrov.run.tasks.component import component as pages_of_tasks
from ostrov.run.tasks.run import State
from ostrov.run.tasks.scheduler import Scheduler
from ostrov.run.tasks.testing import working
from ostrov.testing import running

SHELL = shell_actor("root")
PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


@task(queue="mail")
async def greets(name: str, context: TaskContext) -> str:
    logging.getLogger("demo").warning("greeting <%s>", name)
    context.progress(0.5, "half way")
    if name == "nobody":
        raise LookupError("there is <b>nobody</b>")
    return f"hello {name}"


@task(every="1 hour")
async def sweeps() -> None: ...


component = Component(name="demo", tasks=[greets, sweeps])
HERE = f"{__name__}:component"


@asynccontextmanager
async def with_runs(tmp_path: Path, database: list[str]) -> AsyncIterator[tuple[Ostrov, dict[str, str]]]:
    """A successful run, a dead one, one that waits and one that is scheduled."""
    async with running(tmp_path, [HERE], database) as application:
        ids = {"successful": (await greets.enqueue("ann")).id, "dead": (await greets.enqueue("nobody")).id}
        await run_tasks(application)
        ids["ready"] = (await greets.using(priority=3).enqueue("boris")).id
        ids["scheduled"] = (await greets.using(run_after="1 hour", queue="slow").enqueue("vera")).id
        await Scheduler(application).declare()
        yield application, ids


async def do(application: Ostrov, name: str, **arguments: Any) -> Any:
    return (await application.part(open_operations).call(name, arguments, SHELL, "cli")).result


async def test_runs_are_listed_newest_first_through_every_filter(tmp_path: Path, database: list[str]) -> None:
    async with with_runs(tmp_path, database) as (application, ids):

        async def listed(**arguments: Any) -> list[str]:
            return [row["id"] for row in await do(application, "tasks.list", **arguments)]

        newest_first = [ids["scheduled"], ids["ready"], ids["dead"], ids["successful"]]
        assert await listed() == newest_first
        assert await listed(state="dead") == [ids["dead"]]
        assert await listed(state="ready") == [ids["ready"]]
        assert await listed(queue="slow") == [ids["scheduled"]]
        assert await listed(text="ann") == [ids["successful"]]
        assert await listed(text="<b>nobody") == [ids["dead"]]
        assert await listed(text="%") == []
        assert await listed(text=ids["ready"]) == [ids["ready"]]
        assert await listed(task=greets.name, limit=2) == newest_first[:2]
        assert await listed(limit=2, before=ids["ready"]) == newest_first[2:]
        assert await listed(task="other") == []


async def test_pages_of_a_list_join_without_gap_or_overlap(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        runs = await greets.enqueue_many([{"name": str(number)} for number in range(25)])
        await run_tasks(application, limit=12)
        seen: list[str] = []
        before = ""
        for _ in range(10):
            page = await application.store.read(history.runs, history.Filter(before=before), 4)
            seen += [run.id for run in page.runs]
            before = page.older
            if not before:
                break
        assert seen == [run.id for run in reversed(runs)]


async def test_a_search_looks_at_a_bounded_number_of_runs_and_goes_on(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LOOKED", 10)
    async with running(tmp_path, [HERE], database) as application:
        wanted = await greets.enqueue("needle")
        await greets.enqueue_many([{"name": str(number)} for number in range(25)])
        await run_tasks(application)
        before, pages = "", 0
        while True:
            page = await application.store.read(history.runs, history.Filter(text="needle", before=before), 5)
            pages += 1
            if page.runs:
                break
            assert page.looked_back_to is not None
            before = page.older
        assert [run.id for run in page.runs] == [wanted.id]
        assert pages == 3


async def test_a_run_is_shown_with_its_attempts_and_log(tmp_path: Path, database: list[str]) -> None:
    async with with_runs(tmp_path, database) as (application, ids):
        shown = await do(application, "tasks.show", run=ids["dead"])
        assert shown["state"] == "dead"
        assert shown["attempts"][0]["error"] == "LookupError: there is <b>nobody</b>"
        assert "in greets" in shown["attempts"][0]["traceback"]
        assert shown["log"] == ["WARNING demo: greeting <nobody>"]
        with pytest.raises(NotFound):
            await do(application, "tasks.show", run="no such")


async def test_runs_are_retried_replayed_and_cancelled(tmp_path: Path, database: list[str]) -> None:
    async with with_runs(tmp_path, database) as (application, ids):
        assert "is ready" in await do(application, "tasks.retry", run=ids["dead"])
        assert "is ready" in await do(application, "tasks.retry", run=ids["scheduled"])
        with pytest.raises(Conflict, match="is successful"):
            await do(application, "tasks.retry", run=ids["successful"])
        assert "is ready" in await do(application, "tasks.replay", run=ids["successful"])
        assert "is cancelled" in await do(application, "tasks.cancel", run=ids["ready"])
        with pytest.raises(Conflict, match="already"):
            await do(application, "tasks.cancel", run=ids["ready"])
        assert await run_tasks(application) == 3
        assert "1 runs are ready" in await do(application, "tasks.retry_dead", task=greets.name)
        for name in ("retry", "replay", "cancel"):
            with pytest.raises(NotFound):
                await do(application, f"tasks.{name}", run="no such")


async def test_a_queue_that_is_none_cannot_be_paused(tmp_path: Path, database: list[str]) -> None:
    async with with_runs(tmp_path, database) as (application, _):
        for name in ("tasks.pause", "tasks.resume"):
            with pytest.raises(NotFound, match="there is no queue 'mial'") as caught:
                await do(application, name, queue="mial")
            assert "mail" in caught.value.tip
        assert "mial" not in {row["queue"] for row in await do(application, "tasks.queues")}


async def test_queues_workers_and_schedules_are_shown(tmp_path: Path, database: list[str]) -> None:
    async with with_runs(tmp_path, database) as (application, _):
        await do(application, "tasks.pause", queue="mail")
        async with working(application):
            queues = {row["queue"]: row for row in await do(application, "tasks.queues")}
            assert (queues["mail"]["state"], queues["mail"]["ready"]) == ("paused", 1)
            assert queues["mail"]["oldest_waits"] >= 0
            assert queues["slow"]["scheduled"] == 1
            assert queues["default"]["ready"] == 0
            (worker,) = await do(application, "tasks.workers")
            assert (worker["state"], worker["queues"], worker["running"]) == ("running", "all", 0)
        (schedule,) = await do(application, "tasks.schedules")
        assert schedule["rule"] == "every 1 h"
        assert schedule["next"].timestamp() > time.time() + 3500
        assert "is ready" in await do(application, "tasks.run_now", task=sweeps.name)
        assert "is open" in await do(application, "tasks.resume", queue="mail")
        assert await run_tasks(application) == 2
        assert "0 runs were forgotten" in await do(application, "tasks.prune")


async def test_the_oldest_is_found_below_higher_priorities(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await greets.using(priority=-5).enqueue("old")
        oldest = time.time()
        await greets.using(priority=7).enqueue("new")
        (row,) = await application.store.read(overview.queues)
        assert row.oldest is not None
        assert row.oldest <= oldest


async def test_the_waits_of_a_queue_are_shown_as_median_and_95th_of_a_hundred(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, [HERE], database) as application:
        assert await application.store.read(overview.latencies) == {}
        await greets.enqueue_many([{"name": str(number)} for number in range(100)])
        await run_tasks(application)
        ids = await application.store.read(lambda c: c.rows("SELECT id FROM task_finished_run ORDER BY id"))
        waited = [(1000.0 + number, run_id) for number, (run_id,) in enumerate(ids)]
        sql = "UPDATE task_finished_run SET run_after = 1000, started_at = ? WHERE id = ?"
        await application.store.write(lambda c: c.many(sql, waited))
        assert await application.store.read(overview.latencies) == {"mail": (49.0, 94.0, 100)}
        monkeypatch.setattr(overview, "WAITS", overview.WAITS.replace(str(overview.RECENT), "3"))
        assert await application.store.read(overview.latencies) == {"mail": (98.0, 99.0, 3)}
        await greets.enqueue("ann")
        (row,) = (row for row in await do(application, "tasks.queues") if row["queue"] == "mail")
        assert (row["wait_median"], row["wait_p95"]) == (98.0, 99.0)
        await greets.using(queue="idle").enqueue("ann")
        idle = {row["queue"]: row for row in await do(application, "tasks.queues")}["idle"]
        assert idle["wait_median"] is None


async def test_runs_are_listed_by_the_day_they_were_enqueued(tmp_path: Path, database: list[str]) -> None:
    async with with_runs(tmp_path, database) as (application, ids):
        today = time.strftime("%Y-%m-%d", time.gmtime())
        assert len(await do(application, "tasks.list", since=today, until=today)) == len(ids)
        assert await do(application, "tasks.list", until="2001-01-01") == []
        with pytest.raises(UsageError, match="since is no day: 'monday'"):
            await do(application, "tasks.list", since="monday")
        with pytest.raises(UsageError, match="until is no day"):
            await do(application, "tasks.workflows", until="24.11.2026")


class Browser:
    """A person with a browser before the console."""

    def __init__(self, application: Ostrov) -> None:
        transport = httpx.ASGITransport(build(application), client=("192.0.2.7", 1234))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://console.test")
        self.page = ""

    async def get(self, path: str, **headers: str) -> str:
        answer = await self.client.get("/console" + path, headers=headers)
        self.page = answer.text
        assert answer.status_code == 200, (path, answer.text)
        return answer.text

    async def post(self, path: str, **fields: str) -> httpx.Response:
        found = re.search(r'name="_csrf" value="(\w+)"', self.page)
        assert found
        return await self.client.post("/console" + path, data={"_csrf": found[1], **fields})

    async def log_in(self, name: str) -> None:
        await self.get("/login")
        assert (await self.post("/login", name=name, password=PASSWORD)).status_code == 303


async def test_every_page_shows_what_there_is(tmp_path: Path, database: list[str]) -> None:
    async with with_runs(tmp_path, database) as (application, ids), working(application, ["none"]):
        for name, role in (("ann", "owner"), ("vera", "viewer")):
            await application.store.write(create_operator, name, role, HASH)
        browser = Browser(application)
        await browser.log_in("ann")
        assert "dead runs" in await browser.get("/")
        assert "Pause mail" in await browser.get("/tasks/queues")
        page = await browser.get("/tasks/runs")
        assert all(f"/console/tasks/runs/{one}" in page for one in ids.values())
        page = await browser.get("/tasks/runs?state=dead&q=nobody&since=2020-01-01&until=2100-01-01&queue=mail")
        assert ids["dead"] in page
        assert ids["ready"] not in page
        assert "Retry all dead" in page
        for state, run in ids.items():
            page = await browser.get(f"/tasks/runs/{run}")
            assert greets.name in page
            assert state in page
        page = await browser.get(f"/tasks/runs/{ids['dead']}")
        assert "there is &lt;b&gt;nobody" in page
        assert "greeting &lt;nobody&gt;" in page
        assert "half way" in page
        assert "every 1 h" in await browser.get("/tasks/schedules")
        assert "In hand" in await browser.get("/tasks/workers")
        answer = await browser.post("/operations/tasks.retry", run=ids["dead"], _step="run", _next=f"/tasks/runs/{ids['dead']}")
        assert answer.status_code == 303
        assert "is ready" in await browser.get(f"/tasks/runs/{ids['dead']}")
        russian = await browser.get("/tasks/runs", **{"accept-language": "ru"})
        assert "Запуски" in russian
        assert (await browser.client.get("/console/tasks/runs/none")).status_code == 404
        viewer = Browser(application)
        await viewer.log_in("vera")
        assert "Pause mail" not in await viewer.get("/tasks/queues")
        assert "Cancel the run" not in await viewer.get(f"/tasks/runs/{ids['ready']}")


async def test_large_arguments_and_results_do_not_make_large_pages(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await application.store.write(create_operator, "ann", "owner", HASH)
        run = await greets.enqueue("a" * 1_000_000)
        await run_tasks(application)
        browser = Browser(application)
        await browser.log_in("ann")
        for path in ("/tasks/runs", f"/tasks/runs/{run.id}"):
            page = await browser.get(path)
            assert run.id in page
            assert len(page) < 100_000
        assert len((await do(application, "tasks.show", run=run.id))["arguments"]) > 1_000_000


async def test_pages_of_an_empty_ledger_say_so(tmp_path: Path) -> None:
    async with running(tmp_path, [HERE]) as application:
        await application.store.write(create_operator, "ann", "owner", HASH)
        browser = Browser(application)
        await browser.log_in("ann")
        assert "No queues yet" in await browser.get("/tasks/queues")
        assert "Nothing was enqueued yet" in await browser.get("/tasks/runs")
        assert "None has these marks" in await browser.get("/tasks/runs?q=x")
        assert "No schedules" in await browser.get("/tasks/schedules")
        assert "No worker is there" in await browser.get("/tasks/workers")


async def test_every_phrase_of_the_pages_has_its_russian() -> None:
    from ostrov.console.texts import phrases_of

    folder = Path(overview.__file__).parent / "templates"
    known = phrases_of("ostrov.run.tasks", "ru") | phrases_of("ostrov.console", "ru")
    said = re.compile(r'_(?:\.count)?\("([^"]+)"')
    phrases = {phrase for file in folder.glob("*.html") for phrase in said.findall(file.read_text())}
    phrases |= {page.title for page in pages_of_tasks.pages if page.title} | set(State) | {"undecided", "waiting"}
    assert len(phrases) > 60
    assert phrases - known.keys() == set()
