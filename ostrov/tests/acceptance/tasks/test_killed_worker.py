"""Workers that are killed lose no run, complete none twice, and leave nothing behind. Real processes, real SIGKILL."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ostrov import Ostrov
from ostrov.testing import running

COMPONENT = "crew:component"


async def rows(application: Ostrov, sql: str) -> list[tuple[Any, ...]]:
    return await application.store.read(lambda connection: connection.rows(sql))


async def finished(application: Ostrov, count: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while (await rows(application, "SELECT count(*) FROM task_finished_run"))[0][0] < count:
        assert time.monotonic() < deadline, await rows(application, "SELECT state, count(*) FROM task_run GROUP BY state")
        await asyncio.sleep(0.05)


async def check_all_done_once(application: Ostrov, folder: Path, count: int, room: Any) -> None:
    """Every run is over exactly once, every end that was noted belongs to an attempt, no attempt began twice."""
    assert await rows(application, "SELECT count(*) FROM task_run") == [(0,)]
    states = await rows(application, "SELECT state, count(*), count(DISTINCT id) FROM task_finished_run GROUP BY state")
    assert states == [("successful", count, count)]
    counts = "SELECT count(*), count(DISTINCT run_id) FROM task_attempt WHERE outcome = 'successful'"
    successes = await rows(application, counts)
    assert successes == [(count, count)]
    begun = Counter(line for line in room.notes(folder) if line.startswith("begin"))
    assert len({line.split()[1] for line in begun}) == count
    assert max(begun.values()) == 1, [line for line, times in begun.items() if times > 1]


async def enqueue(crew: Any, folder: Path, count: int, seconds: float = 0.002) -> None:
    folder.mkdir()
    half = [{"folder": str(folder), "number": n, "seconds": seconds} for n in range(count)]
    await crew.steps.enqueue_many(half[::2])
    await crew.steps_in_a_thread.enqueue_many(half[1::2])


@pytest.mark.parametrize("workers", [2, 4])
async def test_workers_on_one_ledger_never_run_a_run_twice(
    workers: int, tmp_path: Path, database: list[str], crew: Any, start_worker: Callable[..., Any], room: Any
) -> None:
    async with running(tmp_path, [COMPONENT], database) as application:
        crowd = [start_worker(database, ready=False) for _ in range(workers)]
        for worker in crowd:
            worker.wait_ready()
        await enqueue(crew, tmp_path / "notes", 1500)
        await finished(application, 1500, 60)
        await check_all_done_once(application, tmp_path / "notes", 1500, room)
        assert await rows(application, "SELECT max(attempt) FROM task_finished_run") == [(1,)]
        shares = await rows(application, "SELECT count(*) FROM task_finished_run GROUP BY worker_id")
        assert len(shares) == workers
        assert [worker.stop() for worker in crowd] == [0] * workers


async def test_a_killed_worker_loses_no_run_and_completes_none_twice(
    tmp_path: Path, database: list[str], crew: Any, start_worker: Callable[..., Any], room: Any
) -> None:
    await kill_again_and_again(tmp_path, database, crew, start_worker, room, count=1000, kills=3)


@pytest.mark.long
async def test_a_worker_killed_again_and_again_loses_no_run_and_completes_none_twice(
    tmp_path: Path, database: list[str], crew: Any, start_worker: Callable[..., Any], room: Any
) -> None:
    await kill_again_and_again(tmp_path, database, crew, start_worker, room, count=8000, kills=20)


async def kill_again_and_again(
    tmp_path: Path, database: list[str], crew: Any, start_worker: Callable[..., Any], room: Any, count: int, kills: int
) -> None:
    """Two workers; every moment one of them is killed in the midst of its work and another is started."""
    overrides = [*database, "tasks.slots=20", "tasks.losses=100"]
    async with running(tmp_path, [COMPONENT], overrides) as application:
        await enqueue(crew, tmp_path / "notes", count, 0.05)
        crowd = [start_worker(overrides), start_worker(overrides)]
        for _ in range(kills):
            await asyncio.sleep(random.uniform(0.05, 0.3))
            victim = crowd.pop(random.randrange(2))
            victim.kill()
            crowd.append(start_worker(overrides))
        await finished(application, count, 90)
        await check_all_done_once(application, tmp_path / "notes", count, room)
        lost = await rows(application, "SELECT count(*) FROM task_attempt WHERE outcome = 'lost'")
        assert lost[0][0] > 0, "no kill hit a running run: the test proves nothing"


async def test_a_dead_process_is_noticed_within_two_seconds(
    tmp_path: Path, database: list[str], crew: Any, start_worker: Callable[..., Any], room: Any
) -> None:
    overrides = [*database, "tasks.lease=600"]
    async with running(tmp_path, [COMPONENT], overrides) as application:
        first, second = start_worker(overrides), start_worker(overrides)
        (tmp_path / "notes").mkdir()
        await crew.holds.enqueue(str(tmp_path / "notes"))
        await room.until(lambda: room.notes(tmp_path / "notes"))
        (file,) = (tmp_path / "notes").glob("*.txt")
        victim = first if file.stem == str(first.pid) else second
        victim.kill()
        assert await room.until(lambda: len(room.notes(tmp_path / "notes")) == 2) < 2.0
        assert await rows(application, "SELECT outcome, error FROM task_attempt") == [("lost", "its worker died")]


async def test_a_run_that_kills_its_workers_is_not_tried_for_ever(
    tmp_path: Path, crew: Any, start_worker: Callable[..., Any], room: Any
) -> None:
    overrides = ["tasks.losses=2"]
    async with running(tmp_path, [COMPONENT], overrides):
        (tmp_path / "notes").mkdir()
        run = await crew.holds.enqueue(str(tmp_path / "notes"))
        for times in (1, 2):
            worker = start_worker(overrides)
            await room.until(lambda times=times: len(room.notes(tmp_path / "notes")) == times)
            worker.kill()
        start_worker(overrides)
        assert await run.wait(5) == "dead"
        assert "its worker died; that was time 2" in run.error


async def test_a_worker_that_hangs_loses_its_runs_and_cannot_overwrite(
    tmp_path: Path, database: list[str], crew: Any, start_worker: Callable[..., Any], room: Any
) -> None:
    """Its process lives but says nothing (SIGSTOP): when the lease ends another takes over; what it says later is dropped."""
    overrides = [*database, "tasks.lease=1", "tasks.poll=0.2"]
    async with running(tmp_path, [COMPONENT], overrides) as application:
        hung = start_worker(overrides)
        (tmp_path / "notes").mkdir()
        run = await crew.blocks_the_loop.enqueue(str(tmp_path / "notes"), 0.3)
        await room.until(lambda: room.notes(tmp_path / "notes"))
        hung.process.send_signal(signal.SIGSTOP)
        start_worker(overrides)
        await room.until(lambda: len(room.notes(tmp_path / "notes")) == 2)
        assert await run.wait(10) == "successful"
        hung.process.send_signal(signal.SIGCONT)
        assert hung.stop() == 0
        told = await rows(application, "SELECT number, outcome FROM task_attempt ORDER BY number")
        assert told == [(1, "lost"), (2, "successful")]


async def test_a_killed_worker_leaves_no_process_of_its_tasks(
    tmp_path: Path, crew: Any, start_worker: Callable[..., Any], room: Any
) -> None:
    async with running(tmp_path, [COMPONENT]):
        worker = start_worker([])
        (tmp_path / "notes").mkdir()
        await crew.holds_in_a_process.enqueue(str(tmp_path / "notes"))
        await room.until(lambda: room.notes(tmp_path / "notes"))
        (child,) = (int(file.stem) for file in (tmp_path / "notes").glob("*.txt"))
        assert child in room.children(worker.pid)
        worker.kill()
        assert await room.until(lambda: not room.alive(child)) < 2.0


async def test_a_worker_asked_to_stop_ends_its_runs_first(
    tmp_path: Path, database: list[str], crew: Any, start_worker: Callable[..., Any], room: Any
) -> None:
    async with running(tmp_path, [COMPONENT], database) as application:
        worker = start_worker(database)
        await enqueue(crew, tmp_path / "notes", 2000)
        await room.until(lambda: len(room.notes(tmp_path / "notes")) > 50)
        assert worker.stop() == 0
        assert await rows(application, "SELECT count(*) FROM task_run WHERE state = 'running'") == [(0,)]
        assert await rows(application, "SELECT DISTINCT outcome FROM task_attempt") == [("successful",)]
        begun = sum(line.startswith("begin") for line in room.notes(tmp_path / "notes"))
        ended = sum(line.startswith("end") for line in room.notes(tmp_path / "notes"))
        done = await rows(application, "SELECT count(*) FROM task_finished_run")
        assert begun == ended == done[0][0] < 2000
