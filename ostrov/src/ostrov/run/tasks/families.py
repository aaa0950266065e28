"""What `/metrics` shows of tasks: counters and histograms that all processes have added up, gauges as the ledger stands now.

Whichever process is asked, the answer is the same.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from typing import TYPE_CHECKING

from ostrov.core.exposition import Family, Sample, histogram
from ostrov.core.store import Connection
from ostrov.run.tasks.liveness import Identity, dead
from ostrov.run.tasks.metrics import BOUNDS, Key, totals
from ostrov.run.tasks.overview import QueueRow, dead_runs, queues
from ostrov.run.tasks.tasks import open_tasks

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

WORKERS = """SELECT host, boot_id, pid, process_started, heartbeat_at, slots FROM task_worker WHERE stopped_at IS NULL"""
SCHEDULES = "SELECT count(*), min(next_tick) FROM task_schedule"
LATE = "SELECT count(*) FROM task_schedule WHERE next_tick < ?"
LATENESS = 10.0
"""Seconds after its tick a schedule is late: nobody is there to make a run of it."""
STATES = ("ready", "running", "scheduled", "blocked")
WAITS, ENDS = ("started",), ("successful", "retried", "dead")


async def families(application: Ostrov) -> list[Family]:
    """All of them. What this very process has counted is added to the ledger first. Raises StoreError."""
    await application.part(open_tasks).metrics.flush()
    return await application.store.read(_families, time.time(), application.settings.tasks.lease)


def _families(connection: Connection, now: float, lease: float) -> list[Family]:
    counted = totals(connection)
    return [
        _events(counted),
        Family(
            "ostrov_task_wait_seconds",
            "histogram",
            "Time from when a run was due until a worker started it.",
            tuple(_timed(counted, WAITS, ())),
        ),
        Family(
            "ostrov_task_duration_seconds",
            "histogram",
            "Time that attempts took which ended by themselves.",
            tuple(_timed(counted, ENDS, ("outcome",))),
        ),
        *_queues(queues(connection), now),
        Family("ostrov_task_dead_runs", "gauge", "Dead runs that the ledger keeps.", (Sample(dead_runs(connection)),)),
        *_workers(connection, now, lease),
        *_schedules(connection, now),
    ]


def _events(counted: dict[Key, dict[str, float]]) -> Family:
    samples = [
        Sample(parts.get("count", 0), {"event": verb, "task": task, "queue": queue})
        for (verb, task, queue), parts in counted.items()
    ]
    return Family("ostrov_task_events_total", "counter", "What happened to runs: one event a verb.", tuple(samples))


def _timed(counted: dict[Key, dict[str, float]], verbs: tuple[str, ...], names: tuple[str, ...]) -> list[Sample]:
    samples: list[Sample] = []
    for (verb, task, queue), parts in counted.items():
        if verb in verbs:
            labels = {"task": task, "queue": queue, **dict.fromkeys(names, verb)}
            counts = {float(part): count for part, count in parts.items() if part not in ("count", "sum")}
            samples += histogram(labels, counts or {math.inf: 0}, parts.get("sum", 0), BOUNDS)
    return samples


def _queues(found: list[QueueRow], now: float) -> list[Family]:
    depths = [Sample(getattr(row, state), {"queue": row.name, "state": state}) for row in found for state in STATES]
    ages = [Sample(0.0 if row.oldest is None else max(0.0, now - row.oldest), {"queue": row.name}) for row in found]
    paused = [Sample(int(row.paused), {"queue": row.name}) for row in found]
    return [
        Family("ostrov_queue_runs", "gauge", "Runs that are not over, counted up to 100,000 a state.", tuple(depths)),
        Family("ostrov_queue_oldest_ready_seconds", "gauge", "How long the oldest ready run has been due.", tuple(ages)),
        Family("ostrov_queue_paused", "gauge", "1 for a queue of which no runs are started.", tuple(paused)),
    ]


def _workers(connection: Connection, now: float, lease: float) -> list[Family]:
    states, slots = Counter({"running": 0, "silent": 0, "dead": 0}), 0
    for host, boot_id, pid, process_started, heartbeat_at, its_slots in connection.rows(WORKERS):
        if dead(Identity(host, boot_id, pid, process_started)):
            states["dead"] += 1
        elif now - heartbeat_at >= lease:
            states["silent"] += 1
        else:
            states["running"] += 1
            slots += its_slots
    samples = tuple(Sample(count, {"state": state}) for state, count in states.items())
    return [
        Family("ostrov_task_workers", "gauge", "Workers that have not stopped in order.", samples),
        Family("ostrov_task_slots", "gauge", "Runs that the running workers can have in hand at a time.", (Sample(slots),)),
    ]


def _schedules(connection: Connection, now: float) -> list[Family]:
    count, first = connection.row(SCHEDULES) or (0, None)
    late = connection.value(LATE, (now - LATENESS,))
    behind = 0.0 if first is None else max(0.0, now - first)
    return [
        Family("ostrov_schedules", "gauge", "Schedules that the code declares.", (Sample(count),)),
        Family("ostrov_schedules_late", "gauge", f"Schedules whose tick is {LATENESS:g} s overdue.", (Sample(late),)),
        Family("ostrov_schedule_lateness_seconds", "gauge", "How overdue the most overdue tick is.", (Sample(behind),)),
    ]
