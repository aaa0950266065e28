"""Looking at the log: what people said to each other is in it, so this is not for every viewer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from ostrov.core.application import Ostrov
from ostrov.core.operations.operation import operation

if TYPE_CHECKING:
    from ostrov.core.store import Connection


class Line(msgspec.Struct):
    """An event as it is listed. `data` is what is stored, without what the other columns say."""

    position: int
    at: datetime | None
    stream: str
    version: int
    event: str
    data: str


LAST = "SELECT max(position) FROM stored_events WHERE log = ?"
EVENTS = """
SELECT position, originator_id, originator_version, topic, state FROM stored_events
WHERE log = ? AND position >= ? AND (? = '' OR originator_id = ?) ORDER BY position LIMIT ?"""


@operation("events.list", permission="events.manage", audited=False)
async def list_events(application: Ostrov, start: int = 0, limit: int = 50, stream: str = "", log: str = "") -> list[Line]:
    """Show what happened: the newest events, those from position `start`, or those of one stream.

    `log` names another log than the project's own, that of an `eventsourcing` Application.
    """
    return await application.store.read(_lines, start, max(1, min(limit, 1000)), stream, log)


def _lines(connection: Connection, start: int, limit: int, stream: str, log: str) -> list[Line]:
    if not start and not stream:
        start = max(1, (connection.value(LAST, (log,)) or 0) - limit + 1)
    return [_line(*row) for row in connection.rows(EVENTS, (log, start, stream, stream, limit))]


def _line(position: int, stream: str, version: int, topic: str, state: bytes) -> Line:
    try:
        data = json.loads(bytes(state))
    except ValueError:  # compressed or enciphered
        return Line(position, None, stream, version, topic, "")
    at = data.pop("at", None)
    for known in ("originator_id", "originator_version"):
        data.pop(known, None)
    when = datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None
    return Line(position, when, stream, version, topic, json.dumps(data, ensure_ascii=False))
