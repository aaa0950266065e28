"""Writing back what became of started runs. Every write is fenced by (id, attempt, worker): a worker that was thought dead
and whose run is being tried again elsewhere changes nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ostrov.core.store import Connection
from ostrov.run.tasks.archive import DELETE, MOVE
from ostrov.run.tasks.bulk import Bulk
from ostrov.run.tasks.limits import release
from ostrov.run.tasks.outcome import Ending, Outcome
from ostrov.run.tasks.run import State
from ostrov.run.tasks.terms import kept
from ostrov.run.tasks.workflows.settle import settle
from ostrov.run.tasks.workflows.steps import enter

FENCE = "id = ? AND attempt = ? AND worker_id = ? AND state = 'running'"
HELD = f"SELECT cancel_requested FROM task_run WHERE {FENCE}"
HELD_LOCKED = """SELECT id, attempt, cancel_requested FROM task_run WHERE id = ANY(?) AND worker_id = ? AND state = 'running'
 ORDER BY id FOR UPDATE"""
AGAIN = """UPDATE task_run SET state = ?, run_after = ?, failures = ?, losses = ?, attempt = ?, reason = ?, worker_id = NULL,
 lease_until = NULL, progress = NULL, unpublished = 1 WHERE id = ?"""
ATTEMPT_COLUMNS = "run_id, number, worker_id, started_at, ended_at, outcome, error, traceback"
ATTEMPT = Bulk(
    f"INSERT INTO task_attempt ({ATTEMPT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    f"""INSERT INTO task_attempt ({ATTEMPT_COLUMNS}) SELECT * FROM unnest(?::text[], ?::int[], ?::text[], ?::float8[],
 ?::float8[], ?::text[], ?::text[], ?::text[]) ON CONFLICT DO NOTHING""",
)
LOG_COLUMNS = "run_id, attempt, number, at, level, logger, message"
LOG = Bulk(
    f"INSERT INTO task_log ({LOG_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    f"""INSERT INTO task_log ({LOG_COLUMNS}) SELECT * FROM unnest(?::text[], ?::int[], ?::int[], ?::float8[], ?::text[],
 ?::text[], ?::text[]) ON CONFLICT DO NOTHING""",
)


def finish(connection: Connection, worker_id: str, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Write the outcomes of a worker's attempts; those that were fenced off and left no trace."""
    if not outcomes:
        return []
    fenced: list[Outcome] = []
    held: list[Outcome] = []
    ours = _ours(connection, worker_id, outcomes)
    for outcome in outcomes:
        cancel_requested = ours.get((outcome.run.id, outcome.run.attempt))
        if cancel_requested is None:
            fenced.append(outcome)
            continue
        if cancel_requested and (outcome.final is None or outcome.expansion is not None):
            outcome.final = State.CANCELLED
        held.append(outcome)
    over: list[Outcome] = []
    again: list[Outcome] = []
    built: list[Outcome] = []
    for outcome in held:
        if outcome.final is None:
            again.append(outcome)
        elif outcome.expansion is not None and outcome.final is State.SUCCESSFUL:
            built.append(outcome)
        else:
            over.append(outcome)
    moved = [
        (str(o.final), o.ended_at, o.ended.result, None, o.ended.error, o.progress, o.run.id)
        if o.keep_result is None
        else _keeping(o, o.keep_result)
        for o in over
    ]
    MOVE.run(connection, moved)
    DELETE.run(connection, [(o.run.id,) for o in over])
    if again:
        connection.many(AGAIN, [_again(o) for o in again])
    counted = [o for o in held if o.ended.ending is not Ending.UNSTARTED]
    ATTEMPT.run(connection, [_attempt(o, worker_id) for o in counted])
    LOG.run(connection, [(o.run.id, o.run.attempt, *line) for o in counted for line in o.logs])
    for outcome in (*over, *again):  # a workflow that waits for its steps keeps what it holds
        if outcome.run.lock_key is not None or outcome.run.limit_key is not None:
            release(connection, outcome.run.id, outcome.run.lock_key, outcome.run.limit_key)
    ended = [(o.run.id, o.run.root_id) for o in over if o.run.root_id is not None]
    if built or ended:
        first = [step for outcome in built for step in _enter(connection, outcome)]
        settle(connection, ended, time.time(), [o.run.id for o in built], first)
    return fenced


def _enter(connection: Connection, outcome: Outcome) -> list[str]:
    """A workflow's graph is there: its run waits for its steps from now on. Those that wait for none."""
    assert outcome.expansion is not None
    outcome.final = None
    enter(connection, outcome.run.id, outcome.expansion)
    return [row.id for row in outcome.expansion.steps if not row.waiting_on]


def _ours(connection: Connection, worker_id: str, outcomes: Sequence[Outcome]) -> dict[tuple[str, int], int]:
    """(run id, attempt) → whether its cancellation was asked for, of the attempts that are still this worker's."""
    keys = [(o.run.id, o.run.attempt) for o in outcomes]
    if connection.dialect == "sqlite":
        found = {key: connection.row(HELD, (*key, worker_id)) for key in keys}
        return {key: row[0] for key, row in found.items() if row is not None}
    return {(row[0], row[1]): row[2] for row in connection.rows(HELD_LOCKED, ([run_id for run_id, _ in keys], worker_id))}


def _keeping(outcome: Outcome, keep: float) -> tuple[object, ...]:
    run, ended = outcome.run, outcome.ended
    result, until = kept(ended.result, keep, outcome.ended_at, run.root_id is not None)
    return (str(outcome.final), outcome.ended_at, result, until, ended.error, outcome.progress, run.id)


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
        str(ended.ending),
        ended.error,
        ended.traceback,
    )
