"""What a run says through `logging`, kept for its page: of each attempt so many of the first lines and as many of the last."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import NamedTuple

from ostrov.run.tasks.context import running
from ostrov.run.tasks.text import storable

LONGEST = 4000


class LogLine(NamedTuple):
    """One record. `number` counts all of the attempt's, so that a gap shows."""

    number: int
    at: float
    level: str
    logger: str
    message: str


class RunLog:
    """The lines of one attempt that were not written to the ledger yet. Its first `limit` are written while it runs; of those
    after them the last `limit` are kept until it ends."""

    __slots__ = ("_first", "_last", "_limit", "_lock", "_number")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._first: list[LogLine] = []
        self._last: deque[LogLine] = deque(maxlen=limit)
        self._lock = threading.Lock()
        self._number = 0

    def add(self, at: float, level: str, logger: str, message: str) -> None:
        with self._lock:
            self._number += 1
            line = LogLine(self._number, at, level, logger, message)
            (self._first if self._number <= self._limit else self._last).append(line)

    def take(self, *, ended: bool = True) -> list[LogLine]:
        """The lines to write now; they are not given again."""
        if not self._number:
            return []
        with self._lock:
            lines, self._first = self._first, []
            if ended:
                lines += self._last
                self._last.clear()
        return lines


class Capture(logging.Handler):
    """A handler on the root logger that hands each record to the run it was emitted in."""

    def emit(self, record: logging.LogRecord) -> None:
        context = running.get()
        if context is None or context.log is None:
            return
        try:
            message = record.getMessage()
            if record.exc_info:
                message += "\n" + logging.Formatter().formatException(record.exc_info)
        except Exception:
            message = f"{record.msg} (its arguments do not fit)"
        context.log.add(record.created, record.levelname, record.name, storable(message, LONGEST))


def capture() -> Capture:
    """Begin to keep what runs of this process log. Detach with `logging.getLogger().removeHandler`."""
    handler = Capture()
    logging.getLogger().addHandler(handler)
    return handler
