"""Runs whose worker is gone: found, and given to another. Idempotent, so any number of workers may do it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ostrov.core.store import Connection
from ostrov.run.tasks import roster
from ostrov.run.tasks.claim import COLUMNS, Claimed
from ostrov.run.tasks.finish import finish
from ostrov.run.tasks.limits import NO_LIMITS, Limits, strayed, unblock
from ostrov.run.tasks.liveness import dead
from ostrov.run.tasks.outcome import Ended, Ending, Outcome, decide

OF_WORKER = f"SELECT {COLUMNS}, started_at FROM task_run WHERE state = 'running' AND worker_id = ?"
EXPIRED = """SELECT DISTINCT worker_id FROM task_run WHERE state = 'running' AND lease_until < ?"""
LAPSED = f"SELECT {COLUMNS}, started_at FROM task_run WHERE state = 'running' AND worker_id = ? AND lease_until < ?"


class Missing(NamedTuple):
    """`gone`: workers whose process is dead. `lapsed`: workers with a run whose lease has ended. `strayed`: semaphores that
    have room and are waited for."""

    gone: list[str]
    lapsed: list[str]
    strayed: list[str]


def missing(connection: Connection, now: float, limits_of: Callable[[str], Limits] = lambda task: NO_LIMITS) -> Missing:
    """What there is to mend. Only looks."""
    return Missing(
        [worker_id for worker_id, identity in roster.present(connection).items() if dead(identity)],
        [worker_id for (worker_id,) in connection.rows(EXPIRED, (now,))],
        strayed(connection, limits_of),
    )


def reap(connection: Connection, found: Missing, now: float, losses: int) -> list[Outcome]:
    """Take the runs of dead workers, and the runs with ended leases, from those who hold them; what became of them."""
    reaped: list[Outcome] = []
    for worker_id in found.gone:
        rows = connection.rows(OF_WORKER, (worker_id,))
        reaped += _lose(connection, worker_id, rows, "its worker died", now, losses)
        roster.stopped(connection, worker_id, now)
    for worker_id in found.lapsed:
        rows = connection.rows(LAPSED, (worker_id, now))
        reaped += _lose(connection, worker_id, rows, "its worker was not heard of until the lease ended", now, losses)
    for key in found.strayed:
        unblock(connection, key)
    return reaped


def _lose(
    connection: Connection, worker_id: str, rows: Sequence[tuple[object, ...]], error: str, now: float, losses: int
) -> list[Outcome]:
    outcomes = []
    for *columns, started_at in rows:
        run = Claimed._make(columns)
        error_ = error if run.losses + 1 < losses else f"{error}; that was time {run.losses + 1}, it is not tried again"
        assert isinstance(started_at, float)
        outcomes.append(decide(run, Ended(Ending.LOST, error=error_), started_at, now, losses=losses))
    fenced = finish(connection, worker_id, outcomes)
    return [outcome for outcome in outcomes if outcome not in fenced]
