"""The `tasks` section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from ostrov.core.settings.declared import Secret

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

Positive = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]


def check_zone(name: str) -> None:
    """Raises ValueError for a time zone that there is not, with the nearest name there is."""
    if name == "UTC":
        return
    from zoneinfo import ZoneInfo, available_timezones

    from ostrov.core.settings.unknown import close_name

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a folder of zones an OSError
        near = close_name(name, sorted(available_timezones()))
        hint = f"did you mean {near}?" if near else "the names are those of the tz database, such as Europe/Berlin"
        raise ValueError(f"there is no time zone {name!r}: {hint}") from None


TimeZone = Annotated[str, msgspec.Meta(extra={"check": check_zone})]


class TasksSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How tasks are run. Times are seconds, ages are days."""

    engine: Literal["embedded", "procrastinate", "taskiq", "celery"] = "embedded"
    """embedded: the ledger itself is the queue. Others bring runs to workers over a broker; `pip install 'ostrov[NAME]'`."""
    broker: Secret = ""
    """The address of the broker: postgresql:// for procrastinate (empty: the project's own database), nats:// for taskiq, amqp://
    (RabbitMQ) or redis:// for celery."""
    queues: list[str] = []
    """The queues this project's workers serve; empty for all of them."""
    workers: Positive = 1
    """Worker processes, each with slots, threads and task processes of its own."""
    slots: Positive = 100
    """Runs that one worker has in hand at a time; with slots_min, at most."""
    slots_min: Annotated[int, msgspec.Meta(ge=0)] = 0
    """The slots a worker begins with and comes down to. It uses more, up to `slots`, while runs wait and its loop and the
    processors have room. 0: it uses all of `slots`, always."""
    threads: Positive = 8
    """Threads of one worker for tasks that are not async."""
    processes: Positive = 2
    """Processes of one worker for tasks with `process=True`; started when the first is needed."""
    synchronous: Literal["OFF", "NORMAL", "FULL"] = "NORMAL"
    """How workers write starts and results. After a power cut NORMAL may run a finished task again, never lose one."""
    poll: Seconds = 1.0
    """How often a worker looks for runs that nobody rang the bell for."""
    lease: Seconds = 30.0
    """A worker silent for this long has lost its runs. A dead process on the same machine is noticed within 2 seconds."""
    losses: Positive = 5
    """A run whose worker died this many times is not tried again."""
    drain: Seconds = 8.0
    """How long a stopping worker waits for its running tasks before they are interrupted and given back."""
    keep: Seconds = 14.0
    """Days that finished runs are kept."""
    keep_dead: Seconds = 90.0
    """Days that dead runs are kept."""
    largest: Positive = 1024 * 1024
    """Bytes that the arguments or the result of a run may have."""
    log_lines: Annotated[int, msgspec.Meta(ge=0)] = 200
    """Log records that are kept of one attempt: so many of the first, and as many of the last."""
    timezone: TimeZone = "UTC"
    """The time zone of schedules that name none."""

    def __post_init__(self) -> None:
        if self.slots_min > self.slots:
            raise ValueError(f"tasks.slots_min is {self.slots_min}, and more than the {self.slots} of tasks.slots")


def instances(application: Ostrov) -> int:
    """How many worker processes there are."""
    return int(application.settings.tasks.workers)
