"""Dead runs: what failed for good and waits for somebody to look at it, by task."""

from __future__ import annotations

from typing import NamedTuple

from ostrov.core.errors import Conflict, NotFound
from ostrov.core.store import Connection
from ostrov.run.tasks.telemetry import report_run

MOST = 10_000
"""The newest dead runs that are counted by task."""
BATCH = 500
GROUPS = f"""SELECT task, count(*), max(id) FROM (SELECT task, id FROM task_finished_run
 WHERE state = 'dead' AND state <> 'successful' ORDER BY id DESC LIMIT {MOST}) AS dead
 GROUP BY task ORDER BY max(id) DESC LIMIT 200"""
LAST = "SELECT error, finished_at FROM task_finished_run WHERE id = ?"
STATE = "SELECT state FROM task_finished_run WHERE id = ? UNION ALL SELECT state FROM task_run WHERE id = ?"
DISCARD = """UPDATE task_finished_run SET state = 'cancelled', error = 'discarded by ' || ? || coalesce(': ' || error, '')
 WHERE id = ? AND state = 'dead'"""
DEAD = "SELECT id FROM task_finished_run WHERE state = 'dead' AND state <> 'successful' AND id > ? ORDER BY id LIMIT ?"
DEAD_OF_TASK = "SELECT id FROM task_finished_run WHERE state = 'dead' AND task = ? AND id > ? ORDER BY id LIMIT ?"


class DeadTask(NamedTuple):
    """The dead runs of one task, with the newest of them. `dead` stops at MOST, over all tasks."""

    task: str
    dead: int
    last_id: str
    error: str | None
    last_at: float


def dead_tasks(connection: Connection) -> list[DeadTask]:
    """The tasks that have dead runs, the latest first."""
    found = []
    for task, count, last_id in connection.rows(GROUPS):
        error, at = connection.row(LAST, (last_id,)) or (None, 0.0)
        found.append(DeadTask(task, count, last_id, error, at))
    return found


def discard(connection: Connection, run_id: str, person: str) -> None:
    """Put a dead run away: it counts as cancelled, keeps its error, attempts and log, and is pruned as other runs are. It can
    still be retried. Raises NotFound, and Conflict for a run that is not dead."""
    if _discard(connection, run_id, person):
        return
    state = connection.value(STATE, (run_id, run_id))
    if state is None:
        raise NotFound(f"there is no run {run_id}", tip="see `ostrov tasks dead`; old history is pruned")
    raise Conflict(f"run {run_id} is {state}, not dead")


def discard_all(connection: Connection, task: str, after: str, person: str) -> tuple[int, str]:
    """Put away up to 500 dead runs of a task (of all when empty) with ids above `after`: (how many, the last id looked at).
    Call it until the id is empty."""
    values = (task, after, BATCH) if task else (after, BATCH)
    found = [run_id for (run_id,) in connection.rows(DEAD_OF_TASK if task else DEAD, values)]
    done = sum(_discard(connection, run_id, person) for run_id in found)
    return done, found[-1] if found else ""


def _discard(connection: Connection, run_id: str, person: str) -> int:
    done = connection.execute(DISCARD, (person, run_id))
    if done:
        report_run(connection, "discarded", run_id)
    return done
