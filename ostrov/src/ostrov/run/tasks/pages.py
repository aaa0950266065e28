"""The console's pages of tasks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.core.errors import NotFound
from ostrov.run.tasks import family, history, overview
from ostrov.run.tasks.day import day, day_after
from ostrov.run.tasks.dead import dead_tasks
from ostrov.run.tasks.rule import parse
from ostrov.run.tasks.run import State
from ostrov.run.tasks.workflows import approvals

if TYPE_CHECKING:
    from ostrov.core.page import PageRequest

PAGE = 50
NEXT_TICKS = 4
SHOWN = 20_000
"""Letters of arguments and results that a page shows; `ostrov tasks show` has them whole."""


async def panel(request: PageRequest) -> dict[str, Any]:
    """The overview's panel: what waits, what failed."""
    store = request.application.store
    found = await store.read(overview.queues)
    dead = await store.read(overview.dead_runs)
    undecided = len(await store.read(approvals.pending))
    late = [row.oldest for row in found if row.oldest is not None and not row.paused]
    oldest = max(0.0, time.time() - min(late)) if late else 0.0
    figures = [
        {
            "label": "runs waiting",
            "value": _count(sum(row.ready for row in found)),
            "tone": "warn" if oldest > 60 else "",
            "path": "/tasks/queues",
        },
        {"label": "runs going", "value": sum(row.running for row in found), "tone": "", "path": "/tasks/runs?state=running"},
        *(
            [{"label": "decisions asked for", "value": undecided, "tone": "warn", "path": "/tasks/workflows"}]
            if undecided
            else []
        ),
        {"label": "dead runs", "value": _count(dead), "tone": "bad" if dead else "", "path": "/tasks/dead"},
    ]
    return {"queues": found, "figures": figures}


async def queues(request: PageRequest) -> dict[str, Any]:
    """Queues with their depth, and what died."""
    store = request.application.store
    return {
        "queues": await store.read(overview.queues),
        "latencies": await store.read(overview.latencies),
        "recent": overview.RECENT,
        "dead": await store.read(overview.dead_runs),
        "most": overview.MOST,
    }


async def dead(request: PageRequest) -> dict[str, Any]:
    """What failed for good: by task, then run by run through the filters of the query."""
    query = request.query
    wanted = history.Filter(
        task=query.get("task", ""), text=query.get("q", "").strip(), state=State.DEAD, before=query.get("before", "")
    )
    store = request.application.store
    listing = await store.read(history.runs, wanted, PAGE)
    return {
        "groups": await store.read(dead_tasks),
        "runs": [(run, _line(run.arguments)) for run in listing.runs],
        "older": listing.older,
        "looked_back_to": listing.looked_back_to,
        "filtered": bool(wanted.task or wanted.text),
    }


async def runs(request: PageRequest) -> dict[str, Any]:
    """Runs through the filters of the query."""
    query = request.query
    state = query.get("state", "")
    wanted = history.Filter(
        task=query.get("task", ""),
        state=state if state in set(State) else "",
        queue=query.get("queue", ""),
        text=query.get("q", "").strip(),
        schedule=query.get("schedule", ""),
        worker=query.get("worker", ""),
        trace=query.get("trace", "").strip(),
        since=day(query.get("since", "")),
        until=day_after(query.get("until", "")),
        before=query.get("before", ""),
    )
    store = request.application.store
    listing = await store.read(history.runs, wanted, PAGE)
    return {
        "runs": [(run, _line(run.arguments)) for run in listing.runs],
        "older": listing.older,
        "looked_back_to": listing.looked_back_to,
        "states": list(State),
        "tasks": await store.read(history.task_names),
        "queues": [row.name for row in await store.read(overview.queues)],
        "filtered": wanted != history.Filter(before=wanted.before),
        "retry_dead": wanted.state == State.DEAD,
    }


async def run(request: PageRequest) -> dict[str, Any]:
    """One run with all there is to it. Raises NotFound."""
    store = request.application.store
    found = await store.read(history.detail, request.parameters["run"])
    if found is None:
        raise NotFound("there is no such run", tip="old history is pruned")
    row = found.run
    progress = msgspec.json.decode(row.progress) if row.progress else None
    return {
        "run": row,
        "attempts": found.attempts,
        "logs": list(reversed(found.logs)),
        "arguments": pretty(row.arguments),
        "result": None if row.result is None else pretty(row.result),
        "progress": progress,
        "children": await store.read(family.children, row, time.time()),
        "waiting": row.state in (State.SCHEDULED, State.READY, State.BLOCKED),
    }


async def schedules(request: PageRequest) -> dict[str, Any]:
    """What runs by the clock."""
    rows = await request.application.store.read(overview.schedules)
    return {"schedules": [(row, _ticks(row)) for row in rows]}


async def workers(request: PageRequest) -> dict[str, Any]:
    """The workers that are there, and those that were."""
    lease = request.application.settings.tasks.lease
    found = await request.application.store.read(overview.workers, time.time(), lease)
    here = [row for row in found if row.state in ("running", "silent")]
    return {"here": here, "gone": [row for row in found if row not in here][:20]}


def _ticks(row: overview.ScheduleRow) -> list[float]:
    """The next moments of a schedule, as its rule in the ledger says."""
    if row.next_tick is None:
        return []
    ticks = [row.next_tick]
    try:
        rule = parse(row.rule, row.timezone)
        while len(ticks) < NEXT_TICKS and (tick := rule.next(ticks[-1], ticks[-1])) is not None:
            ticks.append(tick)
    except Exception:  # a rule that this version cannot read
        return ticks
    return ticks


def _line(arguments: str) -> str:
    """Arguments in one line, as they would be written in a call; those that were cut as they are."""
    try:
        given: dict[str, Any] = msgspec.json.decode(arguments)
    except msgspec.DecodeError:
        return arguments
    return ", ".join(f"{name}={msgspec.json.encode(value).decode()}" for name, value in given.items())


def pretty(text: str) -> str:
    """JSON with its lines indented, cut where nobody reads on; nothing of a result that has expired."""
    if len(text) > SHOWN:
        return f"{text[:SHOWN]} …"
    return msgspec.json.format(text, indent=2) if text else ""


def _count(number: int) -> str:
    return f"{number}+" if number >= overview.MOST else str(number)
