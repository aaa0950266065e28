"""How many requests somebody may make in a period: counted in memory, in this process, in windows that begin on the clock.

Cheap enough for every request: one dictionary, thrown away when its window ends.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from typing import NamedTuple

LARGEST = 200_000


class Left(NamedTuple):
    """What remains of a window: `remaining` is -1 when this request was one too many; `reset` is when the next one begins."""

    limit: int
    remaining: int
    reset: float


class Windows:
    """`limit` requests of a subject in each `period` seconds; 0 is no limit."""

    def __init__(self, limit: int, period: float) -> None:
        self.limit = limit
        self.period = period
        self._ends = 0.0
        self._counts: dict[Hashable, int] = {}

    def take(self, subject: Hashable, now: float | None = None) -> Left:
        """Count one request."""
        now = time.time() if now is None else now
        if now >= self._ends:
            self._ends = now - now % self.period + self.period
            self._counts = {}
        count = self._counts.get(subject, 0)
        if self.limit and count >= self.limit:
            return Left(self.limit, -1, self._ends)
        if count or len(self._counts) < LARGEST:
            self._counts[subject] = count + 1
        return Left(self.limit, self.limit - count - 1, self._ends)
