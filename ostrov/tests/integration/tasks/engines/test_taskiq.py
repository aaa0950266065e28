"""The taskiq engine on a real NATS server: what the ledger promises holds while workers and the server come and go."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("taskiq_nats", reason="taskiq is not installed: pip install 'ostrov[taskiq]'")

from nats import connect
from nats.js.errors import NotFoundError

from ostrov import Ostrov
from ostrov.core.errors import OstrovError, SettingsError
from ostrov.core.store import Connection
from ostrov.run.tasks import control
from ostrov.run.tasks.engine import Publication
from ostrov.run.tasks.engines.jetstream import JetStreamBroker
from ostrov.run.tasks.engines.subjects import Address, address
from ostrov.run.tasks.engines.taskiq import TaskiqEngine
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.testing import working
from ostrov.testing import running

pytestmark = pytest.mark.server("nats")
MODULE = """
import asyncio, time
from ostrov import Backoff, Component, TaskContext, task

begun = []

@task
async def adds(number: int) -> int:
    begun.append(number)
    return number + 1

@task
def adds_in_a_thread(number: int) -> int:
    return number + 1

@task(retries=2, backoff=Backoff("fixed", first=0.05, jitter=0))
async def third_time_lucky(context: TaskContext) -> int:
    if context.attempt < 3:
        raise ValueError("not yet")
    return context.attempt

@task
async def naps(seconds: float) -> None:
    await asyncio.sleep(seconds)

component = Component(name="crew", tasks=[adds, adds_in_a_thread, third_time_lucky, naps])
"""
COMPONENT = "taskiq_crew:component"


@pytest.fixture
def crew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "taskiq_crew.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield import_module("taskiq_crew")
    del sys.modules["taskiq_crew"]


class Server:
    """A NATS server of the test's own, which it may kill."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._words = ["nats-server", "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(folder), "-l", f"{folder}.log"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> list[str]:
        return ["tasks.engine=taskiq", f"tasks.broker=nats://127.0.0.1:{self.port}"]

    def start(self) -> None:
        self._process = subprocess.Popen(self._words)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        raise AssertionError("the NATS server does not start")

    def end(self) -> None:
        """Let it write what it has to write."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait()
        self._process = None

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "nats")
    yield server
    server.kill()


@pytest.fixture
def nats() -> Iterator[list[str]]:
    """Settings of the engine with a stream of its own on the server that `bin/services` started."""
    stream = f"t_{uuid.uuid4().hex[:12]}"
    url = os.environ["OSTROV_TEST_NATS"]
    yield ["tasks.engine=taskiq", f"tasks.broker={url}/{stream}"]

    async def delete() -> None:
        connection = await connect(url)
        with contextlib.suppress(NotFoundError):
            await connection.jetstream().delete_stream(stream)
        await connection.close()

    asyncio.run(delete())


@pytest.fixture
def start_worker(tmp_path: Path, crew: Any) -> Iterator[Callable[[list[str]], subprocess.Popen[bytes]]]:
    """Start the worker service in a process of its own; all are ended after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(overrides: list[str]) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(entry for entry in sys.path if entry)
        words = [sys.executable, "-m", "ostrov.core.supervisor.host", "--project", str(tmp_path), "worker", "worker"]
        with (tmp_path / "workers.log").open("ab") as log:
            process = subprocess.Popen(
                words,
                env={**os.environ, "PYTHONPATH": paths, "OSTROV_OVERRIDES": json.dumps(overrides)},
                stdout=log,
                stderr=log,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


async def rows(application: Ostrov, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    def read(connection: Connection) -> list[tuple[Any, ...]]:
        return connection.rows(sql, values)

    return await application.store.read(read)


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until an awaitable of `condition()` is true."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.02)


async def all_successful(application: Ostrov, count: int, seconds: float = 30.0) -> None:
    """Every one of so many runs is over, successfully, once."""

    async def over() -> bool:
        return (await rows(application, "SELECT count(*) FROM task_finished_run"))[0][0] >= count

    await until(over, seconds)
    assert await rows(application, "SELECT state, count(*) FROM task_finished_run GROUP BY state") == [("successful", count)]
    assert await rows(application, "SELECT count(*) FROM task_run") == [(0,)]
    successes = await rows(
        application, "SELECT count(*), count(DISTINCT run_id) FROM task_attempt WHERE outcome = 'successful'"
    )
    assert successes == [(count, count)]


def engine_of(application: Ostrov) -> TaskiqEngine:
    engine = application.part(open_tasks).engine
    assert isinstance(engine, TaskiqEngine)
    return engine


async def depth(application: Ostrov) -> int:
    engine = engine_of(application)
    return await engine.call(engine.depth())


async def test_runs_come_by_nats_and_the_stream_is_empty_after(
    tmp_path: Path, database: list[str], nats: list[str], crew: Any
) -> None:
    async with running(tmp_path, [COMPONENT], [*database, *nats]) as application:
        waiting = await crew.adds.enqueue_many([{"number": number} for number in range(300)])
        await until(lambda: _is(depth(application), 300))
        async with working(application):
            assert await waiting[-1].wait(20) == "successful"
            threaded = await crew.adds_in_a_thread.enqueue(7)
            retried = await crew.third_time_lucky.enqueue()
            delayed = await crew.adds.using(run_after=0.2).enqueue(1)
            assert [await run.wait(20) for run in (threaded, retried, delayed)] == ["successful"] * 3
            assert (threaded.result, retried.result, delayed.result) == (8, 3, 2)
            await all_successful(application, 303)
            await until(lambda: _is(depth(application), 0))


async def test_runs_of_a_higher_priority_and_of_every_queue_come_first(tmp_path: Path, nats: list[str], crew: Any) -> None:
    async with running(tmp_path, [COMPONENT], [*nats, "tasks.slots=1"]) as application:
        for number, priority in enumerate((-5, -1, 0, 0, 3, 9)):
            await crew.adds.using(priority=priority, queue="mail" if number % 2 else "default").enqueue(number)
        await until(lambda: _is(depth(application), 6))
        async with working(application):
            await all_successful(application, 6)
        high, normal, low = crew.begun[:2], crew.begun[2:4], crew.begun[4:]
        assert (sorted(high), sorted(normal), sorted(low)) == ([4, 5], [2, 3], [0, 1])


async def test_a_worker_of_some_queues_leaves_the_others_to_others(tmp_path: Path, nats: list[str], crew: Any) -> None:
    async with running(tmp_path, [COMPONENT], nats) as application:
        async with working(application, ["mail"]):
            await crew.adds.enqueue_many([{"number": number} for number in range(50)])
            letter = await crew.adds.using(queue="mail").enqueue(1000)
            assert await letter.wait(10) == "successful"
            assert crew.begun == [1000]
        async with working(application):
            await all_successful(application, 51)


async def test_a_run_that_is_published_three_times_runs_once(tmp_path: Path, nats: list[str], crew: Any) -> None:
    async with running(tmp_path, [COMPONENT], nats) as application:
        runs = await crew.adds.enqueue_many([{"number": number} for number in range(20)])
        await until(lambda: _is(depth(application), 20))
        engine = engine_of(application)
        again = [Publication(run.id, "adds", "default", 0) for run in runs]
        for _ in range(2):
            await engine.call(engine.publish(again))
        assert await depth(application) == 60
        async with working(application):
            await all_successful(application, 20)
            await until(lambda: _is(depth(application), 0))
        assert sorted(crew.begun) == list(range(20))


async def test_a_killed_worker_loses_nothing_and_others_take_over_within_two_seconds(
    tmp_path: Path, database: list[str], nats: list[str], crew: Any, start_worker: Callable[..., Any]
) -> None:
    overrides = [*database, *nats, "tasks.slots=10"]
    async with running(tmp_path, [COMPONENT], overrides) as application:
        crowd = {worker.pid: worker for worker in (start_worker(overrides), start_worker(overrides))}
        await until(lambda: _is(count(application, "task_worker"), 2))
        await crew.naps.enqueue_many([{"seconds": 0.3}] * 15)
        await until(lambda: _above(count(application, "task_run WHERE state = 'running'"), 9))
        held = (
            "SELECT pid FROM task_run JOIN task_worker ON task_worker.id = task_run.worker_id WHERE task_run.state = 'running'"
        )
        ((busiest, _),) = Counter(pid for (pid,) in await rows(application, held)).most_common(1)
        victim = crowd.pop(busiest)
        victim.kill()
        victim.wait()
        killed = time.time()
        await all_successful(application, 15)
        assert await count(application, "task_attempt WHERE outcome = 'lost'") > 0
        ((last_start,),) = await rows(application, "SELECT max(started_at) FROM task_attempt")
        assert last_start - killed < 2
        await until(lambda: _is(depth(application), 0))
        assert [worker.poll() for worker in crowd.values()] == [None]


@pytest.mark.long
async def test_workers_that_are_killed_again_and_again_lose_nothing_and_complete_nothing_twice(
    tmp_path: Path, database: list[str], nats: list[str], crew: Any, start_worker: Callable[..., Any]
) -> None:
    overrides = [*database, *nats, "tasks.slots=10", "tasks.losses=100"]
    async with running(tmp_path, [COMPONENT], overrides) as application:
        crowd = [start_worker(overrides), start_worker(overrides)]
        await crew.naps.enqueue_many([{"seconds": 0.05}] * 1500)
        for _ in range(12):
            before = await count(application, "task_finished_run")
            await until(lambda before=before: _above(count(application, "task_finished_run"), before + 20))
            victim = crowd.pop(random.randrange(2))
            victim.kill()
            victim.wait()
            crowd.append(start_worker(overrides))
        await all_successful(application, 1500, 60)
        assert await count(application, "task_attempt WHERE outcome = 'lost'") > 0
        await until(lambda: _is(depth(application), 0))


async def test_runs_wait_in_the_ledger_while_nats_is_away_at_the_start(
    tmp_path: Path, server: Server, crew: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path, [COMPONENT], server.settings) as application, working(application):
        run = await crew.adds.enqueue(1)
        await until(lambda: _said(caplog, "NATS does not answer"))
        assert await run.refresh() == "ready"
        server.start()
        assert await run.wait(20) == "successful"


async def test_a_server_that_is_killed_and_started_in_the_midst_loses_nothing(
    tmp_path: Path, server: Server, crew: Any, start_worker: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    server.start()
    overrides = [*server.settings, "tasks.slots=20"]
    async with running(tmp_path, [COMPONENT], overrides) as application, working(application):
        start_worker(overrides)
        await crew.naps.enqueue_many([{"seconds": 0.02}] * 400)
        await until(lambda: _above(count(application, "task_finished_run"), 20))
        server.kill()
        await crew.naps.enqueue_many([{"seconds": 0.02}] * 100)
        await until(lambda: _said(caplog, "has lost NATS"))
        server.start()
        last = await crew.naps.enqueue(0.01)
        await all_successful(application, 501, 60)
        assert await last.wait(1) == "successful"
        await until(lambda: _is(depth(application), 0))
        assert not [record.getMessage() for record in caplog.records if record.exc_info]


@pytest.mark.long
async def test_a_server_that_comes_back_empty_is_told_again(tmp_path: Path, server: Server, crew: Any) -> None:
    server.start()
    async with running(tmp_path, [COMPONENT], server.settings) as application:
        await application.store.write(control.pause, "default", True, time.time())
        await crew.adds.enqueue_many([{"number": number} for number in range(30)])
        await application.store.write(control.pause, "default", False, time.time())
        await until(lambda: _is(depth(application), 30))
        server.kill()
        for file in sorted((tmp_path / "nats").rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        server.start()
        async with working(application):
            await all_successful(application, 30, 60)


async def test_messages_that_a_killed_server_forgot_to_delete_count_no_more(tmp_path: Path, server: Server, crew: Any) -> None:
    kept, copy = tmp_path / "nats" / "jetstream" / "$G" / "streams" / "ostrov_test" / "msgs", tmp_path / "copy"
    server.start()
    async with running(tmp_path, [COMPONENT], server.settings) as application:
        await crew.adds.enqueue_many([{"number": number} for number in range(30)])
        await until(lambda: _is(depth(application), 30))
        server.end()
        shutil.copytree(kept, copy)
        server.start()
        async with working(application):
            await all_successful(application, 30, 60)
            await until(lambda: _is(depth(application), 0))
        server.end()
        shutil.rmtree(kept)
        shutil.copytree(copy, kept)  # all of them again, while the consumer knows that they are acknowledged
        server.start()
        stream = engine_of(application)._broker
        await until(lambda: _is(_messages(stream), 30))
        assert await depth(application) == 0
        assert await _messages(stream) == 0


async def test_a_stopped_worker_gives_back_what_it_had_on_offer(tmp_path: Path, nats: list[str], crew: Any) -> None:
    async with running(tmp_path, [COMPONENT], [*nats, "tasks.slots=2", "tasks.drain=0.1"]) as application:
        async with working(application):
            await crew.naps.enqueue_many([{"seconds": 30.0}] * 2)
            await until(lambda: _is(count(application, "task_run WHERE state = 'running'"), 2))
            quick = await crew.adds.enqueue(1)
        assert await quick.refresh() == "ready"
        async with working(application, ["default"]):
            await until(lambda: _is(count(application, "task_run WHERE state = 'running'"), 2))


async def test_a_server_without_jetstream_is_named(tmp_path: Path, server: Server, crew: Any) -> None:
    server._words.remove("-js")
    server.start()
    async with running(tmp_path, [COMPONENT], server.settings) as application:
        with pytest.raises(OstrovError, match="JetStream"):
            await depth(application)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nats://localhost:4222", Address(["nats://localhost:4222"], "ostrov_shop", 1)),
        ("nats://localhost:4222/jobs", Address(["nats://localhost:4222"], "jobs", 1)),
        ("tls://me:secret@a:1,tls://b:2/jobs?replicas=3", Address(["tls://me:secret@a:1", "tls://b:2"], "jobs", 3)),
    ],
)
def test_the_setting_names_servers_stream_and_replicas(text: str, expected: Address) -> None:
    assert address(text, "shop") == expected


@pytest.mark.parametrize("text", ["redis://localhost", "localhost:4222", "nats://", "nats://a/b.c", "nats://a?replicas=2"])
def test_a_setting_that_cannot_be_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        address(text.replace("//", "//me:secret@"), "shop")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("broker", ["", "redis://localhost"])
async def test_a_project_whose_broker_cannot_be_is_told_so_at_the_first_task(tmp_path: Path, crew: Any, broker: str) -> None:
    async with running(tmp_path, [COMPONENT], ["tasks.engine=taskiq", f"tasks.broker={broker}"]):
        with pytest.raises(SettingsError, match=r"tasks\.broker"):
            await crew.adds.enqueue(1)


async def count(application: Ostrov, what: str, *values: Any) -> int:
    ((number,),) = await rows(application, f"SELECT count(*) FROM {what}", *values)
    return int(number)


async def _is(awaitable: Any, value: int) -> bool:
    return bool(await awaitable == value)


async def _messages(broker: JetStreamBroker) -> int:
    client = await connect(broker.servers)
    info = await client.jetstream().stream_info(broker.stream_name)
    await client.close()
    return int(info.state.messages)


async def _above(awaitable: Any, value: int) -> bool:
    return bool(await awaitable > value)


async def _said(caplog: pytest.LogCaptureFixture, text: str) -> bool:
    return any(text in record.getMessage() for record in caplog.records)
