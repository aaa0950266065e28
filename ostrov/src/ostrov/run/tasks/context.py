"""What a task may know of the run it is."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov


class TaskContext:
    """A task that has a parameter annotated `TaskContext` receives one.

    `key` is `run_id:attempt`: hand it to other systems as an idempotency key, for a run whose worker died is run again.
    """

    __slots__ = ("_progress", "application", "attempt", "cancel_requested", "queue", "run_id", "task")

    def __init__(
        self,
        application: Ostrov,
        run_id: str,
        attempt: int,
        task: str,
        queue: str,
        progress: Callable[[float | None, str], None] | None = None,
    ) -> None:
        self.application = application
        self.run_id = run_id
        self.attempt = attempt
        self.task = task
        self.queue = queue
        self.cancel_requested = False
        """Set when the run is cancelled or out of time; a task in a thread looks at it and returns."""
        self._progress = progress

    @property
    def key(self) -> str:
        """`run_id:attempt`."""
        return f"{self.run_id}:{self.attempt}"

    def progress(self, done: float | None = None, text: str = "") -> None:
        """Show how far the run is on its page: a share from 0 to 1, a text, or both. Call it as often as you like."""
        if self._progress is not None:
            self._progress(done, text)


running: ContextVar[TaskContext | None] = ContextVar("ostrov_running_task", default=None)
"""The run that the current code belongs to."""
