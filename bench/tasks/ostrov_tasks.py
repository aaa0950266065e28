"""Ostrov's own tasks, measured in depth: enqueue, drain, latency, idle cost, and what others feel while a worker drains.

    .venv/bin/python bench/tasks/ostrov_tasks.py [--postgresql] [N]

Prints one JSON object. The worker is the real service in a process of its own, as `ostrov up` starts it; the ledger keeps its
whole history. CPU is of the process named, in microseconds a run.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import ostrov_jobs as jobs  # noqa: E402
import uvloop  # noqa: E402
from process import cpu_seconds, machine, memory_mib, start, stop  # noqa: E402

from ostrov import Ostrov  # noqa: E402
from ostrov.run.tasks import control  # noqa: E402
from ostrov.testing import running  # noqa: E402

WORK = HERE.parent.parent / "var" / "bench"


async def measure(n: int, overrides: list[str]) -> dict[str, Any]:
    """All figures on one database."""
    figures: dict[str, Any] = {"machine": machine(), "n": n}
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        async with running(Path(folder), ["ostrov_jobs:component"], overrides) as application:
            figures |= await enqueue_single(application, n)
            figures |= await enqueue_bulk(application, n)
            await clear(application)
            figures |= await drains(application, Path(folder), n)
            figures |= await idle_and_latency(application, Path(folder))
            figures |= await beside(application, Path(folder), n)
    return figures


async def enqueue_single(application: Ostrov, n: int) -> dict[str, Any]:
    """One `enqueue` after another in each of 1 and 64 coroutines: the latter share commits."""
    figures = {}
    for crowd in (1, 64):
        share = max(1, n // 20 if crowd == 1 else n // crowd)

        async def produce(share: int = share) -> None:
            for number in range(share):
                await jobs.noop.enqueue(number)

        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(produce() for _ in range(crowd)))
        figures[f"enqueue_{crowd}_per_s"] = round(crowd * share / (time.perf_counter() - wall))
        figures[f"enqueue_{crowd}_cpu_us"] = round((time.process_time() - cpu) / (crowd * share) * 1e6)
    return figures


async def enqueue_bulk(application: Ostrov, n: int) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    for begin in range(0, n, 1000):
        await jobs.noop.enqueue_many([{"number": number} for number in range(begin, begin + 1000)])
    return {
        "bulk_per_s": round(n / (time.perf_counter() - wall)),
        "bulk_cpu_us": round((time.process_time() - cpu) / n * 1e6, 1),
    }


async def drains(application: Ostrov, folder: Path, n: int) -> dict[str, Any]:
    """A worker against a full queue."""
    figures: dict[str, Any] = {}
    for name, task in (("drain", jobs.noop), ("drain_threads", jobs.noop_in_a_thread)):
        async with worker_process(application, folder) as worker:
            await application.store.write(control.pause, "default", True, time.time())
            for begin in range(0, n, 1000):
                await task.enqueue_many([{"number": number} for number in range(begin, begin + 1000)])
            cpu = cpu_seconds(worker.pid)
            wall = time.perf_counter()
            await application.store.write(control.pause, "default", False, time.time())
            await jobs.noop.enqueue(0)
            await emptied(application)
            figures[f"{name}_per_s"] = round(n / (time.perf_counter() - wall))
            figures[f"{name}_cpu_us"] = round((cpu_seconds(worker.pid) - cpu) / n * 1e6)
        counts = await application.store.read(
            lambda c: (c.value("SELECT count(*) FROM task_finished_run"), c.value("SELECT count(*) FROM task_attempt"))
        )
        assert counts == (n + 1, n + 1), counts
        await clear(application)
    return figures


async def idle_and_latency(application: Ostrov, folder: Path) -> dict[str, Any]:
    async with worker_process(application, folder) as worker:
        await (await jobs.stamp.enqueue(time.time())).wait(10)
        memory = memory_mib(worker.pid)
        await asyncio.sleep(1)
        cpu = cpu_seconds(worker.pid)
        await asyncio.sleep(10)
        idle = (cpu_seconds(worker.pid) - cpu) / 10 * 100
        whole, after = [], []
        for _ in range(300):
            sent = time.time()
            run = await jobs.stamp.enqueue(sent)
            returned = time.time()
            await run.wait(10)
            whole.append(run.result)
            after.append(sent + run.result - returned)
            await asyncio.sleep(0.01)
        waits = []
        for _ in range(100):
            wall = time.perf_counter()
            await (await jobs.noop.enqueue(1)).wait(10)
            waits.append(time.perf_counter() - wall)
    return {
        "idle_cpu_percent": round(idle, 2),
        "worker_mib": round(memory, 1),
        "enqueue_to_start_ms": quantiles(whole),
        "acknowledged_to_start_ms": quantiles(after),
        "enqueue_to_result_ms": quantiles(waits),
    }


async def beside(application: Ostrov, folder: Path, n: int) -> dict[str, Any]:
    """How long another process's small durable write takes, alone and while the worker drains."""

    def write(connection: Any) -> None:
        connection.execute("UPDATE task_queue SET changed_at = changed_at + 1")

    async def some(count: int) -> list[float]:
        took = []
        for _ in range(count):
            wall = time.perf_counter()
            await application.store.write(write)
            took.append(time.perf_counter() - wall)
            await asyncio.sleep(0.005)
        return took

    alone = await some(100)
    await jobs.noop.enqueue_many([{"number": number} for number in range(n)])
    async with worker_process(application, folder):
        during = []
        while await application.store.read(lambda c: c.value("SELECT count(*) FROM task_run")) > n // 20:
            during += await some(5)
    return {"write_alone_ms": quantiles(alone), "write_during_drain_ms": quantiles(during), "writes_during_drain": len(during)}


@asynccontextmanager
async def worker_process(application: Ostrov, folder: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    """The worker service in a process of its own, ready."""
    environment = {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    environment["OSTROV_OVERRIDES"] = json.dumps(OVERRIDES)
    words = [sys.executable, "-m", "ostrov.core.supervisor.host", "--project", str(folder), "worker", "worker"]
    process = start(words, log=WORK / "ostrov_tasks.log", environment=environment)
    try:
        while not await application.store.read(
            lambda c: c.value("SELECT 1 FROM task_worker WHERE pid = ? AND stopped_at IS NULL", (process.pid,))
        ):
            if process.poll() is not None:
                raise SystemExit("the worker does not start: see var/bench/ostrov_tasks.log")
            await asyncio.sleep(0.02)
        yield process
    finally:
        stop(process)


async def emptied(application: Ostrov) -> None:
    """Polled, for the worker is another process."""
    while await application.store.read(lambda c: c.value("SELECT 1 FROM task_run LIMIT 1")) is not None:
        await asyncio.sleep(0.02)


async def clear(application: Ostrov) -> None:
    def delete(connection: Any) -> None:
        for table in ("task_run", "task_finished_run", "task_attempt"):
            connection.execute(f"DELETE FROM {table}")

    await application.store.write(delete)


def quantiles(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50": round(statistics.median(ordered) * 1e3, 2),
        "p99": round(ordered[int(len(ordered) * 0.99) - 1] * 1e3, 2),
    }


OVERRIDES: list[str] = []


def main() -> None:
    words = sys.argv[1:]
    with on_database("--postgresql" in words) as overrides:
        counts = [int(word) for word in words if word.isdigit()]
        print(json.dumps(uvloop.run(measure(counts[0] if counts else 20_000, overrides))))


@contextmanager
def on_database(postgresql: bool) -> Iterator[list[str]]:
    """The settings of a ledger on SQLite, or in a schema of its own that is dropped at the end."""
    if not postgresql:
        yield OVERRIDES
        return
    schema, server = f"bench_{uuid.uuid4().hex[:8]}", os.environ["OSTROV_TEST_POSTGRES"]
    _execute(server, f"CREATE SCHEMA {schema}")
    OVERRIDES[:] = ["db.engine=postgresql", f"db.url={server}?options=-csearch_path%3D{schema}"]
    try:
        yield OVERRIDES
    finally:
        _execute(server, f"DROP SCHEMA {schema} CASCADE")


def _execute(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


if __name__ == "__main__":
    main()
