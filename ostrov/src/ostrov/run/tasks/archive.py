"""Moving a run that is over from the hot table into history."""

from __future__ import annotations

from ostrov.run.tasks.bulk import Bulk

KEPT = """id, task, queue, priority, arguments, created_at, run_after, max_attempts, attempt, failures, losses, worker_id,
 started_at, dedupe_key, lock_key, parent_id, schedule_key, tick, kind, root_id, step, plan, version, limit_key, trace"""
MOVE = Bulk(
    f"""INSERT INTO task_finished_run ({KEPT}, state, finished_at, result, result_until, error, progress)
 SELECT {KEPT}, ?, ?, ?, ?, ?, coalesce(?, progress) FROM task_run WHERE id = ?""",
    f"""INSERT INTO task_finished_run ({KEPT}, state, finished_at, result, result_until, error, progress)
 SELECT {KEPT}, over.state, over.at, over.result, over.until, over.error, coalesce(over.progress, run.progress)
 FROM task_run AS run JOIN
 unnest(?::text[], ?::float8[], ?::text[], ?::float8[], ?::text[], ?::text[], ?::text[])
 AS over (state, at, result, until, error, progress, run_id) ON over.run_id = run.id""",
)
DELETE = Bulk("DELETE FROM task_run WHERE id = ?", "DELETE FROM task_run WHERE id = ANY(?)")
