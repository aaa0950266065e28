"""How one attempt ended, and what that means for its run: plain data and one decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ostrov.run.tasks.claim import Claimed
from ostrov.run.tasks.run import State

if TYPE_CHECKING:
    from ostrov.run.tasks.task import TaskOptions


class Ending(StrEnum):
    """The outcome of an attempt."""

    SUCCESSFUL = "successful"
    FAILED = "failed"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """The worker was stopped and the run did not end in time."""
    LOST = "lost"
    """The worker died."""
    UNSTARTED = "unstarted"
    """The worker gave it back before it began: the attempt does not count."""


class LogLine(NamedTuple):
    """One log record of an attempt."""

    at: float
    level: str
    logger: str
    message: str


@dataclass(slots=True)
class Outcome:
    """What a worker writes back of one attempt. `final` is None when the run goes on; then it is due at `run_after`."""

    run: Claimed
    ending: Ending
    started_at: float
    ended_at: float
    result: str | None = None
    error: str | None = None
    traceback: str | None = None
    logs: list[LogLine] = field(default_factory=list)
    progress: str | None = None
    retry_after: float | None = None
    retriable: bool = True
    final: State | None = None
    run_after: float = 0.0
    failures: int = 0


def decide(outcome: Outcome, options: TaskOptions | None) -> Outcome:
    """Fill in what becomes of the run."""
    run, now = outcome.run, outcome.ended_at
    outcome.failures = run.failures
    if outcome.ending is Ending.SUCCESSFUL:
        outcome.final = State.SUCCESSFUL
    elif outcome.ending is Ending.CANCELLED:
        outcome.final = State.CANCELLED
    elif outcome.ending in (Ending.INTERRUPTED, Ending.UNSTARTED):
        outcome.run_after = now if outcome.retry_after is None else now + outcome.retry_after
    else:
        outcome.failures = run.failures + 1
        if outcome.retriable and options is not None and outcome.failures < run.max_attempts:
            delay = options.backoff.delay(outcome.failures) if outcome.retry_after is None else outcome.retry_after
            outcome.run_after = now + delay
        else:
            outcome.final = State.DEAD
    return outcome
