"""Two workers on PostgreSQL come to one bucket or one slot at the same time: the limit holds, and nobody is left out."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from ostrov import Ostrov
from ostrov.run.tasks.limits import Limits, acquire
from ostrov.testing import running

pytestmark = pytest.mark.server("postgresql")
WAITING = "SELECT count(*) FROM pg_locks WHERE pid = ? AND NOT granted"


@pytest.fixture
def at_once(two_transactions: Any) -> Any:
    async def acquire_both(application: Ostrov, allowed: Limits, now: float) -> tuple[bool, bool]:
        """Whether the first and the second of two may start: the second asks before the first has committed."""
        with two_transactions(application) as (one, two):
            process = two.value("SELECT pg_backend_pid()")
            first = acquire(one, "run 1", None, "key", allowed, now)
            second = asyncio.create_task(asyncio.to_thread(acquire, two, "run 2", None, "key", allowed, now))
            deadline = time.monotonic() + 10
            while not await application.store.read(lambda connection: connection.value(WAITING, (process,))):
                assert time.monotonic() < deadline, "it did not wait for the other"
                assert not second.done(), "it did not wait for the other"
                await asyncio.sleep(0.01)
            one.commit()
            answer = first, await second
            two.commit()
            return answer

    return acquire_both


async def test_one_of_two_workers_gets_the_last_slot(tmp_path: Path, postgresql: list[str], at_once: Any) -> None:
    async with running(tmp_path, [], postgresql) as application:
        assert await at_once(application, Limits(concurrency=1), time.time()) == (True, False)
        held = "SELECT run_id FROM task_semaphore"
        assert await application.store.read(lambda connection: connection.rows(held)) == [("run 1",)]


async def test_the_slower_of_two_workers_gets_the_other_slot(tmp_path: Path, postgresql: list[str], at_once: Any) -> None:
    async with running(tmp_path, [], postgresql) as application:
        assert await at_once(application, Limits(concurrency=2), time.time()) == (True, True)
        held = "SELECT slot, run_id FROM task_semaphore ORDER BY slot"
        assert await application.store.read(lambda connection: connection.rows(held)) == [(0, "run 1"), (1, "run 2")]


async def test_a_bucket_that_two_workers_open_at_once_counts_both(tmp_path: Path, postgresql: list[str], at_once: Any) -> None:
    now = float(int(time.time()))
    bucket = "SELECT next_at, reserved_at FROM task_bucket"
    async with running(tmp_path, [], postgresql) as application:
        assert await at_once(application, Limits(starts=1, period=60.0), now) == (True, False)
        assert await application.store.read(lambda connection: connection.rows(bucket)) == [(now + 60, now + 60)]


async def test_a_bucket_with_room_for_two_lets_both_start(tmp_path: Path, postgresql: list[str], at_once: Any) -> None:
    now = float(int(time.time()))
    bucket = "SELECT next_at FROM task_bucket"
    async with running(tmp_path, [], postgresql) as application:
        assert await at_once(application, Limits(starts=2, period=60.0), now) == (True, True)
        assert await application.store.read(lambda connection: connection.rows(bucket)) == [(now + 60,)]
