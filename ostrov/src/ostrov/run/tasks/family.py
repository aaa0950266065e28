"""Runs that came of a run: the elements of a map, the steps of a workflow, and what a task enqueued while it ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ostrov.core.store import Connection
from ostrov.run.tasks.identifier import id_at

if TYPE_CHECKING:
    from ostrov.run.tasks.history import RunRow

MOST = 200
LOOKED = 5_000
"""Runs made while a run went on, of which its children are picked: no index knows them by their parent."""
COLUMNS = "id, task, step, state, attempt, created_at, started_at"
BY_ROOT = f"""SELECT * FROM (
 SELECT {COLUMNS}, CAST(NULL AS double precision) AS finished_at, reason FROM task_run WHERE root_id = ? AND parent_id = ?
 UNION ALL SELECT {COLUMNS}, finished_at, error FROM task_finished_run WHERE root_id = ? AND parent_id = ?
) AS family ORDER BY state <> 'dead', state <> 'running', id LIMIT ?"""
NEAR = "parent_id, root_id FROM {table} WHERE id > ? AND id < ? ORDER BY id LIMIT ?"
BY_TIME = f"""SELECT {COLUMNS}, finished_at, reason FROM (
 SELECT * FROM (SELECT {COLUMNS}, CAST(NULL AS double precision) AS finished_at, reason, {NEAR.format(table="task_run")}) AS hot
 UNION ALL SELECT * FROM (SELECT {COLUMNS}, finished_at, error, {NEAR.format(table="task_finished_run")}) AS over
) AS near WHERE parent_id = ? AND root_id IS NULL ORDER BY state <> 'dead', state <> 'running', id LIMIT ?"""


class Child(NamedTuple):
    """A run that came of another. `error` is why it waits, or its last error."""

    id: str
    task: str
    step: str | None
    state: str
    attempt: int
    created_at: float
    started_at: float | None
    finished_at: float | None
    error: str | None

    @property
    def took(self) -> float | None:
        """Seconds of its last attempt, once it is over."""
        return None if self.finished_at is None or self.started_at is None else self.finished_at - self.started_at


def children(connection: Connection, run: RunRow, now: float) -> list[Child]:
    """Up to 200 runs that came of one, those that failed first, then those that run. Of a task those that it enqueued itself,
    while it ran."""
    if run.kind == "map":
        rows = connection.rows(BY_ROOT, (run.root_id, run.id, run.root_id, run.id, MOST))
    elif run.kind == "workflow":
        rows = connection.rows(BY_ROOT, (run.id, run.id, run.id, run.id, MOST))
    elif run.started_at is None:
        return []
    else:
        near = (run.id, id_at((run.finished_at or now) + 1.0), LOOKED)
        rows = connection.rows(BY_TIME, (*near, *near, run.id, MOST))
    return [Child._make(row) for row in rows]
