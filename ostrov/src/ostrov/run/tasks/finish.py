"""Writing back what became of started runs. Every write is fenced by (id, attempt, worker): a worker that was thought dead
and whose run is being tried again elsewhere changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from ostrov.core.store import Connection
from ostrov.run.tasks.outcome import Ending, Outcome
from ostrov.run.tasks.run import State

FENCE = "id = ? AND attempt = ? AND worker_id = ? AND state = 'running'"
HELD = f"SELECT cancel_requested FROM run WHERE {FENCE}"
HELD_LOCKED = f"{HELD} FOR UPDATE"
KEPT = """id, task, queue, priority, arguments, created_at, run_after, max_attempts, attempt, failures, losses, worker_id,
 started_at, dedupe_key, lock_key, parent_id, schedule_key, tick"""
MOVE = f"""INSERT INTO finished_run ({KEPT}, state, finished_at, result, error, progress)
 SELECT {KEPT}, ?, ?, ?, ?, coalesce(?, progress) FROM run WHERE id = ?"""
DELETE = "DELETE FROM run WHERE id = ?"
AGAIN = """UPDATE run SET state = ?, run_after = ?, failures = ?, losses = ?, attempt = ?, reason = ?, worker_id = NULL,
 lease_until = NULL, progress = NULL WHERE id = ?"""
ATTEMPT = """INSERT INTO attempt (run_id, number, worker_id, started_at, ended_at, outcome, error, traceback)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
LOG = """INSERT INTO run_log (run_id, attempt, number, at, level, logger, message) VALUES (?, ?, ?, ?, ?, ?, ?)
 ON CONFLICT DO NOTHING"""
UNLOCK = "DELETE FROM run_lock WHERE run_id = ?"
UNBLOCK = """UPDATE run SET state = 'ready', reason = NULL WHERE id =
 (SELECT id FROM run WHERE state = 'blocked' AND lock_key = ? ORDER BY priority DESC, id LIMIT 1)"""


def finish(connection: Connection, worker_id: str, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Write the outcomes of a worker's attempts; those that were fenced off and left no trace."""
    held_sql = HELD if connection.dialect == "sqlite" else HELD_LOCKED
    fenced: list[Outcome] = []
    held: list[Outcome] = []
    for outcome in outcomes:
        run = outcome.run
        there = connection.row(held_sql, (run.id, run.attempt, worker_id))
        if there is None:
            fenced.append(outcome)
            continue
        if there[0] and outcome.final is None:
            outcome.final = State.CANCELLED
        held.append(outcome)
    over = [o for o in held if o.final is not None]
    again = [o for o in held if o.final is None]
    if over:
        connection.many(MOVE, [(o.final, o.ended_at, o.ended.result, o.ended.error, o.progress, o.run.id) for o in over])
        connection.many(DELETE, [(o.run.id,) for o in over])
    if again:
        connection.many(AGAIN, [_again(o) for o in again])
    counted = [o for o in held if o.ended.ending is not Ending.UNSTARTED]
    if counted:
        connection.many(ATTEMPT, [_attempt(o, worker_id) for o in counted])
    lines = [(o.run.id, o.run.attempt, *line) for o in counted for line in o.logs]
    if lines:
        connection.many(LOG, lines)
    for outcome in held:
        if outcome.run.lock_key is not None:
            connection.execute(UNLOCK, (outcome.run.id,))
            connection.execute(UNBLOCK, (outcome.run.lock_key,))
    return fenced


def _again(outcome: Outcome) -> tuple[object, ...]:
    run = outcome.run
    attempt = run.attempt - 1 if outcome.ended.ending is Ending.UNSTARTED else run.attempt
    state = "ready" if outcome.run_after <= outcome.ended_at else "scheduled"
    return (state, outcome.run_after, outcome.failures, outcome.losses, attempt, outcome.ended.error, run.id)


def _attempt(outcome: Outcome, worker_id: str) -> tuple[object, ...]:
    run, ended = outcome.run, outcome.ended
    return (
        run.id,
        run.attempt,
        worker_id,
        outcome.started_at,
        outcome.ended_at,
        ended.ending,
        ended.error,
        ended.traceback,
    )
