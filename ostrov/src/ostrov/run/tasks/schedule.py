"""Schedules in the ledger: which there are, when they tick next, and the one transaction that makes a tick a run.

The tick is taken by compare-and-set on `next_tick`, so any number of schedulers is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ostrov.core.store import Connection
from ostrov.run.tasks.identifier import new_id
from ostrov.run.tasks.ledger import insert
from ostrov.run.tasks.limits import NO_LIMITS
from ostrov.run.tasks.rule import Rule, parse, same, zone_of
from ostrov.run.tasks.run import NewRun, State
from ostrov.run.tasks.task import TaskOptions
from ostrov.run.tasks.telemetry import Happening, report

LATE = 60.0
"""Seconds after which a tick was missed."""
UNSEEN = 7 * 86400.0
"""Seconds after which a schedule that no code declares any more is forgotten."""
GET = "SELECT rule, timezone, next_tick FROM task_schedule WHERE key = ?"
ADD = """INSERT INTO task_schedule (key, task, rule, timezone, next_tick, seen_at) VALUES (?, ?, ?, ?, ?, ?)
 ON CONFLICT (key) DO UPDATE SET rule = excluded.rule, timezone = excluded.timezone, next_tick = excluded.next_tick,
 seen_at = excluded.seen_at"""
SEEN = "UPDATE task_schedule SET seen_at = ? WHERE key = ?"
SEEN_AS = "UPDATE task_schedule SET seen_at = ? WHERE key = ? AND rule = ? AND timezone = ?"
FORGET = "DELETE FROM task_schedule WHERE seen_at < ?"
STRIKE = "DELETE FROM task_schedule WHERE key = ?"
DUE = "SELECT key, next_tick FROM task_schedule WHERE next_tick <= ?"
NEXT = "SELECT key, next_tick FROM task_schedule WHERE next_tick IS NOT NULL"
TAKE = "UPDATE task_schedule SET next_tick = ?, last_tick = ? WHERE key = ? AND next_tick = ?"
RAN = "UPDATE task_schedule SET last_run_id = ? WHERE key = ?"


class Declared(NamedTuple):
    """A schedule as the code declares it. Its key is the task's name; a line in the words of `schedule` has a key of its own,
    and may have arguments (JSON)."""

    key: str
    options: TaskOptions
    rule: Rule
    arguments: str = "{}"
    limit_key: str | None = None

    @property
    def timezone(self) -> str:
        return zone_of(self.rule)


def declare(connection: Connection, schedules: Iterable[Declared], now: float) -> list[Declared]:
    """Enter schedules that are new or have another rule than before; forget those that no code has declared for a week.

    Returned are the schedules with the rules that hold: a moment that is counted from the first start is the ledger's.
    """
    holding = []
    for schedule in schedules:
        known = _known(connection, schedule.key)
        if known is not None and same(known, schedule.rule):
            connection.execute(SEEN, (now, schedule.key))
            schedule = schedule._replace(rule=known)
        else:
            first = schedule.rule.next(now)
            row = (schedule.key, schedule.options.name, schedule.rule.text, schedule.timezone, first, now)
            connection.execute(ADD, row)
        holding.append(schedule)
    connection.execute(FORGET, (now - UNSEEN,))
    return holding


def forget(connection: Connection, keys: Iterable[str]) -> None:
    """Strike schedules out, until code declares them again."""
    connection.many(STRIKE, [(key,) for key in keys])


def _known(connection: Connection, key: str) -> Rule | None:
    row = connection.row(GET, (key,))
    if row is None:
        return None
    try:
        return parse(row[0], row[1])
    except ValueError:  # a newer version wrote it
        return None


def seen(connection: Connection, schedules: Iterable[Declared], now: float) -> None:
    """Say that code which declares these schedules still runs."""
    connection.many(SEEN_AS, [(now, one.key, one.rule.text, one.timezone) for one in schedules])


def fire(connection: Connection, schedule: Declared, tick: float, now: float) -> NewRun | None:
    """Make a due tick a run, and set the next tick. None when it was taken by another, skipped, or its last run is not over.

    However many ticks were missed, one run stands for them.
    """
    options = schedule.options
    if not connection.execute(TAKE, (schedule.rule.next(now, tick), tick, schedule.key, tick)):
        return None
    if options.misfire == "skip" and now - tick > LATE:
        return None
    run = new_run(schedule, now, tick)
    held_by, _, created = insert(connection, run)
    if not created:
        report(connection, [Happening("deduplicated", held_by, run.task, run.queue)])
        return None
    connection.execute(RAN, (run.id, schedule.key))
    return run


def new_run(schedule: Declared, now: float, tick: float | None) -> NewRun:
    """A run of a schedule, by the clock or because somebody asked for it now (then `tick` is None)."""
    options = schedule.options
    return NewRun(
        new_id(),
        options.name,
        options.queue,
        options.priority,
        State.READY,
        schedule.arguments,
        now,
        now if tick is None else tick,
        1 + options.retries,
        None if options.overlap else f"schedule {schedule.key}",
        None,
        None,
        schedule.key if tick is not None else None,
        tick,
        kind=options.kind,
        version=options.version,
        limit_key=None if options.limits is NO_LIMITS else schedule.limit_key or options.name,
    )


def due(connection: Connection, now: float) -> list[tuple[str, float]]:
    """(key, tick) of the schedules that are due."""
    return [(key, tick) for key, tick in connection.rows(DUE, (now,))]


def ticks(connection: Connection) -> dict[str, float]:
    """The next tick of each schedule that has one."""
    return dict(connection.rows(NEXT))
