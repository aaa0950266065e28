"""Logs: the last lines of what the processes say, and every new one as it comes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.console.rendering import iso
from ostrov.core.errors import NotFound, OstrovError
from ostrov.core.supervisor.control import ask, process_rows
from ostrov.core.supervisor.logbook import Line

if TYPE_CHECKING:
    from ostrov.core.page import PageRequest

BAD = re.compile(r"\b(?:ERROR|CRITICAL|FATAL|Traceback|(?<!0 )failed)\b|\b\w+Error:")
WARNING = re.compile(r"\bWARN(?:ING)?\b", re.IGNORECASE)
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Shown(msgspec.Struct, frozen=True):
    """A line as the page and its stream draw it. `level` is bad, warn or empty."""

    at: float
    iso: str
    time: str
    service: str
    text: str
    level: str


async def shown(request: PageRequest) -> dict[str, Any]:
    """The last lines, of `?service=` alone and with `?q=` in them."""
    service, word = request.query.get("service", ""), request.query.get("q", "").strip()
    count = request.application.settings.console.log_lines
    lines: list[Shown] = []
    services: list[str] = []
    problem: OstrovError | None = None
    try:
        services = [row.name for row in await process_rows(request.application)]
        answer = await ask(request.application, "logs", name=service, lines=count if not word else 10 * count)
        lines = [draw(line) for line in (Line(**each) for each in answer["lines"]) if matches(line, word)][-count:]
    except NotFound:
        service = ""
    except OstrovError as found:
        problem = found
    return {
        "lines": lines,
        "services": services,
        "problem": problem,
        "after": lines[-1].at if lines else "",
        "service": service,
        "word": word,
    }


def matches(line: Line, word: str) -> bool:
    """Whether a line has the word, in either case."""
    return not word or word.lower() in line.text.lower()


def draw(line: Line) -> Shown:
    """A line for people: no escape codes, the time to the millisecond, its weight by what it says."""
    text = ESCAPE.sub("", line.text)
    level = "bad" if BAD.search(text) else "warn" if WARNING.search(text) else ""
    stamp = iso(line.at)
    return Shown(line.at, stamp, stamp[11:23], line.process, text, level)
