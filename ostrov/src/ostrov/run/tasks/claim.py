"""Starting runs: ready → running by compare-and-set, with the attempt counted and a lease taken."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

from ostrov.core.store import Connection
from ostrov.run.tasks.limits import NO_LIMITS, Limits, acquire

COLUMNS = """id, task, queue, priority, arguments, created_at, run_after, max_attempts, attempt, failures, losses,
 cancel_requested, lock_key, limit_key, kind, root_id, plan, trace"""
PROMOTE = """UPDATE task_run SET state = 'ready', unpublished = 1 WHERE state = 'scheduled' AND run_after <= ?
 RETURNING id, task, queue, attempt"""
READY_QUEUES = """WITH RECURSIVE found(name) AS (
 SELECT min(queue) FROM task_run WHERE state = 'ready'
 UNION ALL
 SELECT (SELECT min(queue) FROM task_run WHERE state = 'ready' AND queue > found.name) FROM found WHERE found.name IS NOT NULL
) SELECT name FROM found WHERE name IS NOT NULL"""
PAUSED = "SELECT name FROM task_queue WHERE paused = 1"
CANDIDATES = f"SELECT {COLUMNS} FROM task_run WHERE state = 'ready' AND queue = ? ORDER BY priority DESC, id LIMIT ?"
CANDIDATES_LOCKED = CANDIDATES + " FOR UPDATE SKIP LOCKED"
START = """UPDATE task_run SET state = 'running', attempt = attempt + 1, worker_id = ?, started_at = ?, lease_until = ?
 WHERE id = ? AND state = 'ready'"""
OFFERED = f"SELECT {COLUMNS} FROM task_run WHERE id = ? AND state = 'ready'"
OFFERED_LOCKED = f"SELECT {COLUMNS} FROM task_run WHERE id = ANY(?) AND state = 'ready' ORDER BY id FOR UPDATE"
HELD_BACK = "UPDATE task_run SET unpublished = 1 WHERE id = ? AND state = 'ready'"
START_ALL = START.replace("WHERE id = ?", "WHERE id = ANY(?)")
NEXT_DUE = "SELECT run_after FROM task_run WHERE state = 'scheduled' ORDER BY run_after LIMIT 1"
ANY_READY = "SELECT 1 FROM task_run WHERE state = 'ready' LIMIT 1"

ASIDE = 1000
"""Runs that one claim sets aside at most while it has found none to start."""


class Claimed(NamedTuple):
    """A run that this worker has started, as it stands in the ledger. `attempt` is the one under way."""

    id: str
    task: str
    queue: str
    priority: int
    arguments: str
    created_at: float
    run_after: float
    max_attempts: int
    attempt: int
    failures: int
    losses: int
    cancel_requested: int
    lock_key: str | None
    limit_key: str | None = None
    kind: str | None = None
    root_id: str | None = None
    plan: str | None = None
    trace: str | None = None


def claim(
    connection: Connection,
    worker_id: str,
    queues: Sequence[str],
    room: int,
    now: float,
    lease_until: float,
    admit: Callable[[str], bool] = lambda task: True,
    limits_of: Callable[[str], Limits] = lambda task: NO_LIMITS,
) -> list[Claimed]:
    """Start up to `room` ready runs of `queues` (all when empty): the highest priority first, then queues in turn, then age.

    `admit(task)` says whether this worker has a place for one more run of that task, `limits_of(task)` what its code allows.
    Runs that their limits hold back are set aside, and others looked for in their place.
    """
    promote(connection, now)
    aside: list[str] = []
    while True:
        before, candidates = len(aside), _candidates(connection, queues, room)
        started = _start(connection, candidates, worker_id, room, now, lease_until, admit, limits_of, aside=aside)
        if started or len(aside) == before or len(aside) >= ASIDE:
            return started


def promote(connection: Connection, now: float) -> int:
    """Make scheduled runs that are due ready; how many."""
    due = connection.rows(PROMOTE, (now,))
    if due:
        from ostrov.run.tasks.telemetry import Happening, report  # which knows this module

        report(connection, [Happening("promoted", *row) for row in due])
    return len(due)


def claim_offered(
    connection: Connection,
    worker_id: str,
    queues: Sequence[str],
    offered: Sequence[str],
    room: int,
    now: float,
    lease_until: float,
    admit: Callable[[str], bool],
    limits_of: Callable[[str], Limits],
    tired: Container[str] = (),
) -> tuple[list[Claimed], set[str]]:
    """Start up to `room` of the runs a broker has brought: (the started ones, the ids that are still on offer).

    Of no use are ids of runs that are not ready, or that are held back here: by a paused queue, a queue that is not this
    worker's, a semaphore. `tired` of those still on offer, too: they were for long, and another worker may have room. The
    publisher brings all of these again.
    """
    if connection.dialect == "sqlite":
        found = [Claimed._make(row) for run_id in offered for row in connection.rows(OFFERED, (run_id,))]
    else:
        found = [Claimed._make(row) for row in connection.rows(OFFERED_LOCKED, (list(offered),))]
    paused = {name for (name,) in connection.rows(PAUSED)}
    ours = [run for run in found if run.queue not in paused and (not queues or run.queue in queues)]
    ours = _in_turn(ours)
    passed: list[str] = []
    started = _start(connection, ours, worker_id, room, now, lease_until, admit, limits_of, passed)
    kept = {run_id for run_id in passed if run_id not in tired}
    gone = kept | {run.id for run in started}
    if back := [(run.id,) for run in found if run.id not in gone]:
        connection.many(HELD_BACK, back)
    return started, kept


def _start(
    connection: Connection,
    candidates: Sequence[Claimed],
    worker_id: str,
    room: int,
    now: float,
    lease_until: float,
    admit: Callable[[str], bool],
    limits_of: Callable[[str], Limits],
    passed: list[str] | None = None,
    aside: list[str] | None = None,
) -> list[Claimed]:
    """Start what may start; those there is no place for are `passed`, those that wait for a semaphore or a rate set `aside`."""
    started: list[Claimed] = []
    for candidate in candidates:
        if len(started) == room or not admit(candidate.task):
            if passed is not None:
                passed.append(candidate.id)
            elif len(started) == room:
                break
            continue
        if (candidate.lock_key is not None or candidate.limit_key is not None) and not acquire(
            connection, candidate.id, candidate.lock_key, candidate.limit_key, limits_of(candidate.task), now
        ):
            if aside is not None:
                aside.append(candidate.id)
            continue
        started.append(candidate._replace(attempt=candidate.attempt + 1))
    if connection.dialect == "sqlite":
        connection.many(START, [(worker_id, now, lease_until, run.id) for run in started])
    elif started:
        connection.execute(START_ALL, (worker_id, now, lease_until, [run.id for run in started]))
    return started


def _in_turn(runs: Sequence[Claimed]) -> list[Claimed]:
    """The highest priority first, then queues in turn, then age."""
    ahead: dict[str, int] = {}
    ranked = []
    for run in sorted(runs, key=lambda run: (-run.priority, run.id)):
        ranked.append((-run.priority, rank := ahead.get(run.queue, 0), run.id, run))
        ahead[run.queue] = rank + 1
    return [run for *_, run in sorted(ranked, key=lambda entry: entry[:3])]


def _candidates(connection: Connection, queues: Sequence[str], room: int) -> list[Claimed]:
    paused = {name for (name,) in connection.rows(PAUSED)}
    ready = [name for (name,) in connection.rows(READY_QUEUES) if name not in paused and (not queues or name in queues)]
    sql = CANDIDATES if connection.dialect == "sqlite" else CANDIDATES_LOCKED
    found = [[Claimed._make(row) for row in connection.rows(sql, (name, room))] for name in ready]
    if len(found) < 2:
        return found[0] if found else []
    return _in_turn([run for runs in found for run in runs])
