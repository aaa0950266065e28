"""Processes: what runs, since when, at what cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError
from ostrov.core.supervisor.control import process_rows

if TYPE_CHECKING:
    from ostrov.core.page import PageRequest
    from ostrov.core.supervisor.row import ProcessRow

TONES = {"ready": "good", "starting": "busy", "stopping": "busy", "waiting": "waiting", "backoff": "warn", "failed": "bad"}
RESTART, START = "processes.restart", "processes.start"


async def shown(request: PageRequest) -> dict[str, Any]:
    """Every process, the supervisor first, and what they use together."""
    rows, problem = await read(request)
    return {
        "processes": rows,
        "problem": problem,
        "tones": TONES,
        "restart": RESTART,
        "start": START,
        "memory": sum(row.pss or row.rss for row in rows),
        "percent": sum(row.cpu_percent for row in rows),
        "troubled": [row for row in rows if row.state in ("failed", "backoff")],
    }


async def read(request: PageRequest) -> tuple[list[ProcessRow], OstrovError | None]:
    """The rows, or none with the reason why the supervisor could not be asked."""
    try:
        return await process_rows(request.application), None
    except OstrovError as problem:
        return [], problem
