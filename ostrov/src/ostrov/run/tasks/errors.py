"""What can go wrong with a task, drawn once."""

from __future__ import annotations

from ostrov.core.errors import OstrovError
from ostrov.run.tasks.duration import Duration, seconds


class TaskError(OstrovError):
    """The tree of this component."""


class NotATask(TaskError):
    """The function cannot be a task: its signature or its options forbid it."""


class ScheduleError(TaskError):
    """A line like `every().day.at("10:30").do(job)` that says what cannot be, or what cannot outlive its process."""


class Refused(TaskError):
    """The arguments cannot be carried to a worker; nothing was enqueued."""

    exit_code = 2
    status = 400


class Undecodable(TaskError):
    """A run's arguments do not fit the task's signature of today."""


class BadResult(TaskError):
    """What the task returned cannot be kept."""


class RunFailed(TaskError):
    """The result was asked of a run that ended without one."""


class ResultExpired(TaskError):
    """The result was asked of a run that has returned one, which is no longer kept."""

    status = 410


class Retry(Exception):
    """Raised by a task to be tried again `after` a time ("30s", seconds) or as its backoff says. It counts as a failed
    attempt: a task without `retries` is dead after it."""

    def __init__(self, reason: str = "", *, after: Duration | None = None) -> None:
        super().__init__(reason or "the task asked to be tried again")
        self.after = None if after is None else max(0.0, seconds(after))
