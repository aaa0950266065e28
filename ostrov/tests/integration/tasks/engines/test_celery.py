"""The celery engine on real Redis and RabbitMQ, where Celery makes it differ. The conformance suite has the rest."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("celery", reason="Celery is not installed: pip install 'ostrov[celery]'")

from ostrov import Ostrov
from ostrov.core.errors import SettingsError
from ostrov.run.tasks import publisher
from ostrov.run.tasks.engines.celery import CeleryEngine, held
from ostrov.run.tasks.engines.celery.consumer import CeleryWorker
from ostrov.run.tasks.engines.celery.names import application_for, connected, kind_of, level
from ostrov.run.tasks.engines.celery.receiver import BEAT
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.testing import working
from ostrov.run.tasks.worker import SPARE
from ostrov.testing import running

MODULE = """
import asyncio
from ostrov import Component, task

begun = []

@task
async def adds(number: int) -> int:
    begun.append(number)
    return number + 1

@task
async def naps(seconds: float) -> None:
    await asyncio.sleep(seconds)

component = Component(name="kitchen", tasks=[adds, naps])
"""
COMPONENT = "celery_kitchen:component"
COUNTED = 2 * publisher.LOOK - 1
"""Seconds before two counts of the messages could have found that some are missing."""
ON_REDIS = pytest.param("redis", marks=pytest.mark.server("redis"))
ON_RABBITMQ = pytest.param("rabbitmq", marks=pytest.mark.server("rabbitmq"))


@pytest.fixture
def kitchen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "celery_kitchen.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield import_module("celery_kitchen")
    del sys.modules["celery_kitchen"]


def settings(broker: str) -> list[str]:
    """A project of its own on a broker that others use, too."""
    address = os.environ[f"OSTROV_TEST_{broker.upper()}"] + ("/6" if broker == "redis" else "")
    return [f"name=k_{uuid.uuid4().hex[:12]}", "tasks.engine=celery", f"tasks.broker={address}"]


def engine_of(application: Ostrov) -> CeleryEngine:
    engine = application.part(open_tasks).engine
    assert isinstance(engine, CeleryEngine)
    return engine


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until an awaitable of `condition()` is true."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.02)


async def depth(application: Ostrov) -> int:
    engine = engine_of(application)
    return await engine.call(engine.depth())


async def counted(application: Ostrov, what: str) -> int:
    return int(await application.store.read(lambda connection: connection.value(f"SELECT count(*) FROM {what}")))


@pytest.mark.parametrize("broker", [ON_REDIS, ON_RABBITMQ])
async def test_a_higher_priority_comes_first(tmp_path: Path, kitchen: Any, broker: str) -> None:
    async with running(tmp_path, [COMPONENT], [*settings(broker), "tasks.slots=1"]) as application:
        for number, priority in enumerate((-5, 0, 3, 9)):
            for _ in range(10):
                await kitchen.adds.using(priority=priority).enqueue(number)
        await until(lambda: _at_least(depth(application), 40))
        async with working(application):
            await until(lambda: _at_least(counted(application, "task_finished_run"), 40))
        assert kitchen.begun == sorted(kitchen.begun, reverse=True)
        assert await depth(application) == 0


@pytest.mark.parametrize("broker", [ON_REDIS, ON_RABBITMQ])
async def test_a_busy_worker_leaves_the_others_theirs(tmp_path: Path, kitchen: Any, broker: str) -> None:
    """It holds no more messages than it has places, and a few."""
    async with (
        running(tmp_path, [COMPONENT], [*settings(broker), "tasks.slots=2", "tasks.drain=0.1"]) as application,
        working(application),
    ):
        await kitchen.naps.enqueue_many([{"seconds": 60.0}] * 2)
        await until(lambda: _at_least(counted(application, "task_run WHERE state = 'running'"), 2))
        quick = await kitchen.adds.enqueue_many([{"number": number} for number in range(50)])
        await until(lambda: _at_least(_waiting(application), 50 - 4))
        async with working(application):
            assert await quick[-1].wait(20) == "successful"
            await until(lambda: _at_least(counted(application, "task_finished_run"), 50))


@pytest.mark.parametrize("broker", [ON_REDIS, ON_RABBITMQ])
async def test_runs_of_a_queue_that_nobody_serves_are_not_thought_lost(tmp_path: Path, kitchen: Any, broker: str) -> None:
    async with running(tmp_path, [COMPONENT], settings(broker)) as application:
        await kitchen.adds.using(queue="attic").enqueue_many([{"number": number} for number in range(5)])
        await until(lambda: _at_least(depth(application), 5))
        engine = engine_of(application)
        assert await engine.call(engine.purge()) == 5


@pytest.mark.parametrize("broker", [ON_REDIS, ON_RABBITMQ])
async def test_a_worker_that_has_fewer_slots_now_holds_fewer_messages(tmp_path: Path, kitchen: Any, broker: str) -> None:
    overrides = [*settings(broker), "tasks.slots=20", "tasks.drain=0.1"]
    async with running(tmp_path, [COMPONENT], overrides) as application, working(application) as worker:
        assert await (await kitchen.adds.enqueue(0)).wait(20) == "successful"
        worker.runner.resize(2)
        await asyncio.sleep(2 * BEAT)  # the time it has to hear of it
        await kitchen.naps.enqueue_many([{"seconds": 60.0}] * 40)
        await until(lambda: _at_least(counted(application, "task_run WHERE state = 'running'"), 2))
        await asyncio.sleep(BEAT)  # the time that it would have to take more
        assert await _waiting(application) >= 40 - 2 - SPARE


@pytest.mark.parametrize("broker", [ON_REDIS, ON_RABBITMQ])
async def test_what_a_killed_worker_held_goes_to_another_before_anybody_counts(
    tmp_path: Path, kitchen: Any, broker: str, start_worker: Any
) -> None:
    overrides = settings(broker)
    async with running(tmp_path, [COMPONENT], [*overrides, "tasks.drain=0.1"]) as application:
        victim = start_worker([*overrides, "tasks.slots=2"])
        await kitchen.naps.enqueue_many([{"seconds": 60.0}] * 2)
        await until(lambda: _at_least(counted(application, "task_run WHERE state = 'running'"), 2))
        held = await kitchen.adds.enqueue_many([{"number": number} for number in range(4)])
        await until(lambda: _no_more(_waiting(application)))
        async with working(application):
            victim.kill()
            for run in held:
                assert await run.wait(COUNTED) == "successful"


@pytest.mark.server("redis")
async def test_a_redis_that_comes_back_empty_is_told_again(
    tmp_path: Path, kitchen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "LOOK", 0.2)
    async with running(tmp_path, [COMPONENT], settings("redis")) as application:
        runs = await kitchen.adds.enqueue_many([{"number": number} for number in range(20)])
        await until(lambda: _at_least(depth(application), 20))
        engine = engine_of(application)
        assert await engine.call(engine.purge()) == 20
        async with working(application):
            for run in runs:
                assert await run.wait(20) == "successful"


@pytest.mark.server("redis")
async def test_a_message_that_redis_gave_to_nobody_is_missed_when_a_worker_starts_or_dies(
    tmp_path: Path, kitchen: Any, start_worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, not when the numbers of messages and of runs have differed for ten seconds."""
    overrides = settings("redis")
    async with running(tmp_path, [COMPONENT], overrides) as application:

        async def untold(number: int) -> Any:
            with monkeypatch.context() as patch:
                patch.setattr(engine_of(application), "announce", lambda runs: None)
                return await kitchen.adds.enqueue(number)

        lost = await untold(1)
        victim = start_worker(overrides)
        assert await lost.wait(COUNTED) == "successful"
        async with working(application):
            await until(lambda: _at_least(_holders(application), 2))
            lost = await untold(2)
            victim.kill()
            assert await lost.wait(COUNTED) == "successful"


@pytest.mark.server("redis")
async def test_a_worker_that_stopped_leaves_nothing_of_itself_in_redis(tmp_path: Path, kitchen: Any) -> None:
    async with running(tmp_path, [COMPONENT], settings("redis")) as application:
        async with working(application):
            assert await (await kitchen.adds.enqueue(1)).wait(20) == "successful"
        async with working(application):  # the next one looks after it
            await until(lambda: _is_one(_holders(application)))
        engine = engine_of(application)
        client = connected(application_for(engine.broker, engine.project)).default_channel.client
        assert list(client.scan_iter(f"{engine.project}.unacked*")) == []


@pytest.mark.server("redis")
async def test_an_errand_that_comes_too_late_is_written_into_nobodys_file(tmp_path: Path) -> None:
    """The number of a closed pipe is the next file's, perhaps the ledger's."""
    broker = os.environ["OSTROV_TEST_REDIS"] + "/6"
    worker = CeleryWorker(application_for(broker, "late"), "late@here", ["late.default"], 1, 1, lambda request: None, {})
    worker.start(lambda: None)
    await asyncio.to_thread(worker.stop)
    with (tmp_path / "ledger").open("wb") as file:
        number = os.dup2(file.fileno(), worker._writing)
        try:
            worker.do(lambda consumer: None)
        finally:
            os.close(number)
    assert (tmp_path / "ledger").read_bytes() == b""


async def test_any_priority_has_a_level_in_the_broker() -> None:
    assert [level("amqp", priority) for priority in (-100, -4, 0, 1, 5, 100)] == [0, 0, 4, 5, 9, 9]
    assert [level("redis", priority) for priority in (-100, -1, 0, 1, 3, 4, 100)] == [9, 9, 6, 3, 3, 0, 0]


@pytest.mark.parametrize("text", ["nats://localhost", "localhost:5672", "redis://", "postgresql://localhost/x"])
async def test_an_address_that_cannot_be_is_refused_without_its_password(tmp_path: Path, kitchen: Any, text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        kind_of(text.replace("//", "//me:secret@"))
    assert "secret" not in f"{refused.value} {refused.value.cause}"
    async with running(tmp_path, [COMPONENT], ["tasks.engine=celery", f"tasks.broker={text}"]):
        with pytest.raises(SettingsError, match=r"tasks\.broker"):
            await kitchen.adds.enqueue(1)


async def _waiting(application: Ostrov) -> int:
    """Messages that no worker holds."""
    engine = engine_of(application)

    def waiting() -> int:
        with engine._declared() as queues:
            return sum(queue.queue_declare().message_count for queue in queues)

    return await engine.call(engine._do(waiting))


async def _holders(application: Ostrov) -> int:
    engine = engine_of(application)
    return await engine.call(engine._do(lambda: len(held.holders(engine._channel.client, engine.project))))


async def _at_least(awaitable: Any, number: int) -> bool:
    return bool(await awaitable >= number)


async def _no_more(awaitable: Any) -> bool:
    return bool(await awaitable == 0)


async def _is_one(awaitable: Any) -> bool:
    return bool(await awaitable == 1)
