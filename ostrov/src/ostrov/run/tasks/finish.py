"""Writing back what became of started runs. Every write is fenced by (id, attempt, worker): a worker that was thought dead
and whose run is being tried again elsewhere changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from ostrov.core.store import Connection
from ostrov.run.tasks.outcome import Ending, Outcome

FENCE = "id = ? AND attempt = ? AND worker_id = ? AND state = 'running'"
HELD = f"SELECT 1 FROM run WHERE {FENCE}"
KEPT = """id, task, queue, priority, arguments, created_at, run_after, max_attempts, attempt, failures, losses, worker_id,
 started_at, dedupe_key, lock_key, parent_id, schedule_key, tick"""
MOVE = f"""INSERT INTO finished_run ({KEPT}, state, finished_at, result, error, progress)
 SELECT {KEPT}, ?, ?, ?, ?, ? FROM run WHERE id = ?"""
DELETE = f"DELETE FROM run WHERE {FENCE}"
AGAIN = f"""UPDATE run SET state = ?, run_after = ?, failures = ?, attempt = ?, reason = ?, worker_id = NULL,
 lease_until = NULL, progress = NULL WHERE {FENCE}"""
ATTEMPT = """INSERT INTO attempt (run_id, number, worker_id, started_at, ended_at, outcome, error, traceback)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
LOG = """INSERT INTO run_log (run_id, attempt, number, at, level, logger, message) VALUES (?, ?, ?, ?, ?, ?, ?)
 ON CONFLICT DO NOTHING"""
UNLOCK = "DELETE FROM run_lock WHERE run_id = ?"
UNBLOCK = """UPDATE run SET state = 'ready', reason = NULL WHERE id =
 (SELECT id FROM run WHERE state = 'blocked' AND lock_key = ? ORDER BY priority DESC, id LIMIT 1)"""


def finish(connection: Connection, worker_id: str, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Write the outcomes of a worker's attempts; those that were fenced off and left no trace."""
    fenced: list[Outcome] = []
    held: list[Outcome] = []
    for outcome in outcomes:
        run = outcome.run
        there = connection.row(HELD, (run.id, run.attempt, worker_id))
        (fenced if there is None else held).append(outcome)
    over = [outcome for outcome in held if outcome.final is not None]
    again = [outcome for outcome in held if outcome.final is None]
    if over:
        connection.many(MOVE, [(o.final, o.ended_at, o.result, o.error, o.progress, o.run.id) for o in over])
        connection.many(DELETE, [(o.run.id, o.run.attempt, worker_id) for o in over])
    if again:
        connection.many(AGAIN, [_again(o, worker_id) for o in again])
    counted = [o for o in held if o.ending is not Ending.UNSTARTED]
    connection.many(
        ATTEMPT,
        [(o.run.id, o.run.attempt, worker_id, o.started_at, o.ended_at, o.ending, o.error, o.traceback) for o in counted],
    )
    lines = [(o.run.id, o.run.attempt, number, *line) for o in counted for number, line in enumerate(o.logs)]
    if lines:
        connection.many(LOG, lines)
    for outcome in held:
        if outcome.run.lock_key is not None:
            connection.execute(UNLOCK, (outcome.run.id,))
            connection.execute(UNBLOCK, (outcome.run.lock_key,))
    return fenced


def _again(outcome: Outcome, worker_id: str) -> tuple[object, ...]:
    run = outcome.run
    attempt = run.attempt - 1 if outcome.ending is Ending.UNSTARTED else run.attempt
    state = "ready" if outcome.run_after <= outcome.ended_at else "scheduled"
    return (state, outcome.run_after, outcome.failures, attempt, outcome.error, run.id, run.attempt, worker_id)
