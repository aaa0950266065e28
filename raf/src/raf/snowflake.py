"""Ids that are times: Mastodon's layout, milliseconds since the epoch above 16 bits of sequence.

Of the 16 bits the upper 6 come from the process, so two processes seldom meet in one millisecond; when they do, the
primary key refuses the second and its command is run again.
"""

from __future__ import annotations

import os
import time


class Snowflakes:
    """Makes ids that only grow, at most 1,024 a millisecond (then it borrows the next one)."""

    __slots__ = ("_last", "_slot")

    def __init__(self, slot: int | None = None) -> None:
        self._slot = ((os.getpid() if slot is None else slot) & 0x3F) << 10
        self._last = (0, 0)

    def next(self, at: float | None = None) -> int:
        """A new id for a thing that happened `at` epoch seconds, now by default."""
        milliseconds = int((time.time() if at is None else at) * 1000)
        last, sequence = self._last
        if milliseconds > last:
            sequence = 0
        else:
            milliseconds, sequence = last, sequence + 1
            if sequence > 0x3FF:
                milliseconds, sequence = last + 1, 0
        self._last = (milliseconds, sequence)
        return milliseconds << 16 | self._slot | sequence


def time_of(identity: int) -> float:
    """The epoch seconds an id was made at."""
    return (identity >> 16) / 1000


def first_of(at: float) -> int:
    """The smallest id that a thing of this time can have."""
    return int(at * 1000) << 16
