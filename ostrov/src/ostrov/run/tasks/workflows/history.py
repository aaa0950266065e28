"""Reading workflows: the list of their runs, and the graph of one with the live state of each step."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from ostrov.core.store import Connection
from ostrov.run.tasks.history import LAST, matching
from ostrov.run.tasks.workflows.steps import plan_of

RUN = "id, task, version, state, arguments, created_at, started_at"
HOT = f"SELECT {RUN}, NULL, reason, waiting_on FROM task_run WHERE kind = 'workflow' AND root_id IS NULL AND id < ?"
OVER = f"SELECT {RUN}, finished_at, error, 0 FROM task_finished_run WHERE kind = 'workflow' AND root_id IS NULL AND id < ?"
STEP = "id, step, kind, task, state, plan, parent_id, attempt, started_at"
STEPS = f"""SELECT {STEP}, NULL, reason, waiting_on FROM task_run WHERE root_id = ?
 UNION ALL SELECT {STEP}, finished_at, error, 0 FROM task_finished_run WHERE root_id = ?"""
EDGES = "SELECT parent_id, child_id, condition, met FROM task_edge WHERE root_id = ? ORDER BY parent_id, child_id"
NAMES = """SELECT DISTINCT task FROM (SELECT task FROM task_run WHERE kind = 'workflow' UNION ALL SELECT task FROM
 (SELECT task FROM task_finished_run WHERE kind = 'workflow' ORDER BY id DESC LIMIT 5000) AS recent) AS found"""


class WorkflowFilter(msgspec.Struct, frozen=True):
    """Which runs of workflows a list holds. Empty means all; `before` is where the page before ended."""

    workflow: str = ""
    state: str = ""
    text: str = ""
    before: str = ""


class WorkflowRun(NamedTuple):
    """A run of a workflow. `waiting_on` counts the steps that are not over."""

    id: str
    task: str
    version: str | None
    state: str
    arguments: str
    created_at: float
    started_at: float | None
    finished_at: float | None
    error: str | None
    waiting_on: int


class WorkflowListing(NamedTuple):
    """A page of runs, newest first; `older` continues it, empty at the end."""

    runs: list[WorkflowRun]
    older: str


class StepState(NamedTuple):
    """A step of a run as it stands. `expanded` counts the elements of a map, `parent_id` is the map of an element."""

    id: str
    step: str
    kind: str | None
    task: str
    state: str
    expanded: int | None
    parent_id: str | None
    attempt: int
    started_at: float | None
    finished_at: float | None
    error: str | None
    waiting_on: int


class EdgeState(NamedTuple):
    """`met` is None until the parent is over, then 1, 0 or -1 (the parent failed)."""

    parent_id: str
    child_id: str
    condition: str
    met: int | None


class RunGraph(NamedTuple):
    """The steps of a run in the order they were made, and what waits for what."""

    steps: list[StepState]
    edges: list[EdgeState]


def workflow_runs(connection: Connection, wanted: WorkflowFilter, limit: int = 25) -> WorkflowListing:
    """The runs of workflows that are nobody's step, through a filter."""
    found: list[WorkflowRun] = []
    for select, error in ((HOT, "reason"), (OVER, "error")):
        values: list[Any] = [wanted.before or LAST]
        where = ""
        if wanted.workflow:
            where += " AND task = ?"
            values.append(wanted.workflow)
        if wanted.state:
            where += " AND state = ?"
            values.append(wanted.state)
        if wanted.text:
            condition, words = matching(wanted.text, error)
            where += f" AND {condition}"
            values += words
        rows = connection.rows(f"{select}{where} ORDER BY id DESC LIMIT ?", [*values, limit + 1])
        found += [WorkflowRun._make(row) for row in rows]
    found.sort(key=lambda run: run.id, reverse=True)
    return WorkflowListing(found[:limit], found[limit - 1].id if len(found) > limit else "")


def workflow_names(connection: Connection) -> list[str]:
    """The workflows that have run lately."""
    return sorted(name for (name,) in connection.rows(NAMES))


def graph_of(connection: Connection, root_id: str) -> RunGraph:
    """The graph of a run; empty before it is built."""
    steps = []
    for run_id, step, kind, task, state, plan, *rest in sorted(connection.rows(STEPS, (root_id, root_id))):
        expanded = plan_of(plan).expanded if kind == "map" else None
        steps.append(StepState(run_id, step, kind, task, state, expanded, *rest))
    return RunGraph(steps, [EdgeState._make(row) for row in connection.rows(EDGES, (root_id,))])
