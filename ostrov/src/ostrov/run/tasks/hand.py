"""A run in hand: one that this worker has started and not written back yet."""

from __future__ import annotations

import asyncio
from typing import Any

from ostrov.run.tasks.claim import Claimed
from ostrov.run.tasks.context import Progress, TaskContext
from ostrov.run.tasks.outcome import Ending
from ostrov.run.tasks.task import Task


class Hand:
    """`stop` is why the run was told to stop; `over` is set when its outcome is known, whatever its function still does."""

    __slots__ = (
        *("context", "done", "job", "left", "over", "run", "soft", "soft_timer", "softened", "started_at", "stop", "task"),
        *("thread", "timer", "unwanted", "written"),
    )

    def __init__(self, run: Claimed, task: Task[Any, Any], context: TaskContext) -> None:
        self.run = run
        self.task = task
        self.context = context
        self.started_at = 0.0
        self.stop: Ending | None = None
        self.over = False
        self.unwanted = False
        """The run is another worker's by now: its outcome is dropped."""
        self.done = False
        """Its thread has come back from the function."""
        self.left = False
        """Its thread was left behind."""
        self.soft: float | None = None
        """Seconds after which SoftTimeout is raised in it."""
        self.softened = False
        """SoftTimeout was raised, or is about to be."""
        self.soft_timer: asyncio.TimerHandle | None = None
        self.thread = 0
        """The identifier of its thread, once that has begun."""
        self.job: asyncio.Task[None] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.written: Progress | None = None
        """The progress that the ledger knows."""
