"""What goes wrong around a worker costs no run and completes none twice, in every house."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ostrov import Ostrov
from ostrov.core.errors import StoreBusy
from ostrov.run.tasks import publisher
from ostrov.run.tasks.engine import Publication
from ostrov.run.tasks.engines.remote import RemoteEngine
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.testing import working
from ostrov.testing import running

CREW = "house_crew:component"


async def rows(application: Ostrov, sql: str) -> list[tuple[Any, ...]]:
    return await application.store.read(lambda connection: connection.rows(sql))


async def finished(application: Ostrov, count: int, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while (await rows(application, "SELECT count(*) FROM task_finished_run"))[0][0] < count:
        states = await rows(application, "SELECT state, unpublished, count(*) FROM task_run GROUP BY state, unpublished")
        assert time.monotonic() < deadline, states
        await asyncio.sleep(0.05)


async def check_all_done_once(application: Ostrov, folder: Path, count: int) -> None:
    assert await rows(application, "SELECT count(*) FROM task_run") == [(0,)]
    assert await rows(application, "SELECT state, count(*) FROM task_finished_run GROUP BY state") == [("successful", count)]
    successes = "SELECT count(*), count(DISTINCT run_id) FROM task_attempt WHERE outcome = 'successful'"
    assert await rows(application, successes) == [(count, count)]
    lines = [line for file in folder.glob("*.txt") for line in file.read_text().splitlines()]
    begun = Counter(line for line in lines if line.startswith("begin"))
    assert max(begun.values()) == 1, "an attempt began twice"


def calls(folder: Path, count: int, seconds: float) -> list[dict[str, Any]]:
    folder.mkdir()
    return [{"folder": str(folder), "number": n, "seconds": seconds} for n in range(count)]


async def test_a_killed_worker_loses_no_run(
    tmp_path: Path, house: list[str], crew: Any, start_worker: Callable[..., Any]
) -> None:
    async with running(tmp_path, [CREW], house) as application:
        doomed, survivor = start_worker([*house, "tasks.slots=10"]), start_worker([*house, "tasks.slots=10"])
        await crew.steps.enqueue_many(calls(tmp_path / "notes", 200, 0.05))
        await finished(application, 40)
        doomed.kill()
        await finished(application, 200, 40)
        await check_all_done_once(application, tmp_path / "notes", 200)
        assert survivor.process.poll() is None


async def test_a_message_that_comes_twice_starts_its_run_once(tmp_path: Path, house: list[str], crew: Any) -> None:
    async with running(tmp_path, [CREW], house) as application:
        runs = await crew.steps.enqueue_many(calls(tmp_path / "notes", 30, 0.01))
        engine = application.part(open_tasks).engine
        if isinstance(engine, RemoteEngine):
            for _ in range(2):
                await engine.call(engine.publish([Publication(run.id, crew.steps.name, "default", 0) for run in runs]))
        async with working(application):
            await finished(application, 30)
            if isinstance(engine, RemoteEngine):
                deadline = time.monotonic() + 10
                while await engine.call(engine.depth()):
                    assert time.monotonic() < deadline, "messages of no use stay in the broker"
                    await asyncio.sleep(0.05)
        await check_all_done_once(application, tmp_path / "notes", 30)


async def test_messages_that_the_broker_lost_are_published_again(
    tmp_path: Path, house: list[str], crew: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "LOOK", 0.3)
    async with running(tmp_path, [CREW], [*house, "tasks.poll=0.1"]) as application:
        await crew.steps.enqueue_many(calls(tmp_path / "notes", 30, 0.01))
        engine = application.part(open_tasks).engine
        if isinstance(engine, RemoteEngine):
            await engine.call(engine.purge())
        async with working(application):
            await finished(application, 30)
        await check_all_done_once(application, tmp_path / "notes", 30)


async def begin(connection: Any) -> None:
    """The workers hold the lock for most of the time: try until there is a gap."""
    deadline = time.monotonic() + 20
    while True:
        try:
            connection.begin()
        except StoreBusy:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
        else:
            return


async def test_a_slow_database_loses_nothing(tmp_path: Path, house: list[str], crew: Any) -> None:
    async with running(tmp_path, [CREW], [*house, "db.busy_timeout=0.2"]) as application, working(application):
        await crew.steps.enqueue_many(calls(tmp_path / "notes", 50, 0.01))
        for _ in range(3):
            other = await asyncio.to_thread(application.store.connect)
            await begin(other)
            if other.dialect == "postgresql":
                other.execute("LOCK TABLE task_run IN EXCLUSIVE MODE")
            await asyncio.sleep(0.5)
            other.rollback()
            other.close()
        await finished(application, 50)
        await check_all_done_once(application, tmp_path / "notes", 50)
