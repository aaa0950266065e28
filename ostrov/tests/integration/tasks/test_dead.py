"""Dead runs: seen by task, retried together, put away without being lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ostrov import Component, NotFound, Ostrov, open_operations, run_tasks, task
from ostrov.console.application import build
from ostrov.core.errors import Conflict
from ostrov.core.operations.operators import create_operator, hash_password
from ostrov.core.operations.roles import shell_actor
from ostrov.run.tasks import dead
from ostrov.testing import running

SHELL = shell_actor("root")
PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
healed: set[str] = set()


@task
async def dives(depth: int) -> int:
    if depth > 100 and "dives" not in healed:
        raise RuntimeError(f"the hull does <not> hold at {depth} m")
    return depth


@task
async def flies(height: int) -> int:
    raise OSError("no wings")


component = Component(name="fleet", tasks=[dives, flies])
HERE = f"{__name__}:component"


@asynccontextmanager
async def with_dead(tmp_path: Path, database: list[str]) -> AsyncIterator[tuple[Ostrov, list[str], str]]:
    """Three dead dives, one successful, and one dead flight."""
    healed.clear()
    async with running(tmp_path, [HERE], database) as application:
        dives_ = [(await dives.enqueue(depth)).id for depth in (101, 102, 103)]
        await dives.enqueue(5)
        flight = (await flies.enqueue(1)).id
        await run_tasks(application)
        for name, role in (("ann", "owner"), ("vera", "viewer")):
            await application.store.write(create_operator, name, role, HASH)
        yield application, dives_, flight


async def do(application: Ostrov, name: str, **arguments: Any) -> Any:
    return (await application.part(open_operations).call(name, arguments, SHELL, "cli")).result


async def test_dead_runs_are_counted_by_task_with_their_last_error(tmp_path: Path, database: list[str]) -> None:
    async with with_dead(tmp_path, database) as (application, dives_, flight):
        rows = await do(application, "tasks.dead")
        assert [(row["task"], row["dead"], row["last_run"]) for row in rows] == [
            (flies.name, 1, flight),
            (dives.name, 3, dives_[2]),
        ]
        assert rows[1]["error"] == "RuntimeError: the hull does <not> hold at 103 m"


async def test_all_of_a_task_are_retried_and_the_others_stay(tmp_path: Path, database: list[str]) -> None:
    async with with_dead(tmp_path, database) as (application, _, flight):
        healed.add("dives")
        assert "3 runs are ready" in await do(application, "tasks.retry_dead", task=dives.name)
        await run_tasks(application)
        assert [row["last_run"] for row in await do(application, "tasks.dead")] == [flight]


async def test_what_is_put_away_is_dead_no_more_keeps_its_error_and_can_be_retried(tmp_path: Path, database: list[str]) -> None:
    async with with_dead(tmp_path, database) as (application, dives_, _):
        await do(application, "tasks.discard", run=dives_[0])
        shown = await do(application, "tasks.show", run=dives_[0])
        assert shown["state"] == "cancelled"
        assert shown["error"] == "discarded by root: RuntimeError: the hull does <not> hold at 101 m"
        assert len(shown["attempts"]) == 1
        with pytest.raises(Conflict, match="cancelled, not dead"):
            await do(application, "tasks.discard", run=dives_[0])
        with pytest.raises(NotFound):
            await do(application, "tasks.discard", run="no such")
        healed.add("dives")
        await do(application, "tasks.retry", run=dives_[0])
        await run_tasks(application)
        assert (await do(application, "tasks.show", run=dives_[0]))["state"] == "successful"


async def test_all_of_a_task_are_put_away_in_batches(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead, "BATCH", 2)
    async with with_dead(tmp_path, database) as (application, _, flight):
        assert "3 runs are put away" in await do(application, "tasks.discard_dead", task=dives.name)
        assert [row["last_run"] for row in await do(application, "tasks.dead")] == [flight]
        assert "1 runs are put away" in await do(application, "tasks.discard_dead")
        assert await do(application, "tasks.dead") == []


async def test_the_page_shows_tasks_and_runs_and_what_can_be_done(tmp_path: Path, database: list[str]) -> None:
    async with with_dead(tmp_path, database) as (application, dives_, flight):
        browser = Browser(application)
        await browser.log_in("ann")
        page = await browser.get("/tasks/dead")
        assert re.findall(r'<tr id="run-([^"]+)"', page) == [flight, *reversed(dives_)]
        assert "does &lt;not&gt; hold at 103 m" in page
        assert re.findall(r'<tr id="run-([^"]+)"', await browser.get(f"/tasks/dead?task={dives.name}&q=102")) == [dives_[1]]
        assert "None has these marks" in await browser.get("/tasks/dead?q=nothing")
        await browser.get("/tasks/dead")
        answer = await browser.post("/operations/tasks.discard_dead", task=dives.name, _next="/console/tasks/dead")
        assert "3 dead runs" in answer.text
        digest = re.search(r'name="_digest" value="(\w+)"', answer.text)
        assert digest
        await browser.post("/operations/tasks.discard_dead", task=dives.name, _digest=digest[1])
        assert re.findall(r'<tr id="run-([^"]+)"', await browser.get("/tasks/dead")) == [flight]
        await browser.post("/operations/tasks.discard", run=flight)
        assert "No dead runs" in await browser.get("/tasks/dead")
        viewer = Browser(application)
        await viewer.log_in("vera")
        await dives.enqueue(200)
        await run_tasks(application)
        page = await viewer.get("/tasks/dead")
        assert "does &lt;not&gt; hold at 200 m" in page
        assert not re.search("<button[^>]*>(Retry|Put)", page)


class Browser:
    """A person with a browser before the console."""

    def __init__(self, application: Ostrov) -> None:
        transport = httpx.ASGITransport(build(application), client=("192.0.2.7", 1234))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://console.test")
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

    async def log_in(self, name: str) -> None:
        await self.get("/login")
        assert (await self.post("/login", name=name, password=PASSWORD)).status_code == 303
