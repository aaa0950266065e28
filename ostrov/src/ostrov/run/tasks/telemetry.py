"""One event a verb of the life of a run. Logs, the console's live pages and metrics only consume these."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from ostrov.run.tasks.outcome import Ending, Outcome
from ostrov.run.tasks.run import State

if TYPE_CHECKING:
    from ostrov.core.channel import Channel

log = logging.getLogger("ostrov.tasks")
Verb = Literal[
    "enqueued", "started", "finished", "failed", "retried", "cancelled", "interrupted", "returned", "reaped", "expanded"
]  # fmt: skip
LEVELS: dict[str, int] = {
    "failed": logging.ERROR,
    "retried": logging.WARNING,
    "reaped": logging.WARNING,
    "interrupted": logging.INFO,
    "cancelled": logging.INFO,
}
TOPIC = "tasks"
"""The channel topic that says: something about tasks changed. At most two messages a second from one process."""
PAUSE = 0.5


class Happening(NamedTuple):
    """`duration` are the seconds the attempt took; `next_at` is when a retried run is due again."""

    verb: Verb
    run_id: str
    task: str
    queue: str
    attempt: int = 0
    duration: float = 0.0
    error: str = ""
    next_at: float = 0.0


VERBS: dict[Ending, Verb] = {
    Ending.SUCCESSFUL: "finished",
    Ending.LOST: "reaped",
    Ending.INTERRUPTED: "interrupted",
    Ending.UNSTARTED: "returned",
}


def happening_of(outcome: Outcome) -> Happening:
    """What the end of an attempt is called."""
    run, ended = outcome.run, outcome.ended
    verb = VERBS.get(ended.ending) or ("retried" if outcome.final is None else "failed")
    if outcome.expansion is not None and outcome.final is None:
        verb = "expanded"
    if outcome.final is State.CANCELLED:
        verb = "cancelled"
    next_at = outcome.run_after if verb == "retried" else 0.0
    duration = outcome.ended_at - outcome.started_at
    return Happening(verb, run.id, run.task, run.queue, run.attempt, duration, ended.error or "", next_at)


Consumer = Callable[[Happening], None]


class Telemetry:
    """Hands every happening of this process to its consumers."""

    def __init__(self, channel: Callable[[], Channel]) -> None:
        self._pulse = Pulse(channel)
        self._consumers: list[Consumer] = [write_log, self._pulse]

    def listen(self, consumer: Consumer) -> None:
        """Call this for every happening, in the loop or the thread where it happens."""
        self._consumers.append(consumer)

    def emit(self, happening: Happening) -> None:
        for consumer in self._consumers:
            consumer(happening)

    def changed(self) -> None:
        """Something else than a run changed (a queue was paused)."""
        self._pulse.beat()

    def close(self) -> None:
        self._pulse.close()


class Pulse:
    """Publishes that something changed, at most once each `PAUSE` seconds, and once more after the last change."""

    def __init__(self, channel: Callable[[], Channel]) -> None:
        self._channel = channel
        self._last = 0.0
        self._pending: asyncio.TimerHandle | None = None

    def __call__(self, _: Happening) -> None:
        if self._pending is None:
            self.beat()

    def beat(self) -> None:
        if self._pending is not None and not self._pending.cancelled():
            return
        wait = self._last + PAUSE - time.monotonic()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if wait <= 0 or loop is None:
            self._publish()
        else:
            self._pending = loop.call_later(wait, self._publish)

    def close(self) -> None:
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None

    def _publish(self) -> None:
        self._pending = None
        self._last = time.monotonic()
        self._channel().publish(TOPIC)


def write_log(happening: Happening) -> None:
    """The consumer that logs: what goes well at DEBUG."""
    level = LEVELS.get(happening.verb, logging.DEBUG)
    if log.isEnabledFor(level):
        verb, run_id, task, queue, attempt, duration, error, next_at = happening
        text = f"{verb} {task} {run_id}"
        text += f" attempt {attempt}" if attempt else f" in {queue}"
        text += f" after {duration:.3f} s" if duration else ""
        text += f", again in {max(0.0, next_at - time.time()):.1f} s" if next_at else ""
        log.log(level, "%s%s", text, f": {error.splitlines()[0]}" if error else "")
