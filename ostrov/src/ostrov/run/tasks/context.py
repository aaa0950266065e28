"""What a task may know of the run it is."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

import msgspec

from ostrov.core.trace import current
from ostrov.run.tasks.tracing import trace_id_of, traceparent_of

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

    __slots__ = (
        *("_traceparent", "application", "attempt", "cancel_requested", "log", "queue", "run_id", "shown", "stored", "task"),
    )

    def __init__(
        self,
        application: Ostrov,
        run_id: str,
        attempt: int,
        task: str,
        queue: str,
        log: RunLog | None = None,
        stored: str | None = None,
    ) -> None:
        self.application = application
        self.run_id = run_id
        self.attempt = attempt
        self.task = task
        self.queue = queue
        self.log = log
        self.stored = stored
        """The `traceparent` that the run was enqueued with."""
        self._traceparent = ""
        self.shown: Progress | None = None
        """The last progress that was told; the worker writes it down from time to time."""
        self.cancel_requested = False
        """Set when the run is cancelled, out of time or interrupted; a task in a thread looks at it and returns."""

    @property
    def key(self) -> str:
        """`run_id:attempt`."""
        return f"{self.run_id}:{self.attempt}"

    @property
    def traceparent(self) -> str:
        """The W3C `traceparent` of this run, to be sent along with calls to other services."""
        if not self._traceparent:
            self._traceparent = traceparent_of(self.run_id, self.stored)
        return self._traceparent

    @property
    def trace_id(self) -> str:
        """The id of the trace that this run belongs to: 32 hexadecimal digits."""
        return trace_id_of(self.run_id, self.stored)

    @property
    def shown_text(self) -> str | None:
        """The last progress as the ledger keeps it."""
        return None if self.shown is None else msgspec.json.encode(self.shown).decode()

    def progress(self, done: float | None = None, text: str = "") -> None:
        """Show how far the run is on its page. Call it as often as you like."""
        self.shown = Progress(done, text)


running: ContextVar[TaskContext | None] = ContextVar("ostrov_running_task", default=None)
"""The run that the current code belongs to."""


def enter(context: TaskContext | None) -> None:
    """From here on the current code belongs to this run and its trace, or to none."""
    running.set(context)
    current.set(context)
