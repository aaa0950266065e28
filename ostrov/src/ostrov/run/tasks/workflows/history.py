"""Reading workflows: the list of their runs, and the graph of one with the live state of each step."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from ostrov.core.store import Connection
from ostrov.run.tasks.history import LAST, LOOKED, matching
from ostrov.run.tasks.identifier import id_at, made_at
from ostrov.run.tasks.workflows.steps import plan_of

RUN = "id, task, version, state, substr(arguments, 1, 600), created_at, started_at"
HOT = f"SELECT {RUN}, NULL, reason, waiting_on FROM task_run WHERE kind = 'workflow' AND root_id IS NULL AND id < ?"
OVER = f"SELECT {RUN}, finished_at, error, 0 FROM task_finished_run WHERE kind = 'workflow' AND root_id IS NULL AND id < ?"
STEP = "id, step, kind, task, state, plan, parent_id, attempt, started_at"
STEPS = f"""SELECT {STEP}, NULL, reason, waiting_on FROM task_run WHERE root_id = ?
 UNION ALL SELECT {STEP}, finished_at, error, 0 FROM task_finished_run WHERE root_id = ?"""
OUTLINED = "id, step, kind, task, state, attempt, started_at"
STARTED = 6
TEXT = "CASE WHEN kind = 'approval' THEN arguments END"
OUTLINE = f"""SELECT {OUTLINED}, NULL, reason, waiting_on, {TEXT} FROM task_run WHERE root_id = ? AND parent_id = ?
 UNION ALL SELECT {OUTLINED}, finished_at, error, 0, {TEXT} FROM task_finished_run WHERE root_id = ? AND parent_id = ?"""
ELEMENTS = """SELECT parent_id, state, count(*), min(started_at) FROM (
 SELECT parent_id, state, started_at FROM task_run WHERE root_id = ? AND parent_id <> ?
 UNION ALL SELECT parent_id, state, started_at FROM task_finished_run WHERE root_id = ? AND parent_id <> ?
) AS elements GROUP BY parent_id, state"""
EDGES = "SELECT parent_id, child_id, condition, met FROM task_edge WHERE root_id = ? ORDER BY parent_id, child_id"
UNDER_WAY = ("running", "blocked")
"""What counts as running: the short while in which the graph is built, then the wait for its steps."""
COUNTED = 1_000
"""Runs of workflows are counted up to here."""
NAMES = """SELECT DISTINCT task FROM (SELECT task FROM task_run WHERE kind = 'workflow' UNION ALL SELECT task FROM
 (SELECT task FROM task_finished_run WHERE kind = 'workflow' ORDER BY id DESC LIMIT 5000) AS recent) AS found"""


class WorkflowFilter(msgspec.Struct, frozen=True):
    """Which runs of workflows a list holds. Empty means all; the state `running` is what is under way, also while it waits for
    its steps. `since` and `until` are epoch seconds, `before` is where the page before ended."""

    workflow: str = ""
    state: str = ""
    text: str = ""
    since: float | None = None
    until: float | None = None
    before: str = ""


class WorkflowRun(NamedTuple):
    """A run of a workflow. `waiting_on` counts the steps that are not over; of `arguments` there is the beginning."""

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

    @property
    def status(self) -> str:
        """The state as people see it: a workflow that waits for its steps is running."""
        return "running" if self.state in UNDER_WAY else self.state

    def lasted(self, now: float) -> float | None:
        """Seconds from its start to its end, or to now; None before it started."""
        if self.started_at is None and not self.waiting_on and self.finished_at is None:
            return None
        return max(0.0, (self.finished_at or now) - (self.started_at or self.created_at))


class WorkflowListing(NamedTuple):
    """A page of runs, newest first; `older` continues it, empty at the end. `looked_back_to` is set when a search by text
    stopped at its bound before the page was full."""

    runs: list[WorkflowRun]
    older: str
    looked_back_to: float | None = None


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


class OutlineStep(msgspec.Struct, frozen=True):
    """A step without the elements of maps. `text` is what an approval asks; `elements` counts those of a map by state, and the
    first of them to start started it."""

    id: str
    step: str
    kind: str | None
    task: str
    state: str
    attempt: int
    started_at: float | None
    finished_at: float | None
    error: str | None
    waiting_on: int
    text: str
    elements: dict[str, int]

    @property
    def status(self) -> str:
        """The state as people see it: `undecided` for an approval that waits for its person, `running` for what waits for its
        own steps or elements, `waiting` for what is held by others."""
        if self.state != "blocked":
            return self.state
        if self.kind == "approval" and not self.waiting_on:
            return "undecided"
        under_way = self.elements or (self.error or "").startswith("waits for its ")
        return "running" if under_way else "waiting"

    def lasted(self, now: float) -> float | None:
        """Seconds of its last attempt, so far when it is not over."""
        if self.started_at is None or (self.finished_at is None and self.status != "running"):
            return None
        return max(0.0, (self.finished_at or now) - self.started_at)


class Outline(NamedTuple):
    """What a page shows of a run's graph: the steps in the order they were made, and the edges between them."""

    steps: list[OutlineStep]
    edges: list[EdgeState]


def workflow_runs(connection: Connection, wanted: WorkflowFilter, limit: int = 25) -> WorkflowListing:
    """The runs of workflows that are nobody's step, through a filter."""
    found: list[WorkflowRun] = []
    bound = ""
    for select, error in ((HOT, "reason"), (OVER, "error")):
        where, values = _conditions(wanted)
        if wanted.text:  # look only so far back
            floor = connection.value(
                f"SELECT id FROM ({select}{where}) AS found ORDER BY id DESC LIMIT 1 OFFSET {LOOKED}", values
            )
            if floor is not None:
                bound, where, values = max(bound, floor), f"{where} AND id > ?", [*values, floor]
            condition, words = matching(wanted.text, error)
            where, values = f"{where} AND {condition}", [*values, *words]
        rows = connection.rows(f"{select}{where} ORDER BY id DESC LIMIT ?", [*values, limit + 1])
        found += [WorkflowRun._make(row) for row in rows]
    found.sort(key=lambda run: run.id, reverse=True)
    found = [run for run in found if run.id > bound]
    if len(found) > limit:
        return WorkflowListing(found[:limit], found[limit - 1].id)
    return WorkflowListing(found, bound, made_at(bound) if bound else None)


def workflow_count(connection: Connection, wanted: WorkflowFilter) -> int:
    """How many runs a filter without text lets through, at most COUNTED."""
    where, values = _conditions(wanted)
    counts = (
        int(connection.value(f"SELECT count(*) FROM ({select}{where} LIMIT ?) AS found", [*values, COUNTED]))
        for select in (HOT, OVER)
    )
    return min(COUNTED, sum(counts))


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


def outline(connection: Connection, root_id: str) -> Outline:
    """The graph of a run with its maps folded; empty before it is built."""
    elements: dict[str, dict[str, int]] = {}
    begun: dict[str, float] = {}
    for parent, state, count, first in connection.rows(ELEMENTS, (root_id,) * 4):
        elements.setdefault(parent, {})[state] = count
        if first is not None:
            begun[parent] = min(first, begun.get(parent, first))
    steps = []
    for *row, arguments in sorted(connection.rows(OUTLINE, (root_id,) * 4)):
        row[STARTED] = row[STARTED] or begun.get(row[0])
        text = str(msgspec.json.decode(arguments).get("text", "")) if arguments else ""
        steps.append(OutlineStep(*[*row, text, elements.get(row[0], {})]))
    known = {step.id for step in steps}
    edges = [EdgeState._make(row) for row in connection.rows(EDGES, (root_id,)) if row[0] in known]
    return Outline(steps, edges)


def _conditions(wanted: WorkflowFilter) -> tuple[str, list[Any]]:
    """What a filter asks, but for its text. The first value is for the `id <` of the statement itself."""
    ends = [end for end in (wanted.before, "" if wanted.until is None else id_at(wanted.until)) if end]
    where, values = "", [min(ends, default=LAST)]
    if wanted.since is not None:
        where += " AND id >= ?"
        values.append(id_at(wanted.since))
    if wanted.workflow:
        where += " AND task = ?"
        values.append(wanted.workflow)
    if wanted.state:
        states = UNDER_WAY if wanted.state == "running" else (wanted.state,)
        where += f" AND state IN ({', '.join('?' * len(states))})"
        values += states
    return where, values
