"""What follows when steps end: edges are marked, steps start, fan out or are skipped, roots end. All in the transaction that
ends the steps, so that no crash can come between.

On PostgreSQL two parents of one child may end in two transactions at once: the roots concerned, with those around them, are
locked first and in the order of their ids, so that the later of the two sees what the earlier has done and no two wait for
each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from ostrov.core.store import Connection
from ostrov.run.tasks.errors import ResultExpired
from ostrov.run.tasks.identifier import new_ids
from ostrov.run.tasks.run import State
from ostrov.run.tasks.telemetry import report, report_run
from ostrov.run.tasks.terms import EXPIRED
from ostrov.run.tasks.tracing import traceparent_of
from ostrov.run.tasks.workflows.complete import Ended, complete, results_for
from ostrov.run.tasks.workflows.graph import resolved
from ostrov.run.tasks.workflows.root import WAITING, close
from ostrov.run.tasks.workflows.steps import EDGE, INSERT, Element, Plan, StepRow, encoded, entered, plan_of

ENDED = "SELECT state, result FROM task_finished_run WHERE id = ?"
WAITED_FOR = "SELECT child_id, condition FROM task_edge WHERE parent_id = ? AND met IS NULL ORDER BY child_id"
MARK = "UPDATE task_edge SET met = ? WHERE parent_id = ? AND child_id = ? AND condition = ?"
BLOCKED = """SELECT id, root_id, step, task, kind, queue, priority, max_attempts, version, plan, trace FROM task_run
 WHERE id = ? AND state = 'blocked' AND blocked_on IS NULL"""
OPEN_EDGES = "SELECT count(*) FROM task_edge WHERE child_id = ? AND met IS NULL"
MET = "SELECT met FROM task_edge WHERE child_id = ?"
START = """UPDATE task_run SET state = ?, arguments = ?, run_after = ?, limit_key = ?, waiting_on = 0, reason = NULL,
 unpublished = 1 WHERE id = ?"""
PUBLISH = "UPDATE task_run SET unpublished = 1 WHERE parent_id = ? AND root_id = ?"
FAN_OUT = "UPDATE task_run SET plan = ?, arguments = ?, waiting_on = ?, reason = 'waits for its elements' WHERE id = ?"
ELEMENTS = "SELECT step, state, result, error FROM task_finished_run WHERE root_id = ? AND parent_id = ?"
OUTER = """WITH RECURSIVE around (id) AS (SELECT unnest(?::text[]) UNION SELECT run.root_id FROM around
 JOIN task_run AS run ON run.id = around.id WHERE run.root_id IS NOT NULL)
 SELECT task_run.id FROM task_run WHERE id IN (SELECT id FROM around) ORDER BY id FOR UPDATE"""
WIDEST = 10_000
"""Elements that one map may fan out."""
LARGEST = 16 * 1024 * 1024
"""Bytes that the arguments of a step may have once the results stand in them."""
FAILURES = (State.DEAD, State.CANCELLED)


class Waiting(NamedTuple):
    """A step that is blocked."""

    id: str
    root_id: str
    step: str
    task: str
    kind: str | None
    queue: str
    priority: int
    max_attempts: int
    version: str | None
    plan: str | None
    trace: str | None


def settle(
    connection: Connection, over: Iterable[Ended], now: float, roots: Iterable[str] = (), first: Iterable[str] = ()
) -> None:
    """These steps have just ended: go on with what waits for them, and with what waits for that. `roots` are looked at too,
    and the `first` steps of graphs that were just entered. Once a transaction, for the sake of the locks' order."""
    queue, touched = deque(over), set(roots)
    if connection.dialect == "postgresql":
        connection.rows(OUTER, (sorted({root for _, root in queue} | touched),))
    for step in first:
        queue.extend(_advance(connection, step, now))
    while queue or touched:
        if not queue:  # the steps first, for roots wait for all of them
            queue.extend(ended for root in sorted(touched) for ended in close(connection, root, now))
            touched.clear()
            continue
        run_id, root_id = queue.popleft()
        touched.add(root_id)
        for child in _mark(connection, run_id):
            queue.extend(_advance(connection, child, now))


def met(condition: str, state: str, result: str | None) -> int:
    """Whether an edge holds: 1 when it does, 0 when it does not, -1 when the step before it failed."""
    if condition == "always":
        return 1
    if condition == "failure":
        return int(state in FAILURES)
    if state != State.SUCCESSFUL:
        return -1 if state in FAILURES else 0
    word, _, case = condition.partition(" ")
    value = None if result is None else msgspec.json.decode(result)
    if word == "true":
        return int(bool(value))
    if word == "false":
        return int(not value)
    if word == "equals":
        return int(value == msgspec.json.decode(case))
    if word == "other":
        return int(value not in msgspec.json.decode(case))
    return 1


def _mark(connection: Connection, run_id: str) -> list[str]:
    """Say of each edge from a run that is over whether it holds; the runs that wait behind them."""
    state, result = connection.row(ENDED, (run_id,)) or (State.SKIPPED, None)
    edges = connection.rows(WAITED_FOR, (run_id,))
    connection.many(MARK, [(met(condition, state, result), run_id, child, condition) for child, condition in edges])
    return sorted({child for child, _ in edges})


def _advance(connection: Connection, run_id: str, now: float) -> list[Ended]:
    """Start, fan out, collect or skip a step when nothing is left that it waits for; what ended by that."""
    row = connection.row(BLOCKED if connection.dialect == "sqlite" else f"{BLOCKED} FOR UPDATE", (run_id,))
    if row is None:
        return []
    step = Waiting._make(row)
    if left := connection.value(OPEN_EDGES, (run_id,)):
        connection.execute(WAITING, (left, "waits for other steps", run_id))
        return []
    plan = plan_of(step.plan)
    if plan.expanded is not None:
        return _collect(connection, step, now)
    edges = [value for (value,) in connection.rows(MET, (run_id,))]
    if not (all(value == 1 for value in edges) if plan.trigger == "all" else 1 in edges and -1 not in edges):
        reason = "a step before it failed" if -1 in edges else "its condition did not hold"
        return _end(connection, step, State.SKIPPED, None, reason, now)
    if step.kind == "approval":
        connection.execute(WAITING, (0, "waits for an approval", run_id))
        return []
    try:
        arguments = resolved(plan.arguments, results_for(connection, step.root_id, plan.arguments))
    except ResultExpired as problem:
        return _end(connection, step, State.DEAD, None, problem.error, now)
    text = msgspec.json.encode(arguments).decode()
    if len(text) > LARGEST:
        reason = f"its arguments take {len(text)} bytes, and may take {LARGEST}: store the data and hand on its id"
        return _end(connection, step, State.DEAD, None, reason, now)
    if step.kind == "map":
        return _fan_out(connection, step, plan, arguments, now)
    due = max(now, plan.at or 0.0) + (plan.delay or 0.0)
    state = "ready" if due <= now else "scheduled"
    connection.execute(START, (state, text, due, _limit_key(step.task, plan, arguments), run_id))
    return []


def _fan_out(connection: Connection, step: Waiting, plan: Plan, arguments: dict[str, Any], now: float) -> list[Ended]:
    assert plan.mapped is not None
    items = arguments[plan.mapped]
    if not isinstance(items, list):
        reason = f"map fans out over a list, and {plan.mapped} is {msgspec.json.encode(items).decode():.80}"
        return _end(connection, step, State.DEAD, None, reason, now)
    if len(items) > WIDEST:
        reason = f"map fans out over {WIDEST} items at most, and {plan.mapped} has {len(items)}"
        return _end(connection, step, State.DEAD, None, reason, now)
    if not items:
        return _end(connection, step, State.SUCCESSFUL, "[]", None, now)
    element, due = plan.element or Element(), max(now, plan.at or 0.0) + (plan.delay or 0.0)
    rows = []
    for number, (run_id, item) in enumerate(zip(new_ids(len(items)), items, strict=True)):
        given = {**arguments, plan.mapped: item}
        own = Plan(arguments=given, limited=plan.limited, limit_by=plan.limit_by)
        own.soft_timeout, own.keep_result = plan.soft_timeout, plan.keep_result
        rows.append(
            StepRow(
                id=run_id,
                task=step.task,
                queue=step.queue,
                priority=step.priority,
                state="ready" if due <= now else "scheduled",
                arguments=msgspec.json.encode(given).decode(),
                created_at=now,
                run_after=due,
                max_attempts=step.max_attempts,
                dedupe_key=None,
                lock_key=element.lock_key,
                parent_id=step.id,
                kind=element.kind,
                root_id=step.root_id,
                step=f"{step.step}[{number}]",
                plan=encoded(own),
                version=step.version,
                limit_key=_limit_key(step.task, own, given),
                waiting_on=0,
                reason=None,
                trace=traceparent_of(step.id, step.trace),
            )
        )
    connection.many(INSERT, rows)
    connection.many(EDGE, [(row.id, step.id, "always", step.root_id) for row in rows])
    connection.execute(PUBLISH, (step.id, step.root_id))
    plan.expanded = len(rows)
    shown = msgspec.json.encode({name: value for name, value in arguments.items() if name != plan.mapped}).decode()
    connection.execute(FAN_OUT, (encoded(plan), shown, len(rows), step.id))
    report_run(connection, "mapped", step.id)
    report(connection, entered(rows))
    return []


def _collect(connection: Connection, step: Waiting, now: float) -> list[Ended]:
    """The elements of a map are over: their results in order, or what failed."""
    rows = connection.rows(ELEMENTS, (step.root_id, step.id))
    rows.sort(key=lambda row: int(row[0].rpartition("[")[2][:-1]))
    failed = [(name, state, error) for name, state, _, error in rows if state != State.SUCCESSFUL]
    if failed:
        name, state, error = failed[0]
        reason = f"{len(failed)} of {len(rows)} failed, {name} first: {error or state}"
        return _end(connection, step, State.DEAD, None, reason, now)
    if gone := [name for name, _, result, _ in rows if result == EXPIRED]:
        return _end(connection, step, State.DEAD, None, f"the result of {gone[0]} has expired: retry this step", now)
    return _end(connection, step, State.SUCCESSFUL, f"[{','.join(result or 'null' for _, _, result, _ in rows)}]", None, now)


def _end(connection: Connection, step: Waiting, state: State, result: str | None, error: str | None, now: float) -> list[Ended]:
    complete(connection, step.id, state, result, error, now)
    return [(step.id, step.root_id)]


def _limit_key(task: str, plan: Plan, arguments: dict[str, Any]) -> str | None:
    if not plan.limited:
        return None
    if plan.limit_by is None:
        return task
    return f"{task} {msgspec.json.encode(arguments.get(plan.limit_by)).decode()}"
