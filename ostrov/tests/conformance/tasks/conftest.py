"""The houses that tasks live in: an engine, its broker and a ledger. A test that asks for `house` runs once in each, in a
database schema, stream, queues of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ostrov.testing import POSTGRES


@contextmanager
def on_sqlite(name: str) -> Iterator[list[str]]:
    yield []


@contextmanager
def on_postgresql(name: str) -> Iterator[list[str]]:
    import psycopg

    server = os.environ[POSTGRES]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            yield ["db.engine=postgresql", f"db.url={server}?options={quote(f'-csearch_path={name}')}"]
        finally:
            connection.execute("SET client_min_messages = warning")
            connection.execute(f"DROP SCHEMA {name} CASCADE")


@contextmanager
def procrastinate(name: str) -> Iterator[list[str]]:
    with on_postgresql(name) as overrides:
        yield [*overrides, "tasks.engine=procrastinate"]


@contextmanager
def taskiq_on_nats(name: str) -> Iterator[list[str]]:
    server = os.environ["OSTROV_TEST_NATS"]
    yield ["tasks.engine=taskiq", f"tasks.broker={server}/{name}"]

    async def forget() -> None:

        import nats
        from nats.js.errors import NotFoundError

        client = await nats.connect(server)
        with suppress(NotFoundError):
            await client.jetstream().delete_stream(name)
        await client.close()

    asyncio.run(forget())


@contextmanager
def celery_on_rabbitmq(name: str) -> Iterator[list[str]]:
    yield ["tasks.engine=celery", f"tasks.broker={os.environ['OSTROV_TEST_RABBITMQ']}//"]


@contextmanager
def celery_on_redis(name: str) -> Iterator[list[str]]:
    yield ["tasks.engine=celery", f"tasks.broker={os.environ['OSTROV_TEST_REDIS']}/3"]


HOUSES: dict[str, tuple[Callable[[str], AbstractContextManager[list[str]]], tuple[str, ...]]] = {
    "embedded_sqlite": (on_sqlite, ()),
    "embedded_postgresql": (on_postgresql, ("postgresql",)),
    "procrastinate": (procrastinate, ("postgresql",)),
    "taskiq_nats": (taskiq_on_nats, ("nats",)),
    "celery_rabbitmq": (celery_on_rabbitmq, ("rabbitmq",)),
    "celery_redis": (celery_on_redis, ("redis",)),
}


@pytest.fixture(params=[pytest.param(name, marks=[pytest.mark.server(s) for s in HOUSES[name][1]]) for name in HOUSES])
def house(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Settings overrides that make a project live in this house."""
    if request.param.startswith("celery") and find_spec("ostrov.run.tasks.engines.celery") is None:
        pytest.skip("the engine celery is not there")
    name = f"h_{uuid.uuid4().hex[:12]}"
    with HOUSES[request.param][0](name) as overrides:
        yield [f"name={name}", *overrides]


WORKER = """
import asyncio, json, signal, sys
from pathlib import Path
sys.path[:0] = json.loads(sys.argv[3])
from ostrov import Ostrov
from ostrov.run.tasks.worker import Worker

async def main():
    application = Ostrov.open(Path(sys.argv[1]), json.loads(sys.argv[2]), environ={})
    await application.channel.start()
    worker = Worker(application)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run(lambda: print("ready", flush=True))
    await application.close()

asyncio.run(main())
"""


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the tasks, under the name that worker processes know it by."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    yield import_module("house_crew")
    del sys.modules["house_crew"]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[[list[str]], subprocess.Popen[bytes]]]:
    """Start a worker process for the project in `tmp_path`; it is at work when this returns, and ended after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(overrides: list[str]) -> subprocess.Popen[bytes]:
        paths = [entry for entry in sys.path if entry]
        command = [sys.executable, "-c", WORKER, str(tmp_path), json.dumps(overrides), json.dumps(paths)]
        with (tmp_path / "workers.log").open("ab") as log:
            worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        started.append(worker)
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n", (tmp_path / "workers.log").read_text()
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait()
        assert worker.stdout is not None
        worker.stdout.close()
