"""Workers killed in a loop under load, engine by engine: runs lost, runs completed twice, and how long recovery takes.

    .venv/bin/python bench/tasks/kill_loop.py [--kills 100] [HOUSE …]     # houses: see houses.py; all by default

Two worker processes and a steady load. Again and again one of them gets SIGKILL. Recovery is the time from the kill until the
last of the runs that it had in hand has been started by the other, which has to notice by itself: only then another is hired.
At the end the load stops, and every run that was enqueued must be over, once. `longest_wait_s` is the longest that any run
waited for its first start: it shows runs that were under way to a dead worker. The rows go to `bench/results.json`, `kills`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import kill_jobs as jobs  # noqa: E402
from disk import durable  # noqa: E402
from houses import HOUSES, settings_of  # noqa: E402
from process import machine, start, stop  # noqa: E402

from ostrov import Ostrov  # noqa: E402
from ostrov.core.store import Connection  # noqa: E402
from ostrov.testing import running  # noqa: E402

RESULTS = HERE.parent / "results.json"
WORK = HERE.parent.parent / "var" / "bench"
NAP = (0.02, 0.2)
"""Seconds that a run takes, from and to."""
EACH, BATCH = 0.1, 20
"""So many runs are enqueued each so many seconds: on average 22 are under way."""
PATIENCE = 60.0
HELD = """SELECT id, attempt FROM task_run WHERE state = 'running' AND worker_id =
 (SELECT id FROM task_worker WHERE pid = ? ORDER BY started_at DESC LIMIT 1)"""
FOUND = "SELECT id, attempt, state FROM task_run WHERE worker_id IS NOT NULL"
READY = "SELECT 1 FROM task_worker WHERE pid = ? AND stopped_at IS NULL"
TWICE = """SELECT count(*) FROM
 (SELECT run_id FROM task_attempt WHERE outcome = 'successful' GROUP BY run_id HAVING count(*) > 1) AS again"""
WAITED = """SELECT max(task_attempt.started_at - task_finished_run.created_at) FROM task_attempt
 JOIN task_finished_run ON task_finished_run.id = task_attempt.run_id WHERE task_attempt.number = 1"""


class Load:
    """Enqueues until it is stopped."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.stopped = False

    async def go(self) -> None:
        while not self.stopped:
            runs = await jobs.naps.enqueue_many([{"seconds": random.uniform(*NAP)} for _ in range(BATCH)])
            self.ids |= {run.id for run in runs}
            await asyncio.sleep(EACH)


class Crew:
    """The worker processes of one project."""

    def __init__(self, application: Ostrov, folder: Path, overrides: list[str]) -> None:
        self._application = application
        self._words = [sys.executable, "-m", "ostrov.core.supervisor.host", "--project", str(folder), "worker", "worker"]
        self._environment = {
            "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
            "OSTROV_OVERRIDES": json.dumps(overrides),
        }
        self.members: list[subprocess.Popen[bytes]] = []

    def hire(self) -> subprocess.Popen[bytes]:
        member = start(self._words, log=WORK / "kill_loop.log", environment=self._environment)
        self.members.append(member)
        return member

    async def ready(self) -> None:
        """Every member is in the roster."""
        for member in self.members:
            while not await rows(self._application, READY, member.pid):
                if member.poll() is not None:
                    raise SystemExit("a worker does not start: see var/bench/kill_loop.log")
                await asyncio.sleep(0.02)

    def dismiss(self) -> None:
        for member in self.members:
            stop(member)


async def measure(house: str, kills: int, folder: Path) -> dict[str, Any]:
    """One engine's row."""
    overrides = [*settings_of(house, "bench_kills"), "tasks.losses=1000"]
    async with running(folder, ["kill_jobs:component"], overrides) as application:
        crew, load = Crew(application, folder, overrides), Load()
        crew.hire()
        crew.hire()
        try:
            await crew.ready()
            loading = asyncio.create_task(load.go())
            recoveries, hit = await kill_again_and_again(application, crew, kills)
            load.stopped = True
            await loading
            await drained(application)
        finally:
            crew.dismiss()
        over = {run for (run,) in await rows(application, "SELECT id FROM task_finished_run WHERE state = 'successful'")}
        ((twice,),), ((waited,),) = await rows(application, TWICE), await rows(application, WAITED)
    return {
        "kills": kills,
        "runs": len(load.ids),
        "hit": hit,
        "lost": len(load.ids - over),
        "twice": twice,
        "recovery_p50_s": round(statistics.median(recoveries), 2),
        "recovery_max_s": round(max(recoveries), 2),
        "longest_wait_s": round(waited, 2),
    }


async def kill_again_and_again(application: Ostrov, crew: Crew, kills: int) -> tuple[list[float], int]:
    """Seconds of recovery a kill, and how many runs the kills hit. A kill that hits none does not count."""
    recoveries: list[float] = []
    hit = 0
    while len(recoveries) < kills:
        await asyncio.sleep(random.uniform(0.1, 0.4))
        victim = random.choice(crew.members)
        os.kill(victim.pid, signal.SIGKILL)
        killed = time.monotonic()
        held = dict(await rows(application, HELD, victim.pid))
        victim.wait()
        crew.members.remove(victim)
        if held:
            hit += len(held)
            recoveries.append(await recovered(application, held) - killed)
            print(f"\r{len(recoveries)} kills, the last took {recoveries[-1]:.2f} s ", end="", file=sys.stderr, flush=True)
        crew.hire()
        await crew.ready()
    print(file=sys.stderr)
    return recoveries, hit


async def recovered(application: Ostrov, held: dict[str, int]) -> float:
    """When the last of these attempts was followed by another."""
    deadline = time.monotonic() + PATIENCE
    waiting = dict(held)
    while waiting and time.monotonic() < deadline:
        now = {run: (attempt, state) for run, attempt, state in await rows(application, FOUND)}
        waiting = {run: attempt for run, attempt in waiting.items() if run in now and now[run][0] <= attempt}
        await asyncio.sleep(0.01)
    return time.monotonic()


async def drained(application: Ostrov) -> None:
    """Until no run is left, or nothing can be hoped for."""
    deadline = time.monotonic() + PATIENCE
    while await rows(application, "SELECT 1 FROM task_run LIMIT 1") and time.monotonic() < deadline:
        await asyncio.sleep(0.1)


async def rows(application: Ostrov, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    def read(connection: Connection) -> list[tuple[Any, ...]]:
        return connection.rows(sql, values)

    return await application.store.read(read)


def keep(house: str, row: dict[str, Any]) -> None:
    """Write a row into the results."""
    results = json.loads(RESULTS.read_text())
    results.setdefault("kills", {})[house] = {"machine": machine(), **row}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


def main(words: Iterable[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--keep", action=argparse.BooleanOptionalAction, default=True, help="write into bench/results.json")
    parser.add_argument("houses", nargs="*", metavar="HOUSE", help=", ".join(HOUSES))
    asked = parser.parse_args(list(words))
    for house in asked.houses or HOUSES:
        WORK.mkdir(parents=True, exist_ok=True)
        with durable(), tempfile.TemporaryDirectory(dir=WORK) as folder:
            row = asyncio.run(measure(house, asked.kills, Path(folder)))
        print(json.dumps({"house": house, **row}), flush=True)
        if asked.keep:
            keep(house, row)


if __name__ == "__main__":
    main(sys.argv[1:])
