"""`@workflow`: a function whose body builds a graph of tasks, once for each run.

A workflow is a task: it is enqueued, scheduled, deduplicated and shown like one. Its run builds the graph and then waits for
its steps in the ledger, where it holds no worker's slot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, overload

from ostrov.run.tasks.backoff import Backoff, Kind
from ostrov.run.tasks.duration import Duration, seconds
from ostrov.run.tasks.errors import NotATask
from ostrov.run.tasks.task import DEFAULT_QUEUE, Task, TaskOptions
from ostrov.run.tasks.workflows.build import Builder, building
from ostrov.run.tasks.workflows.graph import Graph

P = ParamSpec("P")
R = TypeVar("R")


class Workflow(Task[P, R]):
    """A function that builds a graph."""

    def __init__(self, function: Callable[..., Any], options: TaskOptions) -> None:
        super().__init__(function, options)
        if self.is_async:
            raise NotATask(f"workflow {options.name}: its body builds a graph and is not async")

    def graph(self, *args: Any, **kwargs: Any) -> Graph:
        """The graph that a call with these arguments builds; nothing is run. Raises BadWorkflow, and Refused for arguments of
        steps that cannot be carried."""
        builder = Builder(self.name, self.options.version or "")
        token = building.set(builder)
        try:
            returned = self.function(*args, **kwargs)
        finally:
            building.reset(token)
        return builder.finish(returned)

    def verify(self, arguments: str) -> None:
        """Build the graph once where the run is asked for: what is wrong with it is said there, and nothing is enqueued."""
        self.graph(**self.codec.decode(arguments))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if building.get() is None:
            raise NotATask(f"workflow {self.name} is not run by calling it", tip="enqueue it, or look at its .graph()")
        return super().__call__(*args, **kwargs)


@overload
def workflow(function: Callable[P, R], /) -> Workflow[P, Any]: ...
@overload
def workflow(
    *,
    name: str = "",
    version: str = "",
    schedule: str | None = None,
    every: Duration | None = None,
    timezone: str | None = None,
    queue: str = DEFAULT_QUEUE,
    priority: int = 0,
    retries: int = 0,
    backoff: Kind | Backoff = "exponential",
    misfire: str = "once",
    overlap: bool = False,
) -> Callable[[Callable[P, R]], Workflow[P, Any]]: ...


def workflow(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str = "",
    version: str = "",
    schedule: str | None = None,
    every: Duration | None = None,
    timezone: str | None = None,
    queue: str = DEFAULT_QUEUE,
    priority: int = 0,
    retries: int = 0,
    backoff: Kind | Backoff = "exponential",
    misfire: str = "once",
    overlap: bool = False,
) -> Any:
    """Make a function a workflow. In its body a call of a task is a step, and what it gives can be handed to other steps.

    `version` is shown with each run; runs keep the graph they were built with, so versions go side by side. `schedule` is a
    cron expression or `@daily` and the like, `every` a length of time; both run it without arguments. A workflow that fails has
    the steps that failed run again up to `retries` times, after a `backoff`, with what follows from them.
    """

    def decorate(decorated: Callable[..., Any]) -> Workflow[Any, Any]:
        options = TaskOptions(
            name=name or f"{decorated.__module__}.{decorated.__qualname__}",
            queue=queue,
            priority=priority,
            retries=retries,
            backoff=backoff if isinstance(backoff, Backoff) else Backoff(backoff),
            cron=schedule,
            every=None if every is None else seconds(every),
            timezone=timezone,
            misfire=misfire,
            overlap=overlap,
            kind="workflow",
            version=version or None,
        )
        return Workflow(decorated, options)

    return decorate if function is None else decorate(function)
