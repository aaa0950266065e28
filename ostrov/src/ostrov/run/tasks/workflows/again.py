"""Doing a part of a workflow again: a step with all that follows from it, also when the workflow is over. And stopping one."""

from __future__ import annotations

from collections.abc import Iterable

from ostrov.core.errors import Conflict, NotFound
from ostrov.core.store import Connection
from ostrov.run.tasks.run import State
from ostrov.run.tasks.telemetry import report_run
from ostrov.run.tasks.workflows.complete import complete
from ostrov.run.tasks.workflows.root import UNHANDLED_STEPS
from ostrov.run.tasks.workflows.settle import settle
from ostrov.run.tasks.workflows.steps import encoded, plan_of

STEP = """SELECT state, root_id, parent_id, kind, plan FROM task_run WHERE id = ?
 UNION ALL SELECT state, root_id, parent_id, kind, plan FROM task_finished_run WHERE id = ?"""
CHILDREN = "SELECT DISTINCT child_id FROM task_edge WHERE parent_id = ?"
REVIVED = """id, task, queue, priority, arguments, created_at, max_attempts, attempt, dedupe_key, lock_key, parent_id,
 schedule_key, tick, kind, root_id, step, plan, version, limit_key, trace"""
REVIVE = f"""INSERT INTO task_run ({REVIVED}, state, run_after, unpublished, reason) SELECT {REVIVED}, ?, ?, ?, ?
 FROM task_finished_run WHERE id = ? ON CONFLICT DO NOTHING"""
FORGET = "DELETE FROM task_finished_run WHERE id = ?"
OPEN = "UPDATE task_edge SET met = NULL WHERE parent_id = ?"
FAILED_ELEMENTS = """SELECT id FROM task_finished_run WHERE root_id = ? AND parent_id = ? AND state IN ('dead', 'cancelled')
 ORDER BY id"""
UNFINISHED_ELEMENT = "SELECT 1 FROM task_run WHERE root_id = ? AND parent_id = ? LIMIT 1"
LET_GO = "UPDATE task_finished_run SET root_id = NULL WHERE root_id = ? AND parent_id = ?"
CUT = """DELETE FROM task_edge WHERE root_id = ? AND child_id = ?
 AND parent_id IN (SELECT id FROM task_finished_run WHERE parent_id = ?)"""
LET_GO_STEPS = "UPDATE task_finished_run SET root_id = NULL WHERE root_id = ?"
CUT_STEPS = "DELETE FROM task_edge WHERE root_id = ?"
PLAN = "UPDATE task_run SET plan = ? WHERE id = ?"
UNHANDLED = f"SELECT id, state, kind, attempt, plan {UNHANDLED_STEPS} ORDER BY id"
ATTEMPT = "SELECT attempt FROM task_finished_run WHERE id = ?"
FAILED = """SELECT id FROM task_finished_run WHERE root_id = ? AND state IN ('dead', 'cancelled') AND step NOT LIKE '%]'
 ORDER BY id"""
UNFINISHED = "SELECT id, state, kind FROM task_run WHERE root_id = ? ORDER BY id"
STOP = "UPDATE task_run SET cancel_requested = 1 WHERE id = ?"


def retry_step(connection: Connection, run_id: str, now: float, delay: float = 0.0) -> None:
    """Run a step that is over again, and what follows from it after it. The workflow, when it is over, is open again.

    Of a map the elements that failed are run again. It starts after `delay` seconds. Raises NotFound, Conflict.
    """
    state, root_id, _, kind, plan = _known(connection, run_id)
    if not State(state).over:
        raise Conflict(f"the step {run_id} is {state}", tip="wait until it is over, or cancel it")
    if state == State.SKIPPED:
        raise Conflict(f"the step {run_id} was skipped", tip="retry the step before it: this one follows")
    if kind == "workflow" and retry_workflow(connection, run_id, now, delay):
        return
    _reopen(connection, root_id, now)
    if kind == "map" and plan_of(plan).expanded is not None:
        failed = [row[0] for row in connection.rows(FAILED_ELEMENTS, (root_id, run_id))]
        if failed:
            for element in failed:
                _again(connection, element, now, delay)
            return
    _again(connection, run_id, now, delay)


def retry_workflow(connection: Connection, root_id: str, now: float, delay: float = 0.0) -> bool:
    """Run the steps of a workflow that failed again; False when its graph was never built."""
    failed = [row[0] for row in connection.rows(FAILED, (root_id,))]
    _retry_steps(connection, failed, now, delay)
    return bool(failed)


def retry_by_itself(connection: Connection, root_id: str, now: float, delay: float) -> bool:
    """Run the steps that made a workflow fail again after a delay; False when that is of no use: a person has ended one of
    them, or one has failed in the ledger, before it began."""
    if not _may_do_better(connection, root_id):
        return False
    _retry_steps(connection, [row[0] for row in connection.rows(UNHANDLED, (root_id,))], now, delay)
    return True


def _may_do_better(connection: Connection, root_id: str) -> bool:
    for run_id, state, kind, attempt, plan in connection.rows(UNHANDLED, (root_id,)):
        begun = plan_of(plan).expanded is not None if kind == "map" else attempt > 0
        if state != State.DEAD or kind == "approval" or not begun:
            return False
        if kind == "workflow" and not _may_do_better(connection, run_id):
            return False
    return True


def _retry_steps(connection: Connection, failed: Iterable[str], now: float, delay: float) -> None:
    for run_id in failed:
        found = connection.row(STEP, (run_id, run_id))
        if found is not None and State(found[0]).over and found[0] != State.SKIPPED:  # not brought back by the one before
            retry_step(connection, run_id, now, delay)


def cancel_workflow(connection: Connection, root_id: str, now: float) -> None:
    """Cancel what waits of a workflow and tell what runs to stop; the workflow is over when they are."""
    connection.execute(STOP, (root_id,))
    for run_id, state, kind in connection.rows(UNFINISHED, (root_id,)):
        if state == State.RUNNING:
            connection.execute(STOP, (run_id,))
            report_run(connection, "cancelling", run_id)
        elif kind == "workflow" and state == State.BLOCKED and connection.rows(UNFINISHED, (run_id,)):
            cancel_workflow(connection, run_id, now)
        else:
            complete(connection, run_id, State.CANCELLED, None, "its workflow was cancelled", now)
    settle(connection, [], now, [root_id])


def _known(connection: Connection, run_id: str) -> tuple[str, str, str, str | None, str | None]:
    found = connection.row(STEP, (run_id, run_id))
    if found is None:
        raise NotFound(f"there is no run {run_id}")
    return found[0], found[1], found[2], found[3], found[4]


def _again(connection: Connection, run_id: str, now: float, delay: float) -> None:
    """A step that is over is ready, after a delay; what follows from it waits for it once more."""
    _, root_id, parent_id, kind, _ = _known(connection, run_id)
    follow = _descendants(connection, [run_id])
    for child in follow:
        state = _known(connection, child)[0]
        if state in (State.RUNNING, State.READY, State.SCHEDULED):
            raise Conflict(f"the step {child}, which follows from {run_id}, is {state}", tip="wait until it is over")
    for one in (run_id, *follow):
        connection.execute(OPEN, (one,))
    for child in follow:
        _block(connection, child, now, anew=child != parent_id)  # an element's own map keeps the others
    begun = kind is None and connection.value(ATTEMPT, (run_id,)) > 0  # else its arguments are not made yet
    if begun:
        _revive(connection, run_id, "scheduled" if delay else "ready", now + delay, 1, None)
    else:
        _block(connection, run_id, now)
    # it starts when nothing but what has been holds it; and the workflow counts what it waits for
    settle(connection, [], now, [root_id], [] if begun else [run_id])


def _descendants(connection: Connection, of: Iterable[str]) -> list[str]:
    """All that waits for these, directly or not."""
    found: dict[str, None] = {}
    queue = list(of)
    while queue:
        for (child,) in connection.rows(CHILDREN, (queue.pop(),)):
            if child not in found:
                found[child] = None
                queue.append(child)
    return list(found)


def _block(connection: Connection, run_id: str, now: float, *, anew: bool = True) -> None:
    """Bring a step back from history to where it waits. What it made before is out of the graph when it is to be made `anew`:
    the elements of a map, the steps of a workflow."""
    _, root_id, _, kind, text = _known(connection, run_id)
    _revive(connection, run_id, "blocked", now, 0, "waits for other steps")
    plan = plan_of(text)
    if kind == "workflow":
        connection.execute(LET_GO_STEPS, (run_id,))
        connection.execute(CUT_STEPS, (run_id,))
    elif kind == "map" and plan.expanded is not None and anew:
        if connection.row(UNFINISHED_ELEMENT, (root_id, run_id)):
            raise Conflict(f"elements of the step {run_id} are not over", tip="wait until they are, or cancel them")
        connection.execute(CUT, (root_id, run_id, run_id))
        connection.execute(LET_GO, (root_id, run_id))
        plan.expanded = None
        connection.execute(PLAN, (encoded(plan), run_id))


def _reopen(connection: Connection, root_id: str, now: float) -> None:
    """A workflow that is over waits for its steps again, and so does the one it is a step of."""
    state, outer, _, _, _ = _known(connection, root_id)
    if not State(state).over:
        return
    if outer is not None:
        _reopen(connection, outer, now)
        connection.execute(OPEN, (root_id,))
        for child in _descendants(connection, [root_id]):
            connection.execute(OPEN, (child,))
            _block(connection, child, now)
    _revive(connection, root_id, "blocked", now, 0, "waits for its steps")


def _revive(connection: Connection, run_id: str, state: str, now: float, unpublished: int, reason: str | None) -> None:
    """Bring a run back from history, unless it is back already."""
    if connection.execute(REVIVE, (state, now, unpublished, reason, run_id)):
        connection.execute(FORGET, (run_id,))
        report_run(connection, "revived", run_id)
