"""Whether a long history slows the queue: the same drain with an empty ledger and behind a million finished runs.

    .venv/bin/python bench/tasks/history.py [--postgresql] [FINISHED]

Prints one JSON object: for each the best of three drains, as CPU of the worker a run and as runs a second.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import ostrov_jobs as jobs  # noqa: E402
import uvloop  # noqa: E402
from ostrov_tasks import WORK, cpu_seconds, emptied, machine, on_database, worker_process  # noqa: E402

from ostrov import Ostrov  # noqa: E402
from ostrov.core.store import Connection  # noqa: E402
from ostrov.run.tasks import control  # noqa: E402
from ostrov.run.tasks.identifier import id_at  # noqa: E402
from ostrov.testing import running  # noqa: E402

N = 10_000
ROUNDS = 3
SPAN = 10 * 86400.0
"""Seconds over which the history lies."""
CHUNK = 10_000
FINISHED = """INSERT INTO task_finished_run (id, task, queue, priority, state, arguments, created_at, run_after, max_attempts,
 attempt, failures, losses, worker_id, started_at, finished_at, result) VALUES
 (?, 'ostrov_jobs.noop', 'default', 0, 'successful', '{"number":1}', ?, ?, 1, 1, 0, 0, 'w', ?, ?, '1')"""
ATTEMPT = "INSERT INTO task_attempt (run_id, number, worker_id, started_at, ended_at, outcome) VALUES (?, 1, 'w', ?, ?, ?)"


async def measure(finished: int, overrides: list[str]) -> dict[str, Any]:
    """Both drains, and their ratio."""
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        async with running(Path(folder), ["ostrov_jobs:component"], overrides) as application:
            empty = await best(application, Path(folder))
            await fill(application, finished)
            full = await best(application, Path(folder))
    return {
        "machine": machine(),
        "finished": finished,
        "empty": empty,
        "full": full,
        "cpu_ratio": round(full["cpu_us"] / empty["cpu_us"], 3),
        "rate_ratio": round(full["per_s"] / empty["per_s"], 3),
    }


async def best(application: Ostrov, folder: Path) -> dict[str, float]:
    """The best of some drains."""
    found = [await drain(application, folder) for _ in range(ROUNDS)]
    return {"per_s": max(row["per_s"] for row in found), "cpu_us": min(row["cpu_us"] for row in found)}


async def drain(application: Ostrov, folder: Path) -> dict[str, float]:
    """One drain of N no-op runs by a worker process."""
    async with worker_process(application, folder) as worker:
        await application.store.write(control.pause, "default", True, time.time())
        for begin in range(0, N, 1000):
            await jobs.noop.enqueue_many([{"number": number} for number in range(begin, begin + 1000)])
        cpu, wall = cpu_seconds(worker.pid), time.perf_counter()
        await application.store.write(control.pause, "default", False, time.time())
        await jobs.noop.enqueue(0)
        await emptied(application)
        took = time.perf_counter() - wall
        return {"per_s": round(N / took), "cpu_us": round((cpu_seconds(worker.pid) - cpu) / N * 1e6, 1)}


async def fill(application: Ostrov, finished: int) -> None:
    """That many finished runs with an attempt each, over the last days."""
    began = time.time() - SPAN

    def write(connection: Connection, begin: int) -> None:
        moments = [began + SPAN * number / finished for number in range(begin, min(begin + CHUNK, finished))]
        rows = [(id_at(moment)[:-6] + f"{begin + at:06x}"[-6:], moment) for at, moment in enumerate(moments)]
        connection.many(FINISHED, [(run_id, at, at, at, at) for run_id, at in rows])
        connection.many(ATTEMPT, [(run_id, at, at, "successful") for run_id, at in rows])

    for begin in range(0, finished, CHUNK):
        await application.store.write(write, begin)
        await asyncio.sleep(0)


def main() -> None:
    words = sys.argv[1:]
    with on_database("--postgresql" in words) as overrides:
        counts = [int(word) for word in words if word.isdigit()]
        print(json.dumps(uvloop.run(measure(counts[0] if counts else 1_000_000, overrides))))


if __name__ == "__main__":
    main()
