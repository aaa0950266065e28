"""Real Flower watches workers of the celery engine: their runs, what becomes of them, and its buttons."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("flower", reason="Flower is not installed")

from ostrov.run.tasks.testing import working
from ostrov.testing import running

MODULE = """
import asyncio
from ostrov import Component, task

@task
async def brew(cups: int) -> str:
    return f"{cups} cups of raf"

@task
async def spill() -> None:
    raise ValueError("on the floor")

@task
async def wait() -> None:
    await asyncio.sleep(60)

component = Component(name="bar", tasks=[brew, spill, wait])
"""


@pytest.fixture
def bar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "flower_bar.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield import_module("flower_bar")
    del sys.modules["flower_bar"]


class Flower:
    """Flower's own program, watching a broker."""

    def __init__(self, broker: str, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        words = [sys.executable, "-m", "celery", f"--broker={broker}", "flower", "--address=127.0.0.1", f"--port={self._port}"]
        with (folder / "flower.log").open("wb") as log:
            environment = {**os.environ, "FLOWER_UNAUTHENTICATED_API": "true", "HOME": str(folder)}
            self._process = subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=log)

    def ask(self, path: str, method: str = "GET") -> str:
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def until(self, path: str, seen: Callable[[Any], Any], seconds: float = 30.0) -> Any:
        """What `seen` finds in the answer to a question, asked until it finds something."""
        deadline = time.monotonic() + seconds
        answer: Any = None
        while time.monotonic() < deadline:
            try:
                answer = json.loads(self.ask(path))
                if found := seen(answer):
                    return found
            except (OSError, urllib.error.HTTPError) as problem:
                answer = problem
            time.sleep(0.1)
        raise AssertionError(f"Flower does not see it: {answer}")

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(20)


@pytest.mark.parametrize(
    "broker",
    [
        pytest.param("redis", marks=pytest.mark.server("redis")),
        pytest.param("rabbitmq", marks=pytest.mark.server("rabbitmq")),
    ],
)
async def test_flower_shows_the_workers_and_their_runs_and_revokes_one(tmp_path: Path, bar: Any, broker: str) -> None:
    address = os.environ[f"OSTROV_TEST_{broker.upper()}"] + ("/5" if broker == "redis" else "")
    name = f"bar_{uuid.uuid4().hex[:8]}"
    flower = Flower(address, tmp_path)
    try:
        overrides = [f"name={name}", "tasks.engine=celery", f"tasks.broker={address}", "tasks.slots=7"]
        async with running(tmp_path, ["flower_bar:component"], overrides) as application, working(application):

            async def see(path: str, seen: Callable[[Any], Any]) -> Any:
                return await asyncio.to_thread(flower.until, path, seen)

            def ours(workers: dict[str, Any]) -> Any:
                return next(
                    (about for worker, about in workers.items() if worker.startswith(name) and about.get("stats")), None
                )

            worker = await see("/api/workers?refresh=1", ours)
            assert worker["stats"]["pool"]["max-concurrency"] == 7
            assert f"{name}.default" in {queue["name"] for queue in worker["active_queues"]}
            assert {"flower_bar.brew", "flower_bar.spill", "flower_bar.wait"} <= set(worker["registered"])

            def any_run(runs: dict[str, Any]) -> Any:
                return [run for run in runs.values() if (run.get("worker") or "").startswith(name)]

            looking = asyncio.create_task(see("/api/tasks", any_run))
            while not looking.done():  # Flower asks for the events of tasks some seconds after its start
                await (await bar.brew.enqueue(1)).wait(20)
                await asyncio.wait([looking], timeout=0.2)
            await looking

            brewed, spilt, waiting = await bar.brew.enqueue(3), await bar.spill.enqueue(), await bar.wait.enqueue()
            assert await brewed.wait(20) == "successful"
            done = await see(f"/api/task/info/{brewed.id}", lambda task: task["state"] == "SUCCESS" and task)
            assert done["name"] == "flower_bar.brew"
            assert "3 cups of raf" in done["result"]
            assert done["worker"].startswith(name)
            failed = await see(f"/api/task/info/{spilt.id}", lambda task: task["state"] == "FAILURE" and task)
            assert "on the floor" in failed["exception"]
            assert "flower_bar.py" in failed["traceback"]
            await see(f"/api/task/info/{waiting.id}", lambda task: task["state"] == "STARTED")
            page = await asyncio.to_thread(flower.ask, f"/task/{brewed.id}")
            assert "flower_bar.brew" in page

            await asyncio.to_thread(flower.ask, f"/api/task/revoke/{waiting.id}?terminate=true", "POST")
            assert await waiting.wait(20) == "cancelled"
            await see(f"/api/task/info/{waiting.id}", lambda task: task["state"] == "REVOKED")
    finally:
        flower.end()
