"""The end of a workflow: when all its steps are over, it is too, or what failed of it goes again."""

from __future__ import annotations

from typing import Any

import msgspec

from ostrov.core.store import Connection
from ostrov.run.tasks.backoff import Backoff
from ostrov.run.tasks.errors import ResultExpired
from ostrov.run.tasks.run import State
from ostrov.run.tasks.telemetry import report_run
from ostrov.run.tasks.workflows.complete import Ended, complete, results_for
from ostrov.run.tasks.workflows.graph import resolved
from ostrov.run.tasks.workflows.steps import Plan, plan_of

ROOT = """SELECT root_id, cancel_requested, plan, failures, max_attempts FROM task_run
 WHERE id = ? AND kind = 'workflow' AND state = 'blocked'"""
LEFT = "SELECT count(*) FROM task_run WHERE root_id = ?"
UNHANDLED_STEPS = """FROM task_finished_run AS failed WHERE root_id = ? AND state IN ('dead', 'cancelled')
 AND step NOT LIKE '%]' AND NOT EXISTS (SELECT 1 FROM task_edge JOIN task_finished_run AS child ON child.id = child_id
 WHERE task_edge.parent_id = failed.id AND condition = 'failure' AND child.state = 'successful')"""
"""The steps that make a workflow fail."""
FAILED = f"SELECT step, state, error {UNHANDLED_STEPS} ORDER BY id LIMIT 3"
TRIED = "UPDATE task_run SET failures = ? WHERE id = ?"
WAITING = "UPDATE task_run SET waiting_on = ?, reason = ? WHERE id = ?"


def close(connection: Connection, root_id: str, now: float) -> list[Ended]:
    """End a root when all its steps are over."""
    row = connection.row(ROOT if connection.dialect == "sqlite" else f"{ROOT} FOR UPDATE", (root_id,))
    if row is None:
        return []
    outer, cancel_requested, plan, failures, attempts = row
    if left := connection.value(LEFT, (root_id,)):
        connection.execute(WAITING, (left, "waits for its steps", root_id))
        return []
    failed = connection.rows(FAILED, (root_id,))
    if cancel_requested:
        complete(connection, root_id, State.CANCELLED, None, "cancelled while its steps were under way", now)
    elif failed:
        reason = "; ".join(f"step {name} is {state}: {error or 'no reason was given'}" for name, state, error in failed)
        if failures + 1 < attempts and _try_again(connection, root_id, failures + 1, plan_of(plan), reason, now):
            return []
        complete(connection, root_id, State.DEAD, None, reason[:2000], now)
    else:
        _return(connection, root_id, plan_of(plan).result, now)
    return [] if outer is None else [(root_id, outer)]


def _try_again(connection: Connection, root_id: str, failures: int, plan: Plan, reason: str, now: float) -> bool:
    """A workflow with `retries`: run what failed again, after its back-off."""
    from ostrov.run.tasks.workflows.again import retry_by_itself

    connection.execute(TRIED, (failures, root_id))  # first, for what fails at once comes back here
    if not retry_by_itself(connection, root_id, now, Backoff(**plan.backoff).delay(failures)):
        return False
    report_run(connection, "retried", root_id, reason)
    return True


def _return(connection: Connection, root_id: str, template: Any, now: float) -> None:
    """End a root with the result that its body has returned."""
    try:
        value = resolved(template, results_for(connection, root_id, template))
    except ResultExpired as problem:
        complete(connection, root_id, State.DEAD, None, problem.error, now)
        return
    result = None if value is None else msgspec.json.encode(value).decode()
    complete(connection, root_id, State.SUCCESSFUL, result, None, now)
