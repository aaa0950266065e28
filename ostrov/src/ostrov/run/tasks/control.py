"""What people do to runs and queues: cancel, retry, replay, pause. Each is one transaction on the caller's connection."""

from __future__ import annotations

import msgspec

from ostrov.core.errors import Conflict, NotFound
from ostrov.core.store import Connection
from ostrov.run.tasks.identifier import new_id
from ostrov.run.tasks.ledger import INSERT
from ostrov.run.tasks.run import NewRun, State
from ostrov.run.tasks.telemetry import Happening, report, report_run
from ostrov.run.tasks.workflows.again import cancel_workflow, retry_step, retry_workflow
from ostrov.run.tasks.workflows.complete import complete
from ostrov.run.tasks.workflows.graph import references
from ostrov.run.tasks.workflows.settle import settle

STATE = "SELECT state FROM task_run WHERE id = ?"
STATE_LOCKED = f"{STATE} FOR UPDATE"
FINISHED_STATE = "SELECT state FROM task_finished_run WHERE id = ?"
REQUEST_CANCEL = "UPDATE task_run SET cancel_requested = 1 WHERE id = ? AND state = 'running'"
ROLE = "SELECT root_id, kind FROM task_run WHERE id = ? UNION ALL SELECT root_id, kind FROM task_finished_run WHERE id = ?"
HAS_STEPS = "SELECT 1 FROM task_run WHERE root_id = ? LIMIT 1"
BRING_FORWARD = """UPDATE task_run SET state = 'ready', run_after = ?, reason = NULL, unpublished = 1
 WHERE id = ? AND state = 'scheduled'"""
AGAIN = """INSERT INTO task_run (id, task, queue, priority, state, arguments, created_at, run_after, max_attempts, attempt,
 dedupe_key, lock_key, parent_id, schedule_key, tick, kind, root_id, step, plan, version, limit_key, trace, unpublished)
 SELECT id, task, queue, priority, 'ready', arguments, created_at, ?, max_attempts, attempt,
 dedupe_key, lock_key, parent_id, schedule_key, tick, kind, root_id, step, plan, version, limit_key, trace, 1
 FROM task_finished_run WHERE id = ? ON CONFLICT DO NOTHING"""
UNTOLD = "UPDATE task_run SET unpublished = 1 WHERE id = ?"
FORGET = "DELETE FROM task_finished_run WHERE id = ?"
COPIED = """task, queue, priority, arguments, max_attempts, lock_key, kind, version, limit_key, trace,
 CASE WHEN root_id IS NULL THEN plan END"""
COPY = f"SELECT {COPIED} FROM task_finished_run WHERE id = ? UNION ALL SELECT {COPIED} FROM task_run WHERE id = ?"
PAUSE = """INSERT INTO task_queue (name, paused, changed_at) VALUES (?, ?, ?)
 ON CONFLICT (name) DO UPDATE SET paused = excluded.paused, changed_at = excluded.changed_at"""
DEAD = "SELECT id FROM task_finished_run WHERE state = 'dead' AND state <> 'successful' AND id > ? ORDER BY id LIMIT 500"
DEAD_OF_TASK = "SELECT id FROM task_finished_run WHERE state = 'dead' AND task = ? AND id > ? ORDER BY id LIMIT 500"


def cancel(connection: Connection, run_id: str, now: float) -> State:
    """Cancel a run: CANCELLED when it was waiting, RUNNING when its worker is yet to stop it.

    Raises NotFound, and Conflict for a run that is over.
    """
    state = _state(connection, run_id)
    if state is State.RUNNING:
        connection.execute(REQUEST_CANCEL, (run_id,))
        report_run(connection, "cancelling", run_id)
        return State.RUNNING
    if state.over:
        raise Conflict(f"run {run_id} is {state} already")
    root_id, kind = connection.row(ROLE, (run_id, run_id)) or (None, None)
    if kind == "workflow" and connection.row(HAS_STEPS, (run_id,)):
        cancel_workflow(connection, run_id, now)
        state = _state(connection, run_id)
        return State.RUNNING if state is State.BLOCKED else state
    complete(connection, run_id, State.CANCELLED, None, "cancelled before it started", now)
    if root_id is not None:
        settle(connection, [(run_id, root_id)], now)
    return State.CANCELLED


def retry(connection: Connection, run_id: str, now: float) -> State:
    """Run a dead or cancelled run again under its own id, with all its attempts anew; bring a scheduled one forward. Of a
    workflow what failed is run again, with what follows from it; a step of one also when it was successful.

    Raises NotFound, and Conflict for a run in another state or whose dedupe key another run holds by now.
    """
    state = _state(connection, run_id)
    if state is State.SCHEDULED:
        connection.execute(BRING_FORWARD, (now, run_id))
        report_run(connection, "promoted", run_id)
    elif _is_of_workflow(connection, run_id, state, now):
        return _state(connection, run_id)
    elif state in (State.DEAD, State.CANCELLED):
        if not connection.execute(AGAIN, (now, run_id)):
            raise Conflict(f"run {run_id} cannot be retried", cause="another run with its dedupe key is not over")
        connection.execute(FORGET, (run_id,))
        report_run(connection, "revived", run_id)
    else:
        tip = "replay it to call its task once more as a new run" if state is State.SUCCESSFUL else ""
        raise Conflict(f"run {run_id} is {state}", tip=tip)
    return State.READY


def retry_dead(connection: Connection, task: str, after: str, now: float) -> tuple[int, str]:
    """Retry up to 500 dead runs of a task (of all when empty) with ids above `after`: (how many, the last id looked at).

    Call it until the id is empty. Those whose dedupe key another run holds stay dead.
    """
    if task:
        found = [row[0] for row in connection.rows(DEAD_OF_TASK, (task, after))]
    else:
        found = [row[0] for row in connection.rows(DEAD, (after,))]
    done = 0
    for run_id in found:
        if _state(connection, run_id) is not State.DEAD:
            continue  # a step that another's retry has brought back
        if _is_of_workflow(connection, run_id, State.DEAD, now):
            done += 1
        elif connection.execute(AGAIN, (now, run_id)):
            connection.execute(FORGET, (run_id,))
            report_run(connection, "revived", run_id)
            done += 1
    return done, found[-1] if found else ""


def replay(connection: Connection, run_id: str, now: float) -> str:
    """Enqueue a new run with the task, arguments and options of another; its id. Raises NotFound, and Conflict for a step that
    is nothing outside of its workflow."""
    found = connection.row(COPY, (run_id, run_id))
    if found is None:
        raise _unknown(run_id)
    task, queue, priority, arguments, max_attempts, lock_key, kind, *rest = found
    root_id, _ = connection.row(ROLE, (run_id, run_id)) or (None, None)
    if root_id is not None and (kind in ("map", "approval") or any(references(msgspec.json.decode(arguments)))):
        what = {"map": "it is a map", "approval": "it is an approval"}
        cause = what.get(kind or "", "its arguments are results of steps that it never got")
        raise Conflict(f"the step {run_id} has no copy", cause=cause, tip="retry the step, or replay its workflow")
    made = new_id()
    new = NewRun(
        *(made, task, queue, priority, State.READY, arguments, now, now, max_attempts, None, lock_key, run_id, None, None),
        *(kind, *rest),
    )
    connection.execute(INSERT, new)
    connection.execute(UNTOLD, (made,))
    report(connection, [Happening("enqueued", made, task, queue)])
    return made


def pause(connection: Connection, queue: str, paused: bool, now: float) -> None:
    """Let workers claim no more runs of a queue, or let them again. Running ones go on."""
    connection.execute(PAUSE, (queue, int(paused), now))
    report(connection, [Happening("paused" if paused else "resumed", "", "", queue)])


def _is_of_workflow(connection: Connection, run_id: str, state: State, now: float) -> bool:
    """Whether a run is a step, or a workflow with steps that failed: then what failed was brought back."""
    root_id, kind = connection.row(ROLE, (run_id, run_id)) or (None, None)
    if root_id is not None and state.over:
        retry_step(connection, run_id, now)
        return True
    return kind == "workflow" and state in (State.DEAD, State.CANCELLED) and retry_workflow(connection, run_id, now)


def _state(connection: Connection, run_id: str) -> State:
    sql = STATE if connection.dialect == "sqlite" else STATE_LOCKED
    found = connection.value(sql, (run_id,)) or connection.value(FINISHED_STATE, (run_id,))
    if found is None:
        raise _unknown(run_id)
    return State(found)


def _unknown(run_id: str) -> NotFound:
    return NotFound(f"there is no run {run_id}", tip="see `ostrov tasks list`; old history is pruned")
