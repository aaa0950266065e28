"""What the decorator says of a task."""

from __future__ import annotations

from dataclasses import dataclass, field

from ostrov.run.tasks.backoff import Backoff
from ostrov.run.tasks.limits import NO_LIMITS, Limits

DEFAULT_QUEUE = "default"


@dataclass(frozen=True, kw_only=True)
class TaskOptions:
    """What the decorator says of a task. Times are seconds."""

    name: str
    queue: str = DEFAULT_QUEUE
    priority: int = 0
    retries: int = 0
    backoff: Backoff = field(default_factory=Backoff)
    retry_on: tuple[type[BaseException], ...] = (Exception,)
    timeout: float | None = None
    soft_timeout: float | None = None
    keep_result: float | None = None
    process: bool = False
    every: float | None = None
    cron: str | None = None
    timezone: str | None = None
    misfire: str = "once"
    overlap: bool = False
    limits: Limits = NO_LIMITS
    kind: str | None = None
    version: str | None = None
