"""Days as people write them, in filters of lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ostrov.core.errors import UsageError


def day(text: str) -> float | None:
    """The start of a day (`2026-11-24`, UTC) as epoch seconds; None for other text."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def day_after(text: str) -> float | None:
    """The end of a day, likewise."""
    start = day(text)
    return None if start is None else start + timedelta(days=1).total_seconds()


def span(since: str, until: str) -> tuple[float | None, float | None]:
    """From the start of one day to the end of another; empty text is no bound. Raises UsageError for what is no day."""
    for name, text in (("since", since), ("until", until)):
        if text and day(text) is None:
            raise UsageError(f"{name} is no day: {text!r}", tip="write it as 2026-11-24")
    return day(since), day_after(until)
