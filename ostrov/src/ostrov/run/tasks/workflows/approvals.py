"""The manual step: somebody lets the workflow go on, or does not."""

from __future__ import annotations

import msgspec

from ostrov.core.errors import Conflict, NotFound
from ostrov.core.store import Connection
from ostrov.run.tasks.run import State
from ostrov.run.tasks.workflows.complete import complete
from ostrov.run.tasks.workflows.settle import settle

WAITS = "SELECT root_id, waiting_on FROM task_run WHERE id = ? AND kind = 'approval'"
PENDING = """SELECT id, root_id, arguments, created_at FROM task_run WHERE kind = 'approval' AND root_id > ''
 AND waiting_on = 0 ORDER BY created_at, id LIMIT 200"""  # by the index of steps: plain runs may be a million


def decide(connection: Connection, run_id: str, approved: bool, person: str, reason: str, now: float) -> str:
    """Approve or reject a step that waits for it; the id of its workflow's run. Raises NotFound, Conflict."""
    found = connection.row(WAITS if connection.dialect == "sqlite" else f"{WAITS} FOR UPDATE", (run_id,))
    if found is None:
        raise NotFound(f"no approval {run_id} is waited for", tip="see `ostrov tasks approvals`; it may have been decided")
    root_id, waiting_on = found
    if waiting_on:
        raise Conflict(f"approval {run_id} is not asked for yet", cause=f"{waiting_on} steps before it are not over")
    if approved:
        result = msgspec.json.encode({"by": person, "reason": reason}).decode()
        complete(connection, run_id, State.SUCCESSFUL, result, None, now, "approved")
    else:
        why = f"rejected by {person}" + (f": {reason}" if reason else "")
        complete(connection, run_id, State.DEAD, None, why, now, "rejected")
    settle(connection, [(run_id, root_id)], now)
    return str(root_id)


def pending(connection: Connection) -> list[tuple[str, str, str, float]]:
    """(id, id of the workflow's run, text, since when) of the approvals that are waited for."""
    rows = connection.rows(PENDING)
    return [(run_id, root_id, msgspec.json.decode(arguments)["text"], at) for run_id, root_id, arguments, at in rows]
