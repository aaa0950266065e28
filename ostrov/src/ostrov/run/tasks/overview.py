"""How things stand: queues with their depth and age, workers, schedules.

Counts are bounded, so that looking costs the same on any day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ostrov.core.store import Connection
from ostrov.run.tasks.claim import READY_QUEUES
from ostrov.run.tasks.liveness import Identity, dead

MOST = 100_000
"""Counted up to here; a queue with more shows as this many."""
READY = f"SELECT count(*) FROM (SELECT 1 FROM task_run WHERE state = 'ready' AND queue = ? LIMIT {MOST}) AS found"
OLDEST = """SELECT priority, run_after FROM task_run WHERE state = 'ready' AND queue = ? AND priority < ?
 ORDER BY priority DESC, id LIMIT 1"""
OTHERS = f"""SELECT queue, state, count(*) FROM (
 SELECT * FROM (SELECT queue, state FROM task_run WHERE state = 'scheduled' LIMIT {MOST}) AS a
 UNION ALL SELECT * FROM (SELECT queue, state FROM task_run WHERE state = 'blocked' LIMIT {MOST}) AS b
 UNION ALL SELECT * FROM (SELECT queue, state FROM task_run WHERE state = 'running' LIMIT {MOST}) AS c
) AS waiting GROUP BY queue, state"""
QUEUES = "SELECT name, paused FROM task_queue"
KNOW_QUEUE = "INSERT INTO task_queue (name, paused, changed_at) VALUES (?, 0, ?) ON CONFLICT DO NOTHING"
RECENT = 2_000
"""Runs whose wait is looked at: the newest that are over."""
WAITS = f"""SELECT queue, started_at - run_after FROM (
 SELECT queue, started_at, run_after FROM task_finished_run ORDER BY id DESC LIMIT {RECENT}
) AS recent WHERE started_at IS NOT NULL"""
DEAD = f"""SELECT count(*) FROM (SELECT 1 FROM task_finished_run WHERE state = 'dead' AND state <> 'successful' LIMIT {MOST})
 AS found"""
WORKERS = """SELECT id, host, boot_id, pid, process_started, started_at, heartbeat_at, stopped_at, queues, slots,
 threads, version FROM task_worker ORDER BY stopped_at IS NULL DESC, started_at DESC LIMIT 50"""
BUSY = "SELECT worker_id, count(*) FROM task_run WHERE state = 'running' GROUP BY worker_id"
SCHEDULES = """SELECT key, task, rule, timezone, next_tick, last_tick, last_run_id, seen_at,
 coalesce((SELECT state FROM task_run WHERE id = last_run_id), (SELECT state FROM task_finished_run WHERE id = last_run_id))
 FROM task_schedule ORDER BY key"""
SMALLEST = 2**31 - 1
PRIORITIES = 20


class QueueRow(msgspec.Struct):
    """`oldest` is when the longest waiting ready run was due, epoch seconds."""

    name: str
    paused: bool = False
    ready: int = 0
    running: int = 0
    scheduled: int = 0
    blocked: int = 0
    oldest: float | None = None


class Latency(NamedTuple):
    """How long runs of a queue waited lately from when they were ready to the start of their last attempt, in seconds."""

    median: float
    p95: float
    runs: int


class WorkerRow(NamedTuple):
    """`state` is running, silent (no heartbeat for long), dead or stopped."""

    id: str
    host: str
    pid: int
    state: str
    started_at: float
    heartbeat_at: float
    stopped_at: float | None
    queues: list[str]
    slots: int
    threads: int
    version: str
    busy: int


class ScheduleRow(NamedTuple):
    """A schedule with the state of its last run. `seen_at` is when a scheduler last declared it."""

    key: str
    task: str
    rule: str
    timezone: str
    next_tick: float | None
    last_tick: float | None
    last_run_id: str | None
    seen_at: float
    last_state: str | None


def know_queues(connection: Connection, names: Sequence[str], now: float) -> None:
    """Enter queues that are not in the table yet."""
    connection.many(KNOW_QUEUE, [(name, now) for name in names])


def queues(connection: Connection) -> list[QueueRow]:
    """Every queue that is known or has runs, by name."""
    found = {name: QueueRow(name, bool(paused)) for name, paused in connection.rows(QUEUES)}
    for (name,) in connection.rows(READY_QUEUES):
        row = found.setdefault(name, QueueRow(name))
        row.ready = connection.value(READY, (name,))
        row.oldest = _oldest(connection, name)
    for name, state, count in connection.rows(OTHERS):
        setattr(found.setdefault(name, QueueRow(name)), state, count)
    return [found[name] for name in sorted(found)]


def latencies(connection: Connection) -> dict[str, Latency]:
    """The waits of the newest runs that are over, by queue; a queue without any among them is left out."""
    waits: dict[str, list[float]] = {}
    for queue, waited in connection.rows(WAITS):
        waits.setdefault(queue, []).append(max(0.0, waited))
    return {queue: _latency(sorted(found)) for queue, found in waits.items()}


def dead_runs(connection: Connection) -> int:
    """How many dead runs wait for somebody to look at them."""
    return int(connection.value(DEAD))


def workers(connection: Connection, now: float, lease: float) -> list[WorkerRow]:
    """Workers that are there, then those that were."""
    busy: dict[str, int] = dict(connection.rows(BUSY))
    found = []
    for row in connection.rows(WORKERS):
        worker_id, host, boot_id, pid, process_started, started_at, heartbeat_at, stopped_at, served, *rest = row
        if stopped_at is not None:
            state = "stopped"
        elif dead(Identity(host, boot_id, pid, process_started)):
            state = "dead"
        else:
            state = "running" if now - heartbeat_at < lease else "silent"
        slots, threads, version = rest
        queues_ = msgspec.json.decode(served, type=list[str])
        found.append(
            WorkerRow(
                *(worker_id, host, pid, state, started_at, heartbeat_at, stopped_at, queues_, slots, threads, version),
                busy.get(worker_id, 0),
            )
        )
    return found


def schedules(connection: Connection) -> list[ScheduleRow]:
    """Every schedule by key."""
    return [ScheduleRow._make(row) for row in connection.rows(SCHEDULES)]


def _latency(waits: list[float]) -> Latency:
    """Of sorted waits: nearest rank, so that each figure is one that was measured."""
    count = len(waits)
    return Latency(waits[(count - 1) // 2], waits[-(-95 * count // 100) - 1], count)


def _oldest(connection: Connection, queue: str) -> float | None:
    oldest: float | None = None
    priority = SMALLEST
    for _ in range(PRIORITIES):
        first = connection.row(OLDEST, (queue, priority))
        if first is None:
            break
        priority = first[0]
        oldest = first[1] if oldest is None else min(oldest, first[1])
    return oldest
