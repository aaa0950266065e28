"""The trace that what happens here belongs to: W3C Trace Context, https://www.w3.org/TR/trace-context/.

A request brings one in its `traceparent` header, or begins one; the runs it enqueues carry it on, whichever process runs them,
and so do the runs those enqueue, the steps of workflows, and the lines they log. A run that belongs to none begins its own.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable
from contextvars import ContextVar
from typing import NamedTuple, Protocol

HEADER = b"traceparent"
VERSION_0 = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
NEWER = re.compile(r"(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?", re.DOTALL)
"""What is read of versions that are not written yet (§3.2.4, "Versioning of traceparent")."""
KNOWN_FLAGS = 0x03
"""sampled, random trace id; others are not passed on."""
LINE = "%(levelname)s %(name)s: %(message)s%(trace)s"
"""The format of log lines; `trace` is made by `Traces`."""


class Traced(Protocol):
    """What belongs to a trace: a request, a run."""

    @property
    def traceparent(self) -> str:
        """As it is sent along by what is done here."""


class Trace(NamedTuple):
    """A parsed `traceparent`: ids in lower-case hexadecimal digits, 32 and 16 of them."""

    trace_id: str
    span_id: str
    flags: int = 1

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"


current: ContextVar[Traced | None] = ContextVar("ostrov_trace", default=None)
"""What the current code belongs to."""


def parse(text: str) -> Trace | None:
    """A `traceparent` header; None for one that the standard says to ignore."""
    text = text.strip(" \t")
    found = VERSION_0.fullmatch(text) or NEWER.fullmatch(text)
    if found is None or not int(found[1], 16) or not int(found[2], 16):
        return None
    return Trace(found[1], found[2], int(found[3], 16) & KNOWN_FLAGS)


def fresh() -> Trace:
    """A new trace."""
    digits = os.urandom(24).hex()
    return Trace(digits[:32], digits[32:], 0x03)


class RequestTrace:
    """The trace of a request, by its headers (names in lower case, as ASGI has them). Read when it is asked for."""

    __slots__ = ("_headers", "_traceparent")

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._headers = headers
        self._traceparent = ""

    @property
    def traceparent(self) -> str:
        """The request itself is the span that what it does follows from."""
        if not self._traceparent:
            given = [value for name, value in self._headers if name == HEADER]
            found = parse(given[0].decode("latin-1")) if len(given) == 1 else None
            made = fresh()
            self._traceparent = (made if found is None else found._replace(span_id=made.span_id)).traceparent
        return self._traceparent


def traceparent() -> str | None:
    """The header to send along with a call to another service; None for code that belongs to no trace."""
    traced = current.get()
    return None if traced is None else traced.traceparent


class Traces(logging.Filter):
    """Gives every record a `trace`: the id in brackets behind a space, empty for code that belongs to no trace."""

    def filter(self, record: logging.LogRecord) -> bool:
        traced = current.get()
        record.trace = "" if traced is None else f" [{traced.traceparent[3:35]}]"
        return True


def log_with_traces(level: int = logging.INFO) -> None:
    """Log to standard error, each line with the trace it belongs to."""
    handler = logging.StreamHandler()
    handler.addFilter(Traces())
    logging.basicConfig(level=level, format=LINE, handlers=[handler])
