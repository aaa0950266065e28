"""The houses that tasks live in: an engine, its broker and a ledger. A test that asks for `house` runs once in each, in a
database, stream, queues of its own."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def on_sqlite(name: str, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    yield []


@contextmanager
def on_postgresql(name: str, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    with request.getfixturevalue("databases")(()) as url:
        yield ["db.engine=postgresql", f"db.url={url}"]


@contextmanager
def procrastinate(name: str, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    from ostrov.run.tasks.engines.procrastinate_schema import prepare

    with request.getfixturevalue("databases")((), prepare) as url:
        yield ["db.engine=postgresql", f"db.url={url}", "tasks.engine=procrastinate"]


@contextmanager
def taskiq_on_nats(name: str, request: pytest.FixtureRequest) -> Iterator[list[str]]:
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
def celery_on_redis(name: str, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Its keys are named after the project, which is `name`."""
    import redis
    from kombu.transport.redis import Transport

    server = f"{os.environ['OSTROV_TEST_REDIS']}/7"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Transport, "brpop_timeout", 0.1)  # how long a worker that stops waits for Redis's last answer
        yield ["tasks.engine=celery", f"tasks.broker={server}"]
    with redis.Redis.from_url(server) as client:
        client.delete(*client.scan_iter(f"*{name}*"), "_kombu.nothing")


@contextmanager
def celery_on_rabbitmq(name: str, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Its queues are named after the project, which is `name`."""
    import kombu

    server = os.environ["OSTROV_TEST_RABBITMQ"]
    yield ["tasks.engine=celery", f"tasks.broker={server}"]
    with kombu.Connection(server) as connection:
        for queue in ("default", "mail", "bulk"):
            connection.default_channel.queue_delete(f"{name}.{queue}")
            connection.default_channel.exchange_delete(f"{name}.{queue}")


House = Callable[[str, pytest.FixtureRequest], AbstractContextManager[list[str]]]
HOUSES: dict[str, tuple[House, tuple[str, ...]]] = {
    "embedded_sqlite": (on_sqlite, ()),
    "embedded_postgresql": (on_postgresql, ("postgresql",)),
    "procrastinate": (procrastinate, ("postgresql",)),
    "taskiq_nats": (taskiq_on_nats, ("nats",)),
    "celery_redis": (celery_on_redis, ("redis",)),
    "celery_rabbitmq": (celery_on_rabbitmq, ("rabbitmq",)),
}


@pytest.fixture(params=[pytest.param(name, marks=[pytest.mark.server(s) for s in HOUSES[name][1]]) for name in HOUSES])
def house(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Settings overrides that make a project live in this house."""
    name = f"h_{uuid.uuid4().hex[:12]}"
    with HOUSES[request.param][0](name, request) as overrides:
        yield [f"name={name}", *overrides]


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the tasks, under the name that worker processes know it by."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    yield import_module("house_crew")
    del sys.modules["house_crew"]
