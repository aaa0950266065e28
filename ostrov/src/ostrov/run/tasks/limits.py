"""Semaphores and buckets: how many runs of one key go at a time, and how many start in a time.

A lock (`using(lock_key=…)`) is a semaphore with one slot. A run that finds its semaphore full is blocked on it until a holder
ends; one that finds its bucket empty is scheduled for the moment that is promised to it (GCRA, ITU-T I.371, as a shaper).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ostrov.core.errors import OstrovError
from ostrov.core.store import Connection
from ostrov.run.tasks.duration import seconds
from ostrov.run.tasks.errors import NotATask

HELD = "SELECT slot FROM task_semaphore WHERE key = ? ORDER BY slot"
HOLD = "INSERT INTO task_semaphore (key, slot, run_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
LET_GO = "DELETE FROM task_semaphore WHERE run_id = ?"
BLOCK = "UPDATE task_run SET state = 'blocked', blocked_on = ?, reason = ? WHERE id = ?"
PROMISED = "its rate is used up"
"""What the reason of a run begins with that was promised a moment, until it starts."""
UNBLOCK = f"""UPDATE task_run SET state = 'ready', blocked_on = NULL, unpublished = 1,
 reason = CASE WHEN reason LIKE '{PROMISED}%' THEN '{PROMISED}' END
 WHERE id = (SELECT id FROM task_run WHERE blocked_on = ? AND state = 'blocked' ORDER BY priority DESC, id LIMIT 1)"""
WAITED_FOR = """SELECT blocked_on, min(task), (SELECT count(*) FROM task_semaphore WHERE key = blocked_on)
 FROM task_run WHERE blocked_on IS NOT NULL GROUP BY blocked_on"""
BUCKET = "SELECT next_at, reserved_at FROM task_bucket WHERE key = ?"
BUCKET_LOCKED = f"{BUCKET} FOR UPDATE"
NEW = "INSERT INTO task_bucket (key, next_at, reserved_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
FILL = "UPDATE task_bucket SET next_at = ?, reserved_at = ? WHERE key = ?"
FORGET = "DELETE FROM task_bucket WHERE next_at < ? AND reserved_at < ?"
POSTPONE = f"UPDATE task_run SET state = 'scheduled', run_after = ?, reason = '{PROMISED}' WHERE id = ?"
REASON = "SELECT reason FROM task_run WHERE id = ?"
RATE = re.compile(r"\s*(\d+)\s*(?:/|per)\s*(.+)")
LIMIT, LOCK = "limit ", "lock "
"""What the keys of semaphores begin with: those of concurrency limits, those of locks."""


class Limits(NamedTuple):
    """What a task's code allows: `concurrency` runs at a time, `starts` of them begin in each `period` seconds, for each
    value of the argument `by` when that is set."""

    concurrency: int | None = None
    starts: int = 0
    period: float = 0.0
    by: str | None = None


NO_LIMITS = Limits()


def limits(concurrency: int | None, rate: str | None, by: str | None) -> Limits:
    """The limits a task was declared with. Raises NotATask for what cannot be read."""
    if concurrency is None and rate is None:
        if by is not None:
            raise NotATask(f"limit_by={by!r} without concurrency or rate limits nothing")
        return NO_LIMITS
    if concurrency is not None and concurrency < 1:
        raise NotATask(f"concurrency={concurrency}: at least one run at a time")
    if rate is None:
        return Limits(concurrency, by=by)
    match = RATE.fullmatch(rate)
    period = match[2].strip() if match else ""
    try:
        length = seconds(period if period[:1].isdigit() else f"1 {period}")
    except OstrovError:
        length = 0.0
    if match is None or length <= 0 or int(match[1]) < 1:
        raise NotATask(f"rate={rate!r} cannot be read", tip='write it as "10/minute" or "5 per 2 hours"')
    return Limits(concurrency, int(match[1]), length, by)


def acquire(
    connection: Connection, run_id: str, lock_key: str | None, limit_key: str | None, allowed: Limits, now: float
) -> bool:
    """Whether a ready run may start. When not, it is blocked or scheduled, or left as it is for the next look."""
    promised = bool(allowed.starts) and (connection.value(REASON, (run_id,)) or "").startswith(PROMISED)
    if lock_key is not None and not _hold(connection, LOCK + lock_key, 1, run_id):
        _block(connection, run_id, LOCK + lock_key, "another run holds its lock", promised)
        return False
    if limit_key is None:
        return True
    if allowed.concurrency is not None and not _hold(connection, LIMIT + limit_key, allowed.concurrency, run_id):
        _let_go(connection, run_id, lock_key)
        reason = f"{allowed.concurrency} of its kind are running, and no more may"
        _block(connection, run_id, LIMIT + limit_key, reason, promised)
        return False
    if allowed.starts and (moment := _take(connection, limit_key, allowed, now, promised)) is not None:
        _let_go(connection, run_id, lock_key)
        if allowed.concurrency is not None:
            unblock(connection, LIMIT + limit_key)
        connection.execute(POSTPONE, (moment, run_id))
        return False
    return True


def release(connection: Connection, run_id: str, lock_key: str | None, limit_key: str | None) -> None:
    """A run that was started is over, or goes again later: the next of those that wait for its semaphores is ready."""
    if not connection.execute(LET_GO, (run_id,)):
        return
    if lock_key is not None:
        unblock(connection, LOCK + lock_key)
    if limit_key is not None:
        unblock(connection, LIMIT + limit_key)


def unblock(connection: Connection, key: str) -> None:
    """The first of the runs that wait for a semaphore is ready."""
    connection.execute(UNBLOCK, (key,))


def strayed(connection: Connection, limits_of: Callable[[str], Limits]) -> list[str]:
    """Semaphores that have room and are waited for: on PostgreSQL a run may begin to wait in the moment a slot is freed, and
    the code may allow more than it did."""
    found = []
    for key, task, held in connection.rows(WAITED_FOR):
        capacity = 1 if key.startswith(LOCK) else limits_of(task).concurrency
        room = 1 if held == 0 else 100 if capacity is None else capacity - held
        found += [key] * room
    return found


def _hold(connection: Connection, key: str, capacity: int, run_id: str) -> bool:
    while True:
        taken = {slot for (slot,) in connection.rows(HELD, (key,))}
        free = next((slot for slot in range(capacity) if slot not in taken), None)
        if free is None:
            return False
        if connection.execute(HOLD, (key, free, run_id)):
            return True  # else another worker was quicker: by now its slot is seen as taken


def _block(connection: Connection, run_id: str, key: str, reason: str, promised: bool) -> None:
    connection.execute(BLOCK, (key, f"{PROMISED}; {reason}" if promised else reason, run_id))


def _let_go(connection: Connection, run_id: str, lock_key: str | None) -> None:
    connection.execute(LET_GO, (run_id,))
    if lock_key is not None:
        unblock(connection, LOCK + lock_key)


def _take(connection: Connection, key: str, allowed: Limits, now: float, promised: bool) -> float | None:
    """None when a start is within the rate; else the moment that is promised to it.

    A run whose moment was `promised` before and has come starts when the bucket has room. Every other goes behind the last
    promise, so that it takes no moment that another waits for.
    """
    interval = allowed.period / allowed.starts
    connection.execute(NEW, (key, now, 0.0))  # so that there is a row to lock
    next_at, reserved_at = connection.rows(BUCKET if connection.dialect == "sqlite" else BUCKET_LOCKED, (key,))[0]
    next_at = max(next_at, now)
    earliest: float = next_at - (allowed.period - interval)
    if not promised or (reserved_at > now and earliest > now):
        earliest = max(earliest, reserved_at + interval)
    if earliest <= now + 1e-6:
        connection.execute(FILL, (next_at + interval, reserved_at, key))
        return None
    connection.execute(FILL, (next_at, earliest, key))
    return earliest
