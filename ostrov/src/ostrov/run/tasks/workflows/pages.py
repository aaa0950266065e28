"""The console's pages of workflows: the list of their runs, and one run with its graph."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ostrov.run.tasks.pages import day
from ostrov.run.tasks.workflows import approvals, history

if TYPE_CHECKING:
    from ostrov.core.page import PageRequest

STATES = ("running", "ready", "scheduled", "successful", "dead", "cancelled")
ROWS = (10, 25, 50, 100)
USUAL = 25


async def runs(request: PageRequest) -> dict[str, Any]:
    """The runs of workflows through the filters of the query. A search for a day (`2026-11-24`) shows that day's."""
    query = request.query
    text, state = query.get("q", "").strip(), query.get("state", "")
    since, until = day(query.get("since", "")), day(query.get("until", ""))
    if (searched := day(text)) is not None:
        since, until, text = searched, searched, ""
    wanted = history.WorkflowFilter(
        workflow=query.get("workflow", ""),
        state=state if state in STATES else "",
        text=text,
        since=since,
        until=None if until is None else until + timedelta(days=1).total_seconds(),
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
    }
