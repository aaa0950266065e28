"""The trace of a run, as the ledger keeps it and as what it does carries it on.

A run that was enqueued outside of any trace begins one, whose id is the run's own: nothing has to be stored for that. The span
of a run is the second half of its id.
"""

from __future__ import annotations

import re

from ostrov.core.errors import UsageError

TRACE_ID = re.compile(r"[0-9a-f]{32}")


def traceparent_of(run_id: str, stored: str | None) -> str:
    """What a run sends along, given its id and the `traceparent` it was enqueued with."""
    digits = run_id.replace("-", "")
    if stored is None:
        return f"00-{digits}-{digits[16:]}-01"
    return f"{stored[:36]}{digits[16:]}{stored[52:]}"


def trace_id_of(run_id: str, stored: str | None) -> str:
    """The id of a run's trace: 32 hexadecimal digits."""
    return run_id.replace("-", "") if stored is None else stored[3:35]


def wanted_trace(text: str) -> str:
    """The trace id that somebody typed, or that stands in a `traceparent` they pasted. Raises UsageError."""
    text = text.strip().lower()
    given = text[3:35] if re.match(r"[0-9a-f]{2}-", text) else text
    if text and not TRACE_ID.fullmatch(given):
        raise UsageError(f"{text!r} is no trace id", tip="it has 32 hexadecimal digits; `ostrov tasks show RUN` says a run's")
    return given


def first_run(trace_id: str) -> str:
    """The id of the run that began a trace, if a run did."""
    return "-".join((trace_id[:8], trace_id[8:12], trace_id[12:16], trace_id[16:20], trace_id[20:]))
