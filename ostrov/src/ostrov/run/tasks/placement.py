"""Where and when one run goes: what `Task.using` may say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ostrov.run.tasks.duration import seconds
from ostrov.run.tasks.errors import TaskError

OPTIONS = ("queue", "priority", "run_after", "dedupe_key", "lock_key", "retries", "soft_timeout", "keep_result")
LENGTHS = ("soft_timeout", "keep_result")


@dataclass(frozen=True)
class Placement:
    """None means: as the task says.

    `run_after` is a delay (timedelta, seconds, "5 minutes") or a moment (an aware datetime). While a run with the same
    `dedupe_key` of the same task is not over, no second one is enqueued. Of all runs with one `lock_key` one runs at a time.
    `soft_timeout` and `keep_result` are seconds here, and lengths of time in `using`.
    """

    queue: str | None = None
    priority: int | None = None
    run_after: timedelta | datetime | float | str | None = None
    dedupe_key: str | None = None
    lock_key: str | None = None
    retries: int | None = None
    soft_timeout: float | None = None
    keep_result: float | None = None

    def changed(self, options: dict[str, Any]) -> Placement:
        """The same with some options changed. Raises TaskError for a word it does not know."""
        if unknown := options.keys() - set(OPTIONS):
            raise TaskError(f"using() does not know {min(unknown)!r}", tip=f"it knows {', '.join(OPTIONS)}")
        moment = options.get("run_after")
        if isinstance(moment, datetime) and moment.tzinfo is None:
            raise TaskError("run_after needs a time zone", tip="datetime.now(UTC) + … or a timedelta")
        if (options.get("retries") or 0) < 0:
            raise TaskError(f"retries={options['retries']} is not a number of times", tip="0 tries it once")
        lengths = {name: seconds(options[name]) for name in LENGTHS if options.get(name) is not None}
        return replace(self, **{**options, **lengths})

    def due(self, now: float) -> float:
        """The moment the run becomes ready, epoch seconds."""
        if self.run_after is None:
            return now
        if isinstance(self.run_after, datetime):
            return self.run_after.timestamp()
        return now + seconds(self.run_after)
