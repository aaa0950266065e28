"""Writing runs into the ledger and asking what became of them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ostrov.core.store import Connection
from ostrov.run.tasks.bulk import Bulk
from ostrov.run.tasks.run import NewRun
from ostrov.run.tasks.terms import EXPIRED

COLUMNS = """id, task, queue, priority, state, arguments, created_at, run_after, max_attempts,
 dedupe_key, lock_key, parent_id, schedule_key, tick, kind, version, limit_key, trace, plan"""
INSERT = f"INSERT INTO task_run ({COLUMNS}) VALUES ({', '.join('?' * 19)})"
INSERT_MANY = Bulk(
    INSERT,
    f"""INSERT INTO task_run ({COLUMNS}) SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[],
 ?::float8[], ?::float8[], ?::int[], ?::text[], ?::text[], ?::text[], ?::text[], ?::float8[], ?::text[], ?::text[], ?::text[],
 ?::text[], ?::text[])""",
)
INSERT_UNIQUE = INSERT + " ON CONFLICT DO NOTHING"
SAME = "SELECT id, state FROM task_run WHERE task = ? AND dedupe_key = ?"
OUTCOME = """SELECT state, NULL, reason, NULL FROM task_run WHERE id = ?
 UNION ALL SELECT state, result, error, result_until FROM task_finished_run WHERE id = ?"""


def insert(connection: Connection, run: NewRun) -> tuple[str, str, bool]:
    """Add a run: (id, state, whether it is new). With a dedupe key that is taken, the run that holds it."""
    if run.dedupe_key is None:
        connection.execute(INSERT, run)
        return run.id, run.state, True
    for _ in range(3):
        if connection.execute(INSERT_UNIQUE, run):
            return run.id, run.state, True
        there = connection.row(SAME, (run.task, run.dedupe_key))
        if there is not None:
            return there[0], there[1], False
    return run.id, run.state, False  # the holder comes and goes on PostgreSQL: one of its runs is this one's twin


def insert_many(connection: Connection, runs: Sequence[NewRun]) -> list[tuple[str, str, bool]]:
    """Add many runs at once."""
    if any(run.dedupe_key is not None for run in runs):
        return [insert(connection, run) for run in runs]
    INSERT_MANY.run(connection, runs)
    return [(run.id, run.state, True) for run in runs]


def outcome(connection: Connection, run_id: str) -> tuple[str, str | None, str | None] | None:
    """(state, result, error) of a run, None when the ledger does not know it. The result is EXPIRED from its moment on."""
    found = connection.row(OUTCOME, (run_id, run_id))
    if found is None:
        return None
    state, result, error, until = found
    return state, result if until is None or time.time() < until else EXPIRED, error
