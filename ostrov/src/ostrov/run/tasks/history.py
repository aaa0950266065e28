"""Reading the ledger: lists of runs with filters, one run with all there is to it. Pages and operations show what these return.

A page of a list is read from where the one before ended (keyset on the id, which sorts by age), and a filter that no index
serves looks at a bounded number of runs at a time, so that no page is slow however long the history is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from ostrov.core.store import Connection
from ostrov.run.tasks.identifier import id_at, made_at
from ostrov.run.tasks.run import State
from ostrov.run.tasks.terms import EXPIRED
from ostrov.run.tasks.tracing import first_run, trace_id_of

LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
LOOKED = 20_000
"""Runs that one page of a search looks at."""
WAITING_STATES = (State.READY, State.SCHEDULED, State.BLOCKED, State.RUNNING)
LISTED = 600
"""Letters of a run's arguments that a list shows; they may be megabytes."""
COMMON = """id, task, queue, priority, state, arguments, created_at, run_after, max_attempts, attempt, failures, losses,
 worker_id, started_at, dedupe_key, lock_key, parent_id, schedule_key, tick, progress"""
PLACE = "kind, root_id, step, version, trace"
HOT = f"SELECT {COMMON}, NULL, NULL, reason, cancel_requested, {PLACE}, NULL FROM task_run"
OVER = f"SELECT {COMMON}, finished_at, result, error, 0, {PLACE}, result_until FROM task_finished_run"
BRIEF = COMMON.replace("arguments", f"substr(arguments, 1, {LISTED})")
HOT_BRIEF = f"SELECT {BRIEF}, NULL, NULL, reason, cancel_requested, {PLACE}, NULL FROM task_run"
OVER_BRIEF = f"SELECT {BRIEF}, finished_at, NULL, error, 0, {PLACE}, NULL FROM task_finished_run"
MATCHES = "(id = ? OR task LIKE ? ESCAPE '!' OR arguments LIKE ? ESCAPE '!' OR {error} LIKE ? ESCAPE '!')"
ATTEMPTS = """SELECT number, worker_id, started_at, ended_at, outcome, error, traceback FROM task_attempt WHERE run_id = ?
 ORDER BY number DESC LIMIT 100"""
LOG = """SELECT attempt, number, at, level, logger, message FROM task_log WHERE run_id = ?
 ORDER BY attempt DESC, number DESC LIMIT 500"""
TASKS = """WITH RECURSIVE found(name) AS (
 SELECT min(task) FROM task_finished_run
 UNION ALL SELECT (SELECT min(task) FROM task_finished_run WHERE task > found.name) FROM found WHERE found.name IS NOT NULL
) SELECT name FROM found WHERE name IS NOT NULL LIMIT 500"""


class RunRow(msgspec.Struct, frozen=True):
    """A run as the ledger has it. Times are epoch seconds; `error` is why it waits, or its last error. `kind` is workflow, map
    or approval; `root_id` is the run of the workflow that it is the `step` of."""

    id: str
    task: str
    queue: str
    priority: int
    state: State
    arguments: str
    created_at: float
    run_after: float
    max_attempts: int
    attempt: int
    failures: int
    losses: int
    worker_id: str | None
    started_at: float | None
    dedupe_key: str | None
    lock_key: str | None
    parent_id: str | None
    schedule_key: str | None
    tick: float | None
    progress: str | None
    finished_at: float | None
    result: str | None
    error: str | None
    cancel_requested: int
    kind: str | None
    root_id: str | None
    step: str | None
    version: str | None
    trace: str | None
    result_until: float | None = None

    @property
    def expired(self) -> bool:
        """Whether its result is no longer kept."""
        return self.result == EXPIRED

    @property
    def trace_id(self) -> str:
        """The trace it belongs to, of its W3C `traceparent`: one of its own when it was enqueued without."""
        return trace_id_of(self.id, self.trace)

    @property
    def waited(self) -> float | None:
        """Seconds from when it was due to its last start."""
        return None if self.started_at is None else max(0.0, self.started_at - self.run_after)

    @property
    def took(self) -> float | None:
        """Seconds of its last attempt, once it is over."""
        return None if self.finished_at is None or self.started_at is None else self.finished_at - self.started_at


class Filter(msgspec.Struct, frozen=True):
    """What a list of runs holds. Empty means all; `before` is where the page before ended."""

    task: str = ""
    state: str = ""
    queue: str = ""
    text: str = ""
    schedule: str = ""
    trace: str = ""
    worker: str = ""
    since: float | None = None
    until: float | None = None
    before: str = ""


class Listing(NamedTuple):
    """A page of runs, newest first. `older` continues it, empty at the end; `looked_back_to` is set when a search stopped
    at its bound before the page was full."""

    runs: list[RunRow]
    older: str
    looked_back_to: float | None


class AttemptRow(NamedTuple):
    """One attempt of a run."""

    number: int
    worker_id: str
    started_at: float
    ended_at: float
    outcome: str
    error: str | None
    traceback: str | None


class LogRow(NamedTuple):
    """A log record of a run."""

    attempt: int
    number: int
    at: float
    level: str
    logger: str
    message: str


class Detail(NamedTuple):
    """All there is to a run."""

    run: RunRow
    attempts: list[AttemptRow]
    logs: list[LogRow]


def runs(connection: Connection, wanted: Filter, limit: int = 50) -> Listing:
    """The runs a filter lets through, each with the beginning of its arguments and without its result."""
    found: list[RunRow] = []
    bound = ""
    for table, select, error in (("task_run", HOT_BRIEF, "reason"), ("task_finished_run", OVER_BRIEF, "error")):
        if wanted.state and (wanted.state in WAITING_STATES) != (table == "task_run"):
            continue
        conditions, values = _indexed(wanted)
        rest, rest_values = _unindexed(wanted, error)
        where = " AND ".join(conditions)
        if rest:  # look only so far back
            floor = connection.value(f"SELECT id FROM {table} WHERE {where} ORDER BY id DESC LIMIT 1 OFFSET {LOOKED}", values)
            if floor is not None:
                bound = max(bound, floor)
                where, values = f"{where} AND id > ?", [*values, floor]
            where = " AND ".join([where, *rest])
        rows = connection.rows(f"{select} WHERE {where} ORDER BY id DESC LIMIT ?", [*values, *rest_values, limit + 1])
        found += [_run(row) for row in rows]
    found.sort(key=lambda run: run.id, reverse=True)
    if bound:
        found = [run for run in found if run.id > bound]
    if len(found) > limit:
        return Listing(found[:limit], found[limit - 1].id, None)
    return Listing(found, bound, made_at(bound) if bound else None)


def detail(connection: Connection, run_id: str) -> Detail | None:
    """A run with its attempts and logs, the newest first."""
    row = connection.row(f"{HOT} WHERE id = ?", (run_id,)) or connection.row(f"{OVER} WHERE id = ?", (run_id,))
    if row is None:
        return None
    attempts = [AttemptRow._make(attempt) for attempt in connection.rows(ATTEMPTS, (run_id,))]
    return Detail(_run(row), attempts, [LogRow._make(line) for line in connection.rows(LOG, (run_id,))])


def task_names(connection: Connection) -> list[str]:
    """The tasks that have a history, and those of schedules."""
    found = {name for (name,) in connection.rows(TASKS)} | {n for (n,) in connection.rows("SELECT task FROM task_schedule")}
    return sorted(found)


def matching(text: str, error: str) -> tuple[str, list[str]]:
    """A condition, with its values, for runs of this id or with this text in their name, arguments or `error` column."""
    text = text.strip()
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return MATCHES.format(error=error), [text, *([f"%{escaped}%"] * 3)]


def _indexed(wanted: Filter) -> tuple[list[str], list[Any]]:
    conditions, values = ["id < ?"], [wanted.before or LAST]
    if wanted.until is not None:
        conditions.append("id < ?")
        values.append(id_at(wanted.until))
    if wanted.since is not None:
        conditions.append("id >= ?")
        values.append(id_at(wanted.since))
    if wanted.task:
        conditions.append("task = ?")
        values.append(wanted.task)
    if wanted.state:
        conditions.append("state = ?")
        values.append(wanted.state)
        if wanted.state != State.SUCCESSFUL:
            conditions.append("state <> 'successful'")  # lets SQLite use the partial index
    return conditions, values


def _unindexed(wanted: Filter, error: str) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    if wanted.queue:
        conditions.append("queue = ?")
        values.append(wanted.queue)
    if wanted.schedule:
        conditions.append("schedule_key = ?")
        values.append(wanted.schedule)
    if wanted.worker:
        conditions.append("worker_id = ?")
        values.append(wanted.worker)
    if wanted.trace:
        conditions.append("(substr(trace, 4, 32) = ? OR trace IS NULL AND id = ?)")
        values += [wanted.trace, first_run(wanted.trace)]
    if wanted.text:
        condition, words = matching(wanted.text, error)
        conditions.append(condition)
        values += words
    return conditions, values


def _run(row: Sequence[Any]) -> RunRow:
    values = list(row)
    values[4] = State(values[4])
    found = RunRow(*values)
    if found.result_until is not None and found.result_until <= time.time():
        return msgspec.structs.replace(found, result=EXPIRED)
    return found
