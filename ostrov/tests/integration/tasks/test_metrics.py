"""What is counted of tasks, and what `/metrics` says of it."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from ostrov import Backoff, Component, Ostrov, TaskContext, task
from ostrov.core.component import Listen
from ostrov.core.errors import StoreBusy
from ostrov.core.exposition import Family
from ostrov.core.store.migrations import migrate
from ostrov.core.supervisor.context import ServiceContext
from ostrov.core.supervisor.listening import bind
from ostrov.run.tasks import control, metrics
from ostrov.run.tasks.families import families
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.telemetry import Happening
from ostrov.run.tasks.testing import working
from ostrov.run.tasks.worker_process import WorkerProcess
from ostrov.run.web.service import serve
from ostrov.testing import make_project, running

HERE = f"{__name__}:component"


@task(name="bake", queue="oven")
async def bake(loaves: int = 1) -> int:
    return loaves


@task(name="burn", queue="oven", retries=1, backoff=Backoff("fixed", first=0, jitter=0))
def burn() -> None:
    raise ValueError("the oven is too hot")


@task(name="knead")
def knead(context: TaskContext) -> None:
    bake.enqueue_sync()


component = Component(name="bakery", tasks=[bake, burn, knead])


SHARED = """
from ostrov import Component, task

@task(name="roll", queue="oven")
async def roll() -> None:
    pass

@task(name="mill", process=True)
def mill() -> None:
    roll.enqueue_sync()

component = Component(name="bakery", tasks=[roll, mill])
"""


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A module that worker processes can import too."""
    (tmp_path / "shared_bakery.py").write_text(SHARED)
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("shared_bakery")
    del sys.modules["shared_bakery"]


def value(found: list[Family], name: str, **labels: str) -> float:
    """The value of one sample, 0 when there is none."""
    for family in found:
        for sample in family.samples:
            if family.name + sample.suffix == name and dict(sample.labels) == labels:
                return sample.value
    return 0


def events(found: list[Family], event: str, task: str, queue: str = "oven") -> float:
    return value(found, "ostrov_task_events_total", event=event, task=task, queue=queue)


async def test_what_happens_to_runs_is_counted_by_task_queue_and_event(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        async with working(application):
            runs = [await bake.enqueue() for _ in range(3)] + [await burn.enqueue()]
            for run in runs:
                await run.wait(10)
        found = await families(application)
        assert {event: events(found, event, "bake") for event in ("enqueued", "started", "successful", "dead")} == {
            "enqueued": 3,
            "started": 3,
            "successful": 3,
            "dead": 0,
        }
        assert [events(found, event, "burn") for event in ("enqueued", "started", "retried", "dead")] == [1, 2, 1, 1]
        assert value(found, "ostrov_task_wait_seconds_count", task="bake", queue="oven") == 3
        assert value(found, "ostrov_task_wait_seconds_bucket", task="bake", queue="oven", le="+Inf") == 3
        assert 0 < value(found, "ostrov_task_wait_seconds_sum", task="bake", queue="oven") < 30
        assert value(found, "ostrov_task_duration_seconds_count", task="bake", queue="oven", outcome="successful") == 3
        assert value(found, "ostrov_task_duration_seconds_count", task="burn", queue="oven", outcome="retried") == 1
        assert value(found, "ostrov_task_duration_seconds_count", task="burn", queue="oven", outcome="dead") == 1
        assert value(found, "ostrov_task_dead_runs") == 1


async def test_gauges_are_the_ledger_as_it_stands(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], [*database, "tasks.slots=7"]) as application:
        await application.store.write(control.pause, "oven", True, time.time())
        await bake.enqueue()
        await bake.using(run_after=3600).enqueue()
        await application.store.write(lambda connection: connection.execute("UPDATE task_run SET run_after = run_after - 60"))
        await application.store.write(
            lambda connection: connection.execute(
                "INSERT INTO task_schedule (key, task, rule, timezone, next_tick, seen_at) VALUES (?, ?, ?, ?, ?, ?)",
                ("bake", "bake", "every 60", "UTC", time.time() - 100, time.time()),
            )
        )
        async with working(application):
            found = await families(application)
        states = {state: value(found, "ostrov_queue_runs", queue="oven", state=state) for state in ("ready", "scheduled")}
        assert states == {"ready": 1, "scheduled": 1}
        assert value(found, "ostrov_queue_paused", queue="oven") == 1
        assert 60 <= value(found, "ostrov_queue_oldest_ready_seconds", queue="oven") < 90
        assert value(found, "ostrov_task_workers", state="running") == 1
        assert value(found, "ostrov_task_slots") == 7
        assert value(found, "ostrov_schedules") == 1
        assert value(found, "ostrov_schedules_late") == 1
        assert 100 <= value(found, "ostrov_schedule_lateness_seconds") < 130
        assert value(await families(application), "ostrov_task_slots") == 0


async def test_counts_of_other_processes_are_added_and_outlive_them(
    tmp_path: Path, database: list[str], start_worker: Callable[..., WorkerProcess], shared: Any
) -> None:
    async with running(tmp_path, ["shared_bakery:component"], database) as application:
        for _ in range(2):
            worker = start_worker(database)
            runs = [await shared.roll.enqueue() for _ in range(5)]
            for run in runs:
                await run.wait(20)
            assert worker.stop() == 0
        found = await families(application)
        assert [events(found, event, "roll") for event in ("enqueued", "started", "successful")] == [10, 10, 10]


async def test_what_a_task_in_a_process_enqueues_is_counted_though_its_process_is_ended(tmp_path: Path, shared: Any) -> None:
    async with running(tmp_path, ["shared_bakery:component"]) as application:
        run = await shared.mill.enqueue()
        async with working(application):
            await run.wait(20)
        assert events(await families(application), "enqueued", "roll") == 1


async def test_counts_survive_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path, [HERE]) as application:
        await bake.enqueue()
    async with running(tmp_path, [HERE]) as application:
        await bake.enqueue()
        assert events(await families(application), "enqueued", "bake") == 2


async def test_what_the_ledger_refuses_is_counted_the_next_time(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> None:
        raise StoreBusy("the database is busy")

    async with running(tmp_path, [HERE], database) as application:
        await bake.enqueue()
        with monkeypatch.context() as patch:
            patch.setattr(metrics, "add", busy)
            assert events(await families(application), "enqueued", "bake") == 0
        await bake.enqueue()
        assert events(await families(application), "enqueued", "bake") == 2


async def test_many_threads_count_nothing_twice_and_lose_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, [HERE]) as application:
        counter = application.part(open_tasks).metrics
        happening = Happening("started", "1", "bake", "oven", 1, 0.02)
        threads = [threading.Thread(target=lambda: [counter(happening) for _ in range(5000)]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join)
        found = await families(application)
        assert events(found, "started", "bake") == 40_000
        assert value(found, "ostrov_task_wait_seconds_bucket", task="bake", queue="oven", le="0.025") == 40_000


def test_a_program_without_an_event_loop_leaves_its_counts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "EVERY", 0.05)
    application = Ostrov.open(make_project(tmp_path, [HERE]), environ={})
    migrate(application)
    bake.enqueue_sync()
    deadline = time.monotonic() + 20
    while ("enqueued", "bake", "oven") not in application.store.read_sync(metrics.totals):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    asyncio.run(application.close())


@asynccontextmanager
async def serving(folder: Path, *overrides: str) -> Any:
    """The web service with its real mounts; a client for it."""
    async with running(folder, [HERE], overrides) as application:
        (listening,) = bind(Listen("127.0.0.1", 0))
        context = ServiceContext(application, "web", sockets=(listening,))
        task = asyncio.create_task(serve(context))
        await context.is_ready.wait()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
            yield application, client
        context.stopping.set()
        await task


def parsed(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    from prometheus_client import parser

    for family in parser.text_string_to_metric_families(text):
        assert family.type in ("counter", "gauge", "histogram")
        assert family.documentation
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


async def test_prometheus_reads_it_at_the_address_it_expects(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, client):
        await bake.enqueue()
        answer = await client.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        samples = list(parsed(answer.text))
        assert ("ostrov_task_events_total", {"event": "enqueued", "task": "bake", "queue": "oven"}, 1.0) in samples
        assert ("ostrov_queue_runs", {"queue": "oven", "state": "ready"}, 1.0) in samples
        assert (await client.head("/metrics")).content == b""
        assert (await client.post("/metrics")).status_code == 405


@pytest.mark.parametrize(
    "headers",
    [{"x-forwarded-for": "203.0.113.9"}, {"forwarded": "for=203.0.113.9"}, {"host": "rebound.example"}],
    ids=["a proxy", "a proxy by RFC 7239", "a name from elsewhere"],
)
async def test_without_a_token_only_this_machine_itself_is_answered(tmp_path: Path, headers: dict[str, str]) -> None:
    async with serving(tmp_path) as (_, client):
        assert (await client.get("/metrics", headers=headers)).status_code == 403
        assert (await client.get("/metrics")).status_code == 200


async def test_with_a_token_whoever_knows_it_is_answered_and_nobody_else(tmp_path: Path) -> None:
    async with serving(tmp_path, "web.metrics_token=brioche") as (_, client):
        refused = await client.get("/metrics")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="metrics"')
        assert "bake" not in refused.text
        assert (await client.get("/metrics", headers={"authorization": "Bearer baguette"})).status_code == 401
        known = {"authorization": "Bearer brioche", "x-forwarded-for": "203.0.113.9"}
        assert (await client.get("/metrics", headers=known)).status_code == 200


async def test_metrics_can_be_switched_off(tmp_path: Path) -> None:
    async with serving(tmp_path, "web.metrics=false") as (_, client):
        assert (await client.get("/metrics")).status_code == 404


async def test_a_ledger_that_does_not_serve_is_a_target_that_is_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(tmp_path) as (_, client):
        monkeypatch.setattr("ostrov.run.tasks.families._families", _away)
        answer = await client.get("/metrics")
        assert (answer.status_code, answer.text) == (503, "the database is busy\n")


def _away(*_: Any) -> None:
    raise StoreBusy("the database is busy")


async def test_counts_of_tasks_that_are_gone_are_forgotten(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, [HERE], database) as application:
        await bake.enqueue()
        await families(application)
        assert await application.store.write(metrics.forget, time.time() - 60) == 0
        assert await application.store.write(metrics.forget, time.time() + 60) == 1
        assert events(await families(application), "enqueued", "bake") == 0
