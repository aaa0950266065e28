"""Times and durations as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

UNITS = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
    **dict.fromkeys(("w", "week", "weeks"), 604800.0),
}
PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*(?:,|and)?", re.IGNORECASE)


def parse_duration(text: str) -> timedelta:
    """`5 minutes`, `1h 30m`, `90` (seconds) or ISO 8601's `PT5M`. Raises ValueError."""
    text = text.strip()
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        return timedelta(seconds=float(text))
    if text[:1] in "Pp+-" and text.lstrip("+-")[:1] in "Pp":
        import msgspec

        try:
            return msgspec.convert(text.upper(), timedelta)
        except msgspec.ValidationError as problem:
            raise ValueError(text) from problem
    position, seconds = 0, 0.0
    while position < len(text):
        part = PART.match(text, position)
        if part is None or part[2].lower() not in UNITS:
            raise ValueError(text)
        seconds += float(part[1]) * UNITS[part[2].lower()]
        position = part.end()
    if not position:
        raise ValueError(text)
    return timedelta(seconds=seconds)


def parse_time(text: str) -> datetime:
    """ISO 8601, a bare date, `now`, or `in 5 minutes`. A time without a zone is UTC. Raises ValueError."""
    text = text.strip()
    if text.lower() == "now":
        return datetime.now(UTC)
    if text.lower().startswith("in "):
        return datetime.now(UTC) + parse_duration(text[3:])
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
