"""A trace goes through: from a request to its runs, from a run to those it enqueues, through threads, processes and workflows,
into the log."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import sys
import time
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from ostrov import Component, Mount, Ostrov, open_operations, run_tasks
from ostrov.core.component import Listen
from ostrov.core.errors import UsageError
from ostrov.core.operations.roles import shell_actor
from ostrov.core.supervisor.context import ServiceContext
from ostrov.core.supervisor.listening import bind
from ostrov.core.trace import LINE, Trace, Traces, current, parse
from ostrov.run.tasks.history import Filter, RunRow, detail, runs
from ostrov.run.tasks.testing import working
from ostrov.run.web.service import serve
from ostrov.testing import running

SHELL = shell_actor("root")
ID, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
HEADER = f"00-{ID}-{SPAN}-01"
MODULE = """
import logging
from typing import Any
from ostrov import Component, TaskContext, task, traceparent, workflow

@task(name="leaf")
async def leaf() -> str | None:
    return traceparent()

@task(name="on the loop")
async def on_the_loop() -> str | None:
    await leaf.enqueue()
    logging.getLogger("traced").warning("on the loop")
    return traceparent()

@task(name="in a thread")
def in_a_thread() -> str | None:
    leaf.enqueue_sync()
    logging.getLogger("traced").warning("in a thread")
    return traceparent()

@task(name="in a process", process=True)
def in_a_process(context: TaskContext) -> str | None:
    leaf.enqueue_many_sync([{}])
    assert context.traceparent == traceparent()
    return traceparent()

@task(name="numbers")
async def numbers() -> list[int]:
    return [1, 2]

@task(name="doubled")
def doubled(number: int) -> int:
    leaf.enqueue_sync()
    return number * 2

@workflow(name="inner")
def inner() -> Any:
    return leaf()

@workflow(name="outer")
def outer() -> Any:
    found = doubled.map(numbers())
    inner().after(found)

component = Component(name="traced", tasks=[leaf, on_the_loop, in_a_thread, in_a_process, numbers, doubled, inner, outer])
"""


@pytest.fixture
def traced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    (tmp_path / "traced_tasks.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("traced_tasks")
    del sys.modules["traced_tasks"]


@contextlib.contextmanager
def belonging(traceparent: str) -> Iterator[None]:
    """What is done inside belongs to a trace."""
    found = parse(traceparent)
    assert isinstance(found, Trace)
    token = current.set(found)
    try:
        yield
    finally:
        current.reset(token)


async def all_runs(application: Ostrov, wanted: Filter | None = None) -> list[RunRow]:
    return (await application.store.read(runs, wanted or Filter(), 100)).runs


async def settled(application: Ostrov, count: int) -> list[RunRow]:
    """All runs, once there are so many and all are over."""
    deadline = time.monotonic() + 30
    while len(found := await all_runs(application)) != count or not all(run.state.over for run in found):
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.02)
    assert {run.state for run in found} == {"successful"}, found
    return found


@pytest.mark.parametrize("where", ["on_the_loop", "in_a_thread", "in_a_process"])
async def test_a_run_carries_the_trace_of_its_caller_to_the_runs_it_enqueues(
    tmp_path: Path, database: list[str], traced: Any, where: str
) -> None:
    async with running(tmp_path, ["traced_tasks:component"], database) as application:
        with belonging(HEADER):
            run = await getattr(traced, where).enqueue()
        async with working(application):
            await run.wait(30)
            child, row = await settled(application, 2)
        assert row.trace == HEADER
        assert {row.trace_id, child.trace_id} == {ID}
        span = run.id.replace("-", "")[16:]
        assert run.result == f"00-{ID}-{span}-01"
        assert child.trace == run.result  # the caller's span is the parent
        assert child.parent_id == run.id


@pytest.mark.parametrize("where", ["on_the_loop", "in_a_thread", "in_a_process"])
async def test_a_run_of_no_trace_begins_one_of_its_own(tmp_path: Path, traced: Any, where: str) -> None:
    async with running(tmp_path, ["traced_tasks:component"]) as application:
        run = await getattr(traced, where).enqueue()
        async with working(application):
            child, row = await settled(application, 2)
        assert row.trace is None
        assert row.trace_id == child.trace_id == run.id.replace("-", "")


async def test_a_thread_forgets_the_trace_of_the_run_before(tmp_path: Path, traced: Any) -> None:
    async with running(tmp_path, ["traced_tasks:component"], ["tasks.threads=1"]) as application:
        with belonging(HEADER):
            first = await traced.in_a_thread.enqueue()
        second = await traced.in_a_thread.enqueue()
        async with working(application):
            await first.wait(20)
            await second.wait(20)
        assert ID in first.result
        assert ID not in second.result


async def test_steps_elements_and_workflows_inside_are_of_their_workflows_trace(
    tmp_path: Path, database: list[str], traced: Any
) -> None:
    async with running(tmp_path, ["traced_tasks:component"], database) as application:
        with belonging(HEADER):
            await traced.outer.enqueue()
        alone = await traced.outer.enqueue()
        assert await run_tasks(application) > 0
        found = await all_runs(application)
        traces = {run.trace_id for run in found}
        of = {trace_id: sorted(run.task for run in found if run.trace_id == trace_id) for trace_id in traces}
        whole = ["doubled", "doubled", "doubled", "inner", "leaf", "leaf", "leaf", "numbers", "outer"]
        assert of == {ID: whole, alone.id.replace("-", ""): whole}


async def test_all_runs_of_a_trace_are_found_by_its_id(tmp_path: Path, database: list[str], traced: Any) -> None:
    async with running(tmp_path, ["traced_tasks:component"], database) as application:
        with belonging(HEADER):
            await traced.on_the_loop.enqueue()
        alone = await traced.on_the_loop.enqueue()
        await run_tasks(application)
        for trace_id in (ID, alone.id.replace("-", "")):
            found = await all_runs(application, Filter(trace=trace_id))
            assert sorted(run.task for run in found) == ["leaf", "on the loop"]
        assert await all_runs(application, Filter(trace="0" * 32)) == []


async def test_an_operator_lists_the_runs_of_a_trace(tmp_path: Path, traced: Any) -> None:
    async with running(tmp_path, ["traced_tasks:component"]) as application:
        with belonging(HEADER):
            run = await traced.leaf.enqueue()
        await traced.leaf.enqueue()
        operations = open_operations(application)
        for asked in (ID, HEADER):
            found = await operations.call("tasks.list", {"trace": asked}, SHELL, "cli")
            assert [row["id"] for row in found.result] == [run.id]
        shown = await operations.call("tasks.show", {"run": run.id}, SHELL, "cli")
        assert shown.result["trace"] == ID
        with pytest.raises(UsageError, match="is no trace id"):
            await operations.call("tasks.list", {"trace": "4bf9"}, SHELL, "cli")


async def test_the_log_of_a_run_names_its_trace(tmp_path: Path, traced: Any) -> None:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.addFilter(Traces())
    handler.setFormatter(logging.Formatter(LINE))
    logging.getLogger("traced").addHandler(handler)
    try:
        async with running(tmp_path, ["traced_tasks:component"]) as application:
            with belonging(HEADER):
                await traced.on_the_loop.enqueue()
                await traced.in_a_thread.enqueue()
            async with working(application):
                await settled(application, 4)
    finally:
        logging.getLogger("traced").removeHandler(handler)
    assert sorted(said.getvalue().splitlines()) == [
        f"WARNING traced: in a thread [{ID}]",
        f"WARNING traced: on the loop [{ID}]",
    ]


@contextlib.asynccontextmanager
async def serving(folder: Path, traced: Any) -> AsyncIterator[tuple[Ostrov, httpx.AsyncClient]]:
    """A web service whose every request enqueues a run."""

    async def enqueue(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        await traced.leaf.enqueue()
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with running(folder, ["traced_tasks:component"]) as application:
        application.components["shop"] = Component(name="shop", mounts=(Mount("/shop", lambda application: enqueue),))
        (listening,) = bind(Listen("127.0.0.1", 0))
        context = ServiceContext(application, "web", sockets=(listening,))
        service = asyncio.create_task(serve(context))
        await context.is_ready.wait()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
            yield application, client
        context.stopping.set()
        await service


async def test_a_request_brings_its_trace_to_the_runs_it_enqueues(tmp_path: Path, traced: Any) -> None:
    async with serving(tmp_path, traced) as (application, client):
        assert (await client.get("/shop", headers={"traceparent": HEADER})).status_code == 202
        (run,) = await all_runs(application)
        assert run.trace_id == ID
        assert SPAN not in (run.trace or "")  # the request itself is the parent, not its sender
        found = await application.store.read(detail, run.id)
        assert found is not None
        assert found.run.trace == run.trace


async def test_requests_without_a_valid_trace_begin_each_their_own(tmp_path: Path, traced: Any) -> None:
    async with serving(tmp_path, traced) as (application, client):
        await client.get("/shop")
        await client.get("/shop")
        await client.get("/shop", headers={"traceparent": f"ff-{ID}-{SPAN}-01"})
        found = await all_runs(application)
        assert all(parse(run.trace or "") for run in found)
        assert len({run.trace_id for run in found} - {ID}) == 3
