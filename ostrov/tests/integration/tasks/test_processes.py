"""Tasks in processes: each ends alone, and none outlives its worker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ostrov import Ostrov
from ostrov.run.tasks import control
from ostrov.run.tasks.run import State
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.testing import working
from ostrov.testing import running

MODULE = """
import logging, os, time
from ostrov import Component, TaskContext, task

@task(process=True)
def adds(number: int, context: TaskContext) -> list[int]:
    logging.getLogger("demo").warning("from process %d", os.getpid())
    context.progress(0.5, "half")
    return [number + 3, os.getpid(), len(context.application.settings.name)]

@task(process=True)
def sleeps(file: str) -> None:
    with open(file, "w") as out:
        out.write(str(os.getpid()))
    time.sleep(60)

@task(process=True, timeout=0.5)
def too_long() -> None:
    time.sleep(60)

@task(process=True)
def dies() -> None:
    os._exit(7)

@task(process=True, retries=3)
def fails() -> None:
    raise ValueError("in the process")

component = Component(name="crew", tasks=[adds, sleeps, too_long, dies, fails])
"""


@pytest.fixture
def crew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "crew.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield import_module("crew")
    del sys.modules["crew"]


async def started(file: Path) -> int:
    deadline = time.monotonic() + 20
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    return int(file.read_text())


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


async def rows(application: Ostrov, sql: str) -> list[tuple[Any, ...]]:
    return await application.store.read(lambda connection: connection.rows(sql))


async def test_a_process_task_returns_its_result_log_and_progress(tmp_path: Path, database: list[str], crew: Any) -> None:
    async with running(tmp_path, ["crew:component"], database) as application, working(application):
        run = await crew.adds.enqueue(1)
        again = await crew.adds.enqueue(2)
        assert await run.wait(20) == await again.wait(20) == State.SUCCESSFUL
        number, pid, _ = run.result
        assert (number, pid != os.getpid()) == (4, True)
        assert (f"from process {pid}",) in await rows(application, "SELECT message FROM task_log")
        assert await rows(application, "SELECT DISTINCT progress FROM task_finished_run") == [('{"done":0.5,"text":"half"}',)]


async def test_a_process_that_dies_fails_its_own_run_only(tmp_path: Path, crew: Any) -> None:
    async with running(tmp_path, ["crew:component"], ["tasks.processes=1"]) as application, working(application):
        run, failing, other = await crew.dies.enqueue(), await crew.fails.using(retries=0).enqueue(), await crew.adds.enqueue(1)
        assert await run.wait(20) == State.DEAD
        assert run.error == "its process exited with code 7"
        assert await failing.wait(20) == State.DEAD
        assert failing.error == "ValueError: in the process"
        assert await other.wait(20) == State.SUCCESSFUL


async def test_a_process_out_of_time_or_cancelled_is_ended(tmp_path: Path, crew: Any) -> None:
    async with running(tmp_path, ["crew:component"]) as application, working(application):
        late = await crew.too_long.enqueue()
        cancelled = await crew.sleeps.enqueue(str(tmp_path / "pid"))
        pid = await started(tmp_path / "pid")
        await application.store.write(control.cancel, cancelled.id, time.time())
        application.part(open_tasks).engine.knock()
        assert await cancelled.wait(5) == State.CANCELLED
        assert await late.wait(20) == State.DEAD
        assert "out of time" in late.error
        assert not alive(pid)


async def test_a_stopped_worker_leaves_no_process_and_gives_the_run_back(tmp_path: Path, crew: Any) -> None:
    async with running(tmp_path, ["crew:component"], ["tasks.drain=0.1", "tasks.processes=1"]) as application:
        async with working(application):
            run = await crew.sleeps.enqueue(str(tmp_path / "pid"))
            waiting = await crew.adds.enqueue(1)
            pid = await started(tmp_path / "pid")
        assert await run.refresh() == State.READY
        assert await waiting.refresh() == State.READY
        assert not alive(pid)
