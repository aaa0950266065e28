"""How one attempt ended, and what that means for its run: plain data and one decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ostrov.run.tasks.claim import Claimed
from ostrov.run.tasks.run import State

if TYPE_CHECKING:
    from ostrov.run.tasks.backoff import Backoff
    from ostrov.run.tasks.logs import LogLine
    from ostrov.run.tasks.workflows.steps import Expansion


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


class Ended(NamedTuple):
    """How the call of the task's function ended. `retry_after` is what the task itself asked for, seconds."""

    ending: Ending
    result: str | None = None
    error: str | None = None
    traceback: str | None = None
    retry_after: float | None = None
    retriable: bool = True


@dataclass(slots=True)
class Outcome:
    """What a worker writes back of one attempt, with what `decide` made of it.

    `final` is None when the run goes on; then it is ready at `run_after`.
    """

    run: Claimed
    ended: Ended
    started_at: float
    ended_at: float
    final: State | None
    run_after: float = 0.0
    failures: int = 0
    losses: int = 0
    logs: list[LogLine] = field(default_factory=list)
    progress: str | None = None
    keep_result: float | None = None
    """Seconds that its result is kept; None for as long as its history."""
    expansion: Expansion | None = None
    """The graph that a workflow's run has built."""


def decide(
    run: Claimed, ended: Ended, started_at: float, ended_at: float, backoff: Backoff | None = None, losses: int = 5
) -> Outcome:
    """What becomes of a run: `backoff` is its task's (None when the task is unknown), `losses` how many are too many."""
    outcome = Outcome(run, ended, started_at, ended_at, None, ended_at, run.failures, run.losses)
    ending = ended.ending
    if ending is Ending.SUCCESSFUL:
        outcome.final = State.SUCCESSFUL
    elif ending is Ending.CANCELLED or run.cancel_requested:
        outcome.final = State.CANCELLED
    elif ending is Ending.INTERRUPTED or ending is Ending.UNSTARTED:
        outcome.run_after += ended.retry_after or 0.0
    elif ending is Ending.LOST:
        outcome.losses += 1
        if outcome.losses >= losses:
            outcome.final = State.DEAD
    else:
        outcome.failures += 1
        if ended.retriable and backoff is not None and outcome.failures < run.max_attempts:
            outcome.run_after += backoff.delay(outcome.failures) if ended.retry_after is None else ended.retry_after
        else:
            outcome.final = State.DEAD
    return outcome
