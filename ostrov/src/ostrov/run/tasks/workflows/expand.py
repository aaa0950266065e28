"""One attempt of a workflow's run: its body builds the graph."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ostrov.run.tasks.attempt import failed, prepare
from ostrov.run.tasks.claim import Claimed
from ostrov.run.tasks.outcome import Ended, Ending
from ostrov.run.tasks.tracing import traceparent_of
from ostrov.run.tasks.workflows.graph import BadWorkflow
from ostrov.run.tasks.workflows.steps import Expansion, expansion

if TYPE_CHECKING:
    from ostrov.run.tasks.context import TaskContext
    from ostrov.run.tasks.task import Task


def expand(
    task: Task[Any, Any], run: Claimed, context: TaskContext, registry: Mapping[str, Task[Any, Any]]
) -> tuple[Ended, Expansion | None]:
    """Call the body of a workflow; how that ended, and the graph when it did well."""
    prepared = prepare(task, run.arguments, context)
    if isinstance(prepared, Ended):
        return prepared, None

    def find(name: str) -> Task[Any, Any]:
        if name not in registry:
            raise BadWorkflow(f"the task {name} is in no component's `tasks`", tip="list it there, or its module")
        return registry[name]

    try:
        graph = task.graph(**prepared)  # type: ignore[attr-defined]
        made = expansion(graph, run.id, find, time.time(), traceparent_of(run.id, run.trace))
    except Exception as problem:
        return failed(task, problem), None
    return Ended(Ending.SUCCESSFUL), made._replace(backoff=task.options.backoff)
