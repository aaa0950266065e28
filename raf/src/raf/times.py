"""Times as the API writes them."""

from __future__ import annotations

import time
from functools import lru_cache


def iso(at: float) -> str:
    """Epoch seconds as `2026-01-02T03:04:05.678Z`."""
    milliseconds = int(at * 1000 + 0.5)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{_second(seconds)}.{rest:03d}Z"


def day(at: float) -> str:
    """Epoch seconds as `2026-01-02`."""
    return _second(int(at // 86400) * 86400)[:10]


def midnight(at: float) -> str:
    """The day's beginning as an ISO time: Mastodon does not tell the hour an account was opened."""
    return day(at) + "T00:00:00.000Z"


@lru_cache(4096)  # posts of one page are of few moments, and accounts of few days
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
