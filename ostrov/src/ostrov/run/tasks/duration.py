"""Lengths of time as people write them: `30s`, `10 minutes`, `1h 30m`, a number of seconds, or a timedelta."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TypeAlias

from ostrov.core.errors import OstrovError

Duration: TypeAlias = str | float | timedelta
UNITS: dict[str, float] = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
UNITS |= {"d": 86400, "day": 86400, "w": 604800, "week": 604800, "ms": 0.001}
PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")


def seconds(duration: Duration) -> float:
    """The length in seconds. Raises OstrovError for what cannot be read."""
    if isinstance(duration, timedelta):
        return duration.total_seconds()
    if isinstance(duration, (int, float)):
        return float(duration)
    text = duration.strip().lower()
    total, end = 0.0, 0
    for match in PART.finditer(text):
        unit = match[2] if match[2] in UNITS else match[2].removesuffix("s")
        if text[end : match.start()].strip(" ,") or unit not in UNITS:
            break
        total, end = total + float(match[1]) * UNITS[unit], match.end()
    if not text or text[end:].strip():
        raise OstrovError(f"{duration!r} is not a length of time", tip="write it as 30s, 10 minutes, 1h 30m or 2 days")
    return total
