"""What a task may know of the run it is."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.run.tasks.logs import RunLog


class Progress(msgspec.Struct, frozen=True):
    """How far a run is: a share from 0 to 1, a text, or both."""

    done: float | None = None
    text: str = ""


class TaskContext:
    """A task that has a parameter annotated `TaskContext` receives one.

    `key` is `run_id:attempt`: hand it to other systems as an idempotency key, for a run whose worker died is run again.
    """

    __slots__ = ("application", "attempt", "cancel_requested", "log", "queue", "run_id", "shown", "task")

    def __init__(
        self, application: Ostrov, run_id: str, attempt: int, task: str, queue: str, log: RunLog | None = None
    ) -> None:
        self.application = application
        self.run_id = run_id
        self.attempt = attempt
        self.task = task
        self.queue = queue
        self.log = log
        self.shown: Progress | None = None
        """The last progress that was told; the worker writes it down from time to time."""
        self.cancel_requested = False
        """Set when the run is cancelled, out of time or interrupted; a task in a thread looks at it and returns."""

    @property
    def key(self) -> str:
        """`run_id:attempt`."""
        return f"{self.run_id}:{self.attempt}"

    @property
    def shown_text(self) -> str | None:
        """The last progress as the ledger keeps it."""
        return None if self.shown is None else msgspec.json.encode(self.shown).decode()

    def progress(self, done: float | None = None, text: str = "") -> None:
        """Show how far the run is on its page. Call it as often as you like."""
        self.shown = Progress(done, text)


running: ContextVar[TaskContext | None] = ContextVar("ostrov_running_task", default=None)
"""The run that the current code belongs to."""
