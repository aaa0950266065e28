"""Entering a graph into the ledger: a row a step, an edge a wait, and the root that waits for them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ostrov.core.store import Connection
from ostrov.run.tasks.backoff import Backoff
from ostrov.run.tasks.duration import seconds
from ostrov.run.tasks.identifier import new_ids
from ostrov.run.tasks.limits import NO_LIMITS
from ostrov.run.tasks.telemetry import Happening, report
from ostrov.run.tasks.workflows.graph import Graph, Node

if TYPE_CHECKING:
    from ostrov.run.tasks.task import Task

COLUMNS = """id, task, queue, priority, state, arguments, created_at, run_after, max_attempts, dedupe_key, lock_key, parent_id,
 kind, root_id, step, plan, version, limit_key, waiting_on, reason, trace"""
INSERT = f"INSERT INTO task_run ({COLUMNS}) VALUES ({', '.join('?' * 21)})"
EDGE = "INSERT INTO task_edge (parent_id, child_id, condition, root_id) VALUES (?, ?, ?, ?)"
WAIT = """UPDATE task_run SET state = 'blocked', reason = 'waits for its steps', plan = ?, version = ?, waiting_on = ?,
 worker_id = NULL, lease_until = NULL WHERE id = ?"""
PLAN = "SELECT plan FROM task_run WHERE id = ?"
KINDS = {"task": None, "map": "map", "approval": "approval", "workflow": "workflow"}


class Element(msgspec.Struct, omit_defaults=True):
    """What the runs that a map fans out have in common."""

    kind: str | None = None
    lock_key: str | None = None


class Plan(msgspec.Struct, omit_defaults=True):
    """What the ledger keeps of a step: its arguments with references, when it starts, what it fans out, its terms. Of a root,
    `result`, and the `backoff` of its retries in seconds."""

    arguments: dict[str, Any] = {}
    trigger: str = "all"
    delay: float | None = None
    at: float | None = None
    mapped: str | None = None
    limit_by: str | None = None
    limited: bool = False
    element: Element | None = None
    expanded: int | None = None
    result: Any = None
    soft_timeout: float | None = None
    keep_result: float | None = None
    backoff: dict[str, Any] = {}


class StepRow(NamedTuple):
    """A row of `task_run` for a step, in the order of its statement."""

    id: str
    task: str
    queue: str
    priority: int
    state: str
    arguments: str
    created_at: float
    run_after: float
    max_attempts: int
    dedupe_key: str | None
    lock_key: str | None
    parent_id: str
    kind: str | None
    root_id: str
    step: str
    plan: str
    version: str | None
    limit_key: str | None
    waiting_on: int
    reason: str | None
    trace: str | None


class Expansion(NamedTuple):
    """A graph, ready to be entered: steps, edges (parent, child, condition), the root's result with references."""

    steps: list[StepRow]
    edges: list[tuple[str, str, str]]
    result: Any
    version: str
    backoff: Backoff


def expansion(
    graph: Graph, root_id: str, find: Callable[[str], Task[Any, Any]], now: float, trace: str | None = None
) -> Expansion:
    """The rows of a graph. `find` gives the task of a name and raises NotFound; `trace` is the `traceparent` of the steps."""
    ids = dict(zip(graph.nodes, new_ids(len(graph.nodes)), strict=True))
    rows = [_row(node, ids[key], root_id, find, now, trace) for key, node in graph.nodes.items()]
    edges = [(ids[e.parent], ids[key], e.condition) for key, node in graph.nodes.items() for e in node.edges]
    return Expansion(rows, edges, graph.result, graph.version, Backoff())


def enter(connection: Connection, root_id: str, made: Expansion) -> None:
    """Write a graph; its root, a running run, waits from now on."""
    connection.many(INSERT, made.steps)
    connection.many(EDGE, [(*edge, root_id) for edge in made.edges])
    plan = plan_of(connection.value(PLAN, (root_id,)))  # of a step that is a workflow: kept for its retry
    plan.result, backoff = made.result, made.backoff
    plan.backoff = {**asdict(backoff), "first": seconds(backoff.first), "cap": seconds(backoff.cap)}
    connection.execute(WAIT, (encoded(plan), made.version or None, len(made.steps), root_id))
    report(connection, entered(made.steps))


def entered(steps: Sequence[StepRow]) -> list[Happening]:
    """That steps are in the ledger."""
    return [Happening("enqueued", step.id, step.task, step.queue, trace=step.trace) for step in steps]


def encoded(plan: Plan) -> str:
    """A plan as the ledger keeps it."""
    return msgspec.json.encode(plan).decode()


def plan_of(text: str | None) -> Plan:
    """A plan from the ledger."""
    return Plan() if text is None else msgspec.json.decode(text, type=Plan)


def _row(
    node: Node, run_id: str, root_id: str, find: Callable[[str], Task[Any, Any]], now: float, trace: str | None
) -> StepRow:
    placement = node.placement
    plan = Plan(arguments=node.arguments, trigger=node.trigger, mapped=node.mapped)
    plan.soft_timeout, plan.keep_result = placement.soft_timeout, placement.keep_result
    if isinstance(placement.run_after, datetime):
        plan.at = placement.run_after.timestamp()
    elif placement.run_after is not None:
        plan.delay = seconds(placement.run_after)
    queue, priority, attempts, version = "default", 0, 1, None
    if node.kind != "approval":
        options = find(node.task).options
        queue, priority, attempts, version = options.queue, options.priority, 1 + options.retries, options.version
        plan.limited, plan.limit_by = options.limits is not NO_LIMITS, options.limits.by
    if placement.retries is not None:
        attempts = 1 + placement.retries
    if node.kind == "map":
        plan.keep_result = find(node.task).options.keep_result if placement.keep_result is None else placement.keep_result
        plan.element = Element(find(node.task).options.kind, placement.lock_key)
    return StepRow(
        run_id,
        node.task,
        placement.queue or queue,
        priority if placement.priority is None else placement.priority,
        "blocked",
        _shown(node.arguments),
        now,
        now,
        attempts,
        None,
        None if node.kind == "map" else placement.lock_key,
        root_id,
        KINDS[node.kind],
        root_id,
        node.key,
        encoded(plan),
        version,
        None,
        len(node.edges),
        "waits for other steps" if node.edges else None,
        trace,
    )


def _shown(arguments: Mapping[str, Any]) -> str:
    return msgspec.json.encode(arguments).decode()
