"""A broker that is away costs no run: enqueueing goes on, and what could not be told is told later."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ostrov import Ostrov
from ostrov.run.tasks import publisher
from ostrov.run.tasks.testing import working
from ostrov.testing import running

CREW = "house_crew:component"
NEEDS = {"procrastinate": "postgresql", "taskiq_nats": "nats", "celery_redis": "redis", "celery_rabbitmq": "rabbitmq"}
SLOW = {"celery_rabbitmq": [pytest.mark.long]}
"""RabbitMQ takes ten seconds to start."""
HOUSES = [pytest.param(name, marks=[pytest.mark.server(server), *SLOW.get(name, [])]) for name, server in NEEDS.items()]


@pytest.fixture(params=HOUSES)
def broker(request: pytest.FixtureRequest, tmp_path: Path, crew: Any) -> Iterator[Any]:
    """A broker of the test's own, running, with `overrides` that make a project live with it; its ledger is SQLite."""
    engine = request.param.split("_")[0]
    own = import_module("brokers").BROKERS[request.param](tmp_path)
    own.start()
    own.overrides = [f"tasks.engine={engine}", f"tasks.broker={own.address}", "tasks.poll=0.1"]
    yield own
    own.stop()


async def finished(application: Ostrov, count: int, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    counted = "SELECT count(*) FROM task_finished_run WHERE state = 'successful' AND attempt = 1"
    while (done := await application.store.read(lambda connection: connection.value(counted))) < count:
        left = await application.store.read(lambda c: c.rows("SELECT state, unpublished FROM task_run LIMIT 5"))
        assert time.monotonic() < deadline, (done, left)
        await asyncio.sleep(0.05)
    assert await application.store.read(lambda connection: connection.value("SELECT count(*) FROM task_run")) == 0


def calls(folder: Path, numbers: range) -> list[dict[str, Any]]:
    folder.mkdir(exist_ok=True)
    return [{"folder": str(folder), "number": n, "seconds": 0.01} for n in numbers]


async def test_runs_enqueued_while_the_broker_is_away_run_when_it_is_back(
    tmp_path: Path, broker: Any, crew: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "LOOK", 0.5)
    async with running(tmp_path, [CREW], broker.overrides) as application, working(application):
        await crew.steps.enqueue_many(calls(tmp_path / "notes", range(20)))
        await finished(application, 20)
        await asyncio.to_thread(broker.stop)
        begun = time.monotonic()
        await crew.steps.enqueue_many(calls(tmp_path / "notes", range(20, 40)))
        assert time.monotonic() - begun < 2.0, "enqueueing waits for the broker"
        await asyncio.to_thread(broker.start)
        await finished(application, 40)


async def test_a_worker_starts_while_the_broker_is_away(
    tmp_path: Path, broker: Any, crew: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(publisher, "LOOK", 0.5)
    async with running(tmp_path, [CREW], broker.overrides) as application:
        await crew.steps.enqueue_many(calls(tmp_path / "notes", range(20)))
        await asyncio.to_thread(broker.stop)
        async with working(application):
            deadline = time.monotonic() + 20
            while "trying again" not in caplog.text and "does not answer" not in caplog.text:
                assert time.monotonic() < deadline, "the worker does not miss its broker"
                await asyncio.sleep(0.02)
            await asyncio.to_thread(broker.start)
            await finished(application, 20)


async def test_a_worker_stops_while_the_broker_is_away(tmp_path: Path, broker: Any, crew: Any) -> None:
    async with running(tmp_path, [CREW], broker.overrides) as application:
        async with working(application):
            await crew.steps.enqueue_many(calls(tmp_path / "notes", range(5)))
            await finished(application, 5)
            await asyncio.to_thread(broker.stop)
            begun = time.monotonic()
        assert time.monotonic() - begun < 12.0


async def test_what_a_program_could_not_tell_the_broker_before_it_ended_is_told_later(
    tmp_path: Path, broker: Any, crew: Any
) -> None:
    await asyncio.to_thread(broker.stop)
    async with running(tmp_path, [CREW], broker.overrides) as application:
        await crew.steps.enqueue_many(calls(tmp_path / "notes", range(10)))
    await asyncio.to_thread(broker.start)
    async with running(tmp_path, [CREW], broker.overrides) as application:
        untold = "SELECT count(*) FROM task_run WHERE unpublished = 1"
        assert await application.store.read(lambda connection: connection.value(untold)) == 10
        async with working(application):
            await finished(application, 10)
