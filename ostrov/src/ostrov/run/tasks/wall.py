"""The clock on the wall of a time zone, and the moments it shows. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """A time zone by name. Raises ZoneInfoNotFoundError."""
    return ZoneInfo(name)


def shown(moment: float, timezone: str) -> datetime:
    """What the wall shows at a moment (epoch seconds), without a time zone."""
    return datetime.fromtimestamp(moment, UTC).astimezone(zone(timezone)).replace(tzinfo=None)


def moment(wall: datetime, timezone: str) -> float:
    """When the wall shows a time, epoch seconds: the first of two where the clock is set back, the end of the gap where it is
    set forward over it."""
    there = wall.replace(tzinfo=zone(timezone))
    early, late = there.replace(fold=1).timestamp(), there.timestamp()
    if early >= late:
        return late
    after = there.replace(fold=1).utcoffset()
    while late - early > 1e-3:
        middle = (early + late) / 2
        if datetime.fromtimestamp(middle, zone(timezone)).utcoffset() == after:
            late = middle
        else:
            early = middle
    return float(round(late))
