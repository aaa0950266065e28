"""What others leave in the broker of the celery engine: messages that are not ours, and names that could be ours."""

from __future__ import annotations

import json
import os
import pickle
import sys
import uuid
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("celery", reason="Celery is not installed: pip install 'ostrov[celery]'")

from kombu import Connection, Producer

from ostrov.run.tasks.engines.celery import held
from ostrov.run.tasks.engines.celery.orders import REFUSED
from ostrov.run.tasks.identifier import new_id
from ostrov.run.tasks.testing import working
from ostrov.testing import running

MODULE = """
from ostrov import Component, task

@task
async def adds(number: int) -> int:
    return number + 1

@task(queue="workers")
async def hires() -> None: ...

component = Component(name="pantry", tasks=[adds, hires])
"""
BODY: Any = [["x"], {}, {}]
FOREIGN: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "a run that nobody knows": (BODY, {}, {}),
    "a task that nobody knows": (BODY, {"task": "no.such.task"}, {}),
    "a task that is a list": (BODY, {"task": ["adds"]}, {}),
    "no id": (BODY, {"id": None}, {}),
    "ids in a list": (BODY, {"id": ["a", "b"]}, {}),
    "an id with a NUL": (BODY, {"id": "\0" * 36}, {}),
    "an id that is no text": (BODY, {"id": "\ud800" * 36}, {}),
    "an id of 100 KB": (BODY, {"id": "x" * 100_000}, {}),
    "no time limits": (BODY, {"timelimit": "x"}, {}),
    "no time": (BODY, {"eta": "soon", "expires": "late"}, {}),
    "no JSON": (b"\xff{{", {}, {"content_type": "application/json", "content_encoding": "utf-8"}),
    "pickled": (pickle.dumps(BODY), {}, {"content_type": "application/x-python-serialize", "content_encoding": "binary"}),
    "text": (b"hello", {"id": None, "task": None}, {"content_type": "text/plain", "content_encoding": "utf-8"}),
    "of Celery's first protocol": ({"id": ["a"], "task": {}}, {"id": None, "task": None}, {}),
}
BROKERS = [
    pytest.param("redis", marks=pytest.mark.server("redis")),
    pytest.param("rabbitmq", marks=pytest.mark.server("rabbitmq")),
]


@pytest.fixture
def pantry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "celery_pantry.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield import_module("celery_pantry")
    del sys.modules["celery_pantry"]


@pytest.mark.parametrize("broker", BROKERS)
async def test_messages_that_are_not_ours_are_dropped_and_hold_up_nothing(tmp_path: Path, pantry: Any, broker: str) -> None:
    address = os.environ[f"OSTROV_TEST_{broker.upper()}"] + ("/6" if broker == "redis" else "")
    name = f"p_{uuid.uuid4().hex[:12]}"
    overrides = [f"name={name}", "tasks.engine=celery", f"tasks.broker={address}"]
    async with running(tmp_path, ["celery_pantry:component"], overrides) as application, working(application):
        assert await (await pantry.adds.enqueue(0)).wait(20) == "successful"
        for what, (body, headers, properties) in FOREIGN.items():
            with Connection(address) as connection, connection.channel() as channel:
                known = {"id": new_id(), "task": "celery_pantry.adds", "lang": "py", **headers}
                Producer(channel).publish(body, routing_key=f"{name}.default", headers=known, **properties)
            run = await pantry.adds.enqueue(1)
            assert await run.wait(4) == "successful", what


@pytest.mark.server("redis")
async def test_a_queue_may_be_called_as_anything_that_the_engine_keeps(tmp_path: Path, pantry: Any) -> None:
    address = os.environ["OSTROV_TEST_REDIS"] + "/6"
    overrides = [f"name=p_{uuid.uuid4().hex[:12]}", "tasks.engine=celery", f"tasks.broker={address}"]
    async with running(tmp_path, ["celery_pantry:component"], overrides) as application, working(application):
        assert await (await pantry.hires.enqueue()).wait(4) == "successful"


@pytest.mark.server("redis")
def test_a_dead_worker_s_runs_are_found_among_messages_that_are_not_ours() -> None:
    project, run = f"p_{uuid.uuid4().hex[:12]}", new_id()
    with Connection(os.environ["OSTROV_TEST_REDIS"] + "/6") as connection:
        client = connection.default_channel.client
        held.present(client, project, "gone")
        messages = [[{"headers": {"id": run}}, "", ""], [{"headers": {}}], [], 5, [{"headers": {"id": ["a"]}}]]
        texts = {str(tag): json.dumps(message) for tag, message in enumerate(messages)} | {"other": "\x80{"}
        client.hset(held.options(project, "gone")["unacked_key"], mapping=texts)
        assert held.take(client, project, "gone") == [run]
        assert held.holders(client, project) == set()


def test_a_button_of_flower_brings_no_queue_to_a_worker_and_takes_none_from_it() -> None:
    """Another project's messages would be dropped as none of ours; a queue that nobody consumes would stand still unsaid."""
    assert {"add_consumer", "cancel_consumer"} <= REFUSED.keys()
