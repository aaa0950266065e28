"""Ending a run that no worker holds, and the results that those after it are given."""

from __future__ import annotations

from typing import Any

import msgspec

from ostrov.core.store import Connection
from ostrov.run.tasks.archive import DELETE, MOVE
from ostrov.run.tasks.errors import ResultExpired
from ostrov.run.tasks.limits import release
from ostrov.run.tasks.run import State
from ostrov.run.tasks.telemetry import OVER, Verb, report_run
from ostrov.run.tasks.terms import EXPIRED, kept, terms_of
from ostrov.run.tasks.workflows.graph import references

KEYS = "SELECT lock_key, limit_key, plan FROM task_run WHERE id = ?"
RESULTS = "SELECT step, result FROM task_finished_run WHERE root_id = ? AND state = 'successful'"

Ended = tuple[str, str]
"""(run id, root id) of a step that is over."""


def complete(
    connection: Connection,
    run_id: str,
    state: State,
    result: str | None,
    error: str | None,
    now: float,
    verb: Verb | None = None,
) -> None:
    """End a run that no worker holds. `verb` is what happened, when that is more than the state says."""
    lock_key, limit_key, plan = connection.row(KEYS, (run_id,)) or (None, None, None)
    result, until = kept(result, terms_of(plan).keep_result, now, needed=True)
    MOVE.run(connection, [(str(state), now, result, until, error, None, run_id)])
    DELETE.run(connection, [(run_id,)])
    release(connection, run_id, lock_key, limit_key)
    report_run(connection, verb or OVER[state], run_id, error or "")


def results_for(connection: Connection, root_id: str, template: Any) -> dict[str, Any]:
    """The results of the steps that a template refers to, by step. Raises ResultExpired."""
    wanted = sorted(set(references(template)))
    if not wanted:
        return {}
    marks = ", ".join("?" * len(wanted))
    rows = connection.rows(f"{RESULTS} AND step IN ({marks})", (root_id, *wanted))
    for step, result in rows:
        if result == EXPIRED:
            raise ResultExpired(f"the result of step {step} has expired: retry that step, and this one follows")
    return {step: None if result is None else msgspec.json.decode(result) for step, result in rows}
