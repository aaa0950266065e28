"""One event a verb of the life of a run. Logs, the console's live pages and metrics only consume these."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from ostrov.core.errors import OstrovError
from ostrov.run.tasks.outcome import Ending, Outcome
from ostrov.run.tasks.run import FINISHED, State

if TYPE_CHECKING:
    from ostrov.core.channel import Channel
    from ostrov.core.store import Connection
    from ostrov.run.tasks.claim import Claimed

log = logging.getLogger("ostrov.tasks")
Verb = Literal[
    "enqueued",  # a run is new in the ledger: called for, a tick, a step, an element of a map
    "deduplicated",  # another run held its key, so that it was not made
    "promoted",  # a scheduled run is ready
    "started",
    "successful",
    "retried",  # an attempt failed, and the run is tried again
    "dead",
    "cancelled",
    "skipped",  # a step whose turn does not come
    "interrupted",  # its worker stopped, and it goes again
    "returned",  # its worker gave it back before it began
    "reaped",  # its worker died, and it goes again
    "expanded",  # the graph of a workflow was built
    "mapped",  # a step fanned out
    "approved",
    "rejected",
    "cancelling",  # a run under way was told to stop
    "revived",  # a run that was over was brought back
    "discarded",  # a dead run was put away
    "paused",  # a queue
    "resumed",  # a queue
]
VERBS: tuple[Verb, ...] = get_args(Verb)
LEVELS: dict[str, int] = {
    "dead": logging.ERROR,
    "retried": logging.WARNING,
    "reaped": logging.WARNING,
    "rejected": logging.WARNING,
    "interrupted": logging.INFO,
    "cancelled": logging.INFO,
    "cancelling": logging.INFO,
    "approved": logging.INFO,
    "revived": logging.INFO,
    "discarded": logging.INFO,
    "paused": logging.INFO,
    "resumed": logging.INFO,
}
RUN = """SELECT task, queue, attempt, trace FROM task_run WHERE id = ?
 UNION ALL SELECT task, queue, attempt, trace FROM task_finished_run WHERE id = ?"""
TOPIC = "tasks"
"""The channel topic that says: something about tasks changed. At most two messages a second from one process."""
PAUSE = 0.5
SUCCESSFUL = State.SUCCESSFUL


class Happening(NamedTuple):
    """`seconds` are how long a started run has waited since it was due; of an attempt that ended, how long it took. `next_at`
    is when a retried run is due again, `trace` the `traceparent` it was enqueued with. Of a queue's own verbs `run_id` and
    `task` are empty."""

    verb: Verb
    run_id: str
    task: str
    queue: str
    attempt: int = 0
    seconds: float = 0.0
    error: str = ""
    next_at: float = 0.0
    trace: str | None = None


GOES_ON: dict[Ending, Verb] = {Ending.LOST: "reaped", Ending.INTERRUPTED: "interrupted", Ending.UNSTARTED: "returned"}
OVER: dict[State, Verb] = {
    State.SUCCESSFUL: "successful",
    State.DEAD: "dead",
    State.CANCELLED: "cancelled",
    State.SKIPPED: "skipped",
}

ENDS = frozenset(OVER.values())


def start_of(run: Claimed, now: float) -> Happening:
    """A worker has started a run."""
    wait = now - run.run_after
    return Happening("started", run.id, run.task, run.queue, run.attempt, wait if wait > 0 else 0.0, "", 0.0, run.trace)


def happening_of(outcome: Outcome) -> Happening:
    """What the end of an attempt is called."""
    run, final, ended = outcome.run, outcome.final, outcome.ended
    seconds = outcome.ended_at - outcome.started_at
    if final is SUCCESSFUL:
        return Happening("successful", run.id, run.task, run.queue, run.attempt, seconds, "", 0.0, run.trace)
    next_at = 0.0
    verb: Verb
    if final is not None:
        verb = OVER[final]
    elif outcome.expansion is not None:
        verb = "expanded"
    else:
        verb = GOES_ON.get(ended.ending, "retried")
        next_at = outcome.run_after if verb == "retried" else 0.0
    return Happening(verb, run.id, run.task, run.queue, run.attempt, seconds, ended.error or "", next_at, run.trace)


def report(connection: Connection, happenings: Sequence[Happening]) -> None:
    """Tell, once the transaction is durable, what the ledger itself has done in it."""
    if happenings:
        connection.after_commit(lambda: _emit(happenings))


def report_run(connection: Connection, verb: Verb, run_id: str, error: str = "") -> None:
    """The same of one run, as it stands in the ledger."""
    task, queue, attempt, trace = connection.row(RUN, (run_id, run_id)) or ("", "", 0, None)
    report(connection, [Happening(verb, run_id, task, queue, attempt, error=error, trace=trace)])


def _emit(happenings: Sequence[Happening]) -> None:
    from ostrov.core.application import current
    from ostrov.run.tasks.tasks import open_tasks

    try:
        application = current()
        telemetry = application.part(open_tasks).telemetry
    except OstrovError:
        return  # a ledger without an application: nobody listens
    for happening in happenings:
        telemetry.emit(happening)
    if over := [happening.run_id for happening in happenings if happening.verb in ENDS]:
        application.channel.publish(FINISHED, " ".join(over).encode())


Consumer = Callable[[Happening], None]


class Telemetry:
    """Hands every happening of this process to its consumers."""

    def __init__(self, channel: Callable[[], Channel]) -> None:
        self._pulse = Pulse(channel)
        self._consumers: list[Consumer] = [self._pulse]

    def listen(self, consumer: Consumer) -> None:
        """Call this for every happening, in the loop or the thread where it happens."""
        self._consumers.append(consumer)

    def emit(self, happening: Happening) -> None:
        """Tell the log and the consumers. One that fails is not to break what is told of: it is often called by a commit."""
        try:
            self._tell(happening)
        except Exception:
            log.exception("a listener failed at %s of run %s", happening.verb, happening.run_id)

    def _tell(self, happening: Happening) -> None:
        if happening.verb in LEVELS or log.isEnabledFor(logging.DEBUG):
            write_log(happening)
        for consumer in self._consumers:
            consumer(happening)

    def changed(self) -> None:
        """Something else than a run changed (its progress)."""
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
    """The consumer that logs: what goes well at DEBUG, what people do at INFO, failed attempts at WARNING, dead runs at ERROR.
    The record carries the happening's fields as `record.task_event` for those who write JSON."""
    level = LEVELS.get(happening.verb, logging.DEBUG)
    if log.isEnabledFor(level):
        verb, run_id, task, queue, attempt, seconds, error, next_at, trace = happening
        text = f"{verb} {task} {run_id}" if run_id else f"{verb} queue {queue}"
        text += f" attempt {attempt}" if attempt else f" in {queue}" if run_id else ""
        text += f" after {seconds:.3f} s" if seconds else ""
        text += f", again in {max(0.0, next_at - time.time()):.1f} s" if next_at else ""
        text += f", trace {trace[3:35]}" if trace else ""
        line = f": {error.splitlines()[0]}" if error else ""
        log.log(level, "%s%s", text, line, extra={"task_event": happening._asdict()})
