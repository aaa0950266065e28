"""The overview: is everything well, what waits, what failed, who did what. Components add their panels to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ostrov.console.views import processes
from ostrov.core.operations import open_operations

if TYPE_CHECKING:
    from ostrov.core.page import PageRequest

RUNS = 8


async def shown(request: PageRequest) -> dict[str, Any]:
    """What the person may see of everything."""
    operations = request.application.part(open_operations)
    found: dict[str, Any] = {
        "processes": [],
        "troubled": [],
        "runs": [],
        "waiting": await operations.pending(request.actor),
    }
    if request.actor.may("processes.view"):
        found |= await processes.shown(request)
    if request.actor.may("audit.view"):
        recent = await operations.runs(4 * RUNS)
        found["runs"] = [run for run in recent if run.state != "planned"][:RUNS]
    return found
