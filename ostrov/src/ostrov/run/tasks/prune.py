"""History is kept for a time. Pruned in small transactions, so that nobody waits for them."""

from __future__ import annotations

from ostrov.core.store import Connection
from ostrov.run.tasks import limits, roster
from ostrov.run.tasks.identifier import id_at
from ostrov.run.tasks.terms import EXPIRED

BATCH = 500
EXPIRE = """UPDATE task_finished_run SET result = ?, result_until = NULL WHERE id IN (SELECT id FROM task_finished_run AS old
 WHERE result_until IS NOT NULL AND result_until <= ? AND NOT EXISTS (SELECT 1 FROM task_run WHERE task_run.id = old.root_id)
 ORDER BY result_until LIMIT ?)"""
OLD = """SELECT id FROM task_finished_run WHERE id < ? AND finished_at < ? AND state <> 'dead' ORDER BY id LIMIT ?"""
OLD_DEAD = """SELECT id FROM task_finished_run WHERE state = 'dead' AND state <> 'successful' AND id < ? AND finished_at < ?
 ORDER BY id LIMIT ?"""


def expire(connection: Connection, now: float) -> int:
    """Drop up to 500 results that have expired; how many. Call it until 0. Those of steps stay while their workflow is not
    over."""
    return connection.execute(EXPIRE, (EXPIRED, now, BATCH))


def prune(connection: Connection, before: float, dead_before: float) -> int:
    """Forget up to 500 runs that were over before a moment, with their attempts and logs; how many. Call it until 0."""
    found = connection.rows(OLD, (id_at(before), before, BATCH))
    found += connection.rows(OLD_DEAD, (id_at(dead_before), dead_before, BATCH - len(found)))
    for table, column in (("task_attempt", "run_id"), ("task_log", "run_id"), ("task_finished_run", "id")):
        connection.many(f"DELETE FROM {table} WHERE {column} = ?", found)
    connection.many("DELETE FROM task_edge WHERE root_id = ?", found)
    if not found:
        connection.execute(roster.FORGET, (min(before, dead_before),))
        connection.execute(limits.FORGET, (before, before))
    return len(found)
