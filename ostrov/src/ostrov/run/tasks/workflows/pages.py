"""The console's pages of workflows: the list of their runs, and one run with its graph."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ostrov.core.errors import NotFound
from ostrov.run.tasks.day import day, day_after
from ostrov.run.tasks.history import detail
from ostrov.run.tasks.pages import pretty
from ostrov.run.tasks.run import State
from ostrov.run.tasks.workflows import approvals, history
from ostrov.run.tasks.workflows.drawing import NARROW, Drawing, draw, essential

if TYPE_CHECKING:
    from ostrov.core.page import PageRequest

STATES = ("running", "ready", "scheduled", "successful", "dead", "cancelled")
ROWS = (10, 25, 50, 100)
USUAL = 25
DRAWN = 300
"""Steps that are drawn; of a larger graph the list is shown alone."""
LISTED = 500
WIDEST = 1050
"""Pixels of a graph that is drawn from left to right."""


async def runs(request: PageRequest) -> dict[str, Any]:
    """The runs of workflows through the filters of the query. A search for a day (`2026-11-24`) shows that day's."""
    query = request.query
    text, state = query.get("q", "").strip(), query.get("state", "")
    since, until = query.get("since", ""), query.get("until", "")
    if day(text) is not None:
        since, until, text = text, text, ""
    wanted = history.WorkflowFilter(
        workflow=query.get("workflow", ""),
        state=state if state in STATES else "",
        text=text,
        since=day(since),
        until=day_after(until),
        before=query.get("before", ""),
    )
    asked = query.get("rows", "")
    rows = int(asked) if asked in map(str, ROWS) else USUAL
    store = request.application.store
    listing = await store.read(history.workflow_runs, wanted, rows)
    bare = history.WorkflowFilter(before=wanted.before)
    return {
        "runs": listing.runs,
        "older": listing.older,
        "looked_back_to": listing.looked_back_to,
        "count": None if text or wanted.before else await store.read(history.workflow_count, wanted),
        "counted": history.COUNTED,
        "workflows": await store.read(history.workflow_names),
        "states": STATES,
        "sizes": [(str(size), str(size)) for size in ROWS],
        "rows": rows,
        "filtered": wanted != bare,
        "approvals": await store.read(approvals.pending),
        "names": {run.id: run.task for run in listing.runs},
    }


async def run(request: PageRequest) -> dict[str, Any]:
    """One run of a workflow: its graph as it stands. Raises NotFound."""
    store = request.application.store
    found = await store.read(detail, request.parameters["run"])
    if found is None or found.run.kind != "workflow":
        raise NotFound("there is no such run of a workflow", tip="old history is pruned")
    steps, edges = await store.read(history.outline, found.run.id)
    joined = join(edges)
    names = {step.id: step.step for step in steps}
    after: dict[str, list[tuple[str, str]]] = {}
    for edge in joined:
        after.setdefault(edge.child, []).append((names[edge.parent], edge.condition))
    return {
        "run": found.run,
        "attempts": found.attempts,
        "status": "running" if found.run.state in history.UNDER_WAY else found.run.state,
        "steps": steps[:LISTED],
        "span": span(steps, time.time()),
        "left_out": max(0, len(steps) - LISTED),
        "after": after,
        "edges": joined,
        "drawings": drawings(steps, joined),
        "approvals": [(step.id, found.run.id, step.text, None) for step in steps if step.status == "undecided"],
        "failed": any(step.state in ("dead", "cancelled") for step in steps),
        "over": sum(State(step.state).over for step in steps),
        "total": len(steps),
        "arguments": pretty(found.run.arguments),
        "result": None if found.run.result is None else pretty(found.run.result),
    }


def span(steps: Sequence[history.OutlineStep], now: float) -> tuple[float, float] | None:
    """From the first start of a step to the last end, or to now while one runs; None before anything took time."""
    started = [step.started_at for step in steps if step.started_at is not None]
    ended = [step.finished_at or now for step in steps if step.started_at is not None]
    return (min(started), max(ended)) if started and max(ended) > min(started) else None


class Joined(NamedTuple):
    """The edges between two steps as one. `condition` is empty for plain success; `met` as in EdgeState."""

    parent: str
    child: str
    condition: str
    met: int | None


def join(edges: Sequence[history.EdgeState]) -> list[Joined]:
    """One line between two steps, also when one waits for the other's result and for its condition."""
    between: dict[tuple[str, str], list[history.EdgeState]] = {}
    for edge in edges:
        between.setdefault((edge.parent_id, edge.child_id), []).append(edge)
    joined = []
    for (parent, child), found in between.items():
        said = [edge.condition for edge in found if edge.condition != "success"]
        marks = [edge.met for edge in found]
        met = None if None in marks else min(mark for mark in marks if mark is not None)
        joined.append(Joined(parent, child, ", ".join(said), met))
    return joined


def drawings(steps: Sequence[history.OutlineStep], edges: Sequence[Joined]) -> list[tuple[str, Drawing]]:
    """The graph for wide and for narrow screens; none when it is larger than people follow. On a wide one it goes to the right
    while that fits, else down, in small boxes when there are many side by side."""
    if not 0 < len(steps) <= DRAWN:
        return []
    links = tuple(essential({(edge.parent, edge.child): edge.condition for edge in edges}))
    ids, labelled = tuple(step.id for step in steps), any(edge.condition for edge in edges)
    gap, aside = (50.0, 100.0) if labelled else (38.0, 56.0)
    narrow = draw(ids, links, "down", gap, NARROW)
    for wide in (draw(ids, links, "right", aside), draw(ids, links, "down", gap), narrow):
        if wide.width <= WIDEST:
            break
    return [("wide", wide), ("narrow", narrow)]
