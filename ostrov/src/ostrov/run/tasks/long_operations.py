"""Long operations are tasks: whoever asks for one in a browser or a chat is answered at once, and a worker performs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ostrov.core.operations.operations import open_operations
from ostrov.core.store import Connection
from ostrov.run.tasks.context import TaskContext
from ostrov.run.tasks.task import task

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov


@task(name="ostrov.operation")
async def perform(context: TaskContext, run: int) -> str:
    """Perform a queued run of an operation. It is never performed twice: one whose worker died is closed as failed."""
    outcome = await context.application.part(open_operations).execute(run)
    return f"{outcome.operation} {outcome.state}"


def later(application: Ostrov) -> Callable[[Connection, int], None]:
    """How the operations of an application are put in the queue: in the transaction that records the run."""

    def enqueue(connection: Connection, run: int) -> None:
        perform.enqueue_in(connection, run)

    return enqueue
