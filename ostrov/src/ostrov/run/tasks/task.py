"""`@task`: a function that can be called later, by a worker."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from ostrov.core.application import Ostrov, current
from ostrov.core.trace import current as current_trace
from ostrov.run.tasks.backoff import Backoff, Kind
from ostrov.run.tasks.context import TaskContext, running
from ostrov.run.tasks.duration import Duration, seconds
from ostrov.run.tasks.errors import NotATask, TaskError
from ostrov.run.tasks.identifier import new_id, new_ids
from ostrov.run.tasks.limits import NO_LIMITS, limits
from ostrov.run.tasks.options import DEFAULT_QUEUE as DEFAULT_QUEUE
from ostrov.run.tasks.options import TaskOptions as TaskOptions
from ostrov.run.tasks.placement import Placement
from ostrov.run.tasks.run import NewRun, Run
from ostrov.run.tasks.terms import encoded, verify
from ostrov.run.tasks.workflows.build import Step, building

if TYPE_CHECKING:
    from ostrov.core.store import Connection
    from ostrov.run.tasks.codec import Codec

P = ParamSpec("P")
R = TypeVar("R")


class Enqueuer(Generic[P, R]):
    """A task with a placement: the four ways to enqueue it."""

    def __init__(self, task: Task[P, R], placement: Placement) -> None:
        self._task = task
        self._placement = placement

    def using(self, **options: Any) -> Enqueuer[P, R]:
        """The same task with some of its runs' options changed: see `Placement` for the words."""
        placement, declared = self._placement.changed(options), self._task.options
        verify(declared.name, placement.soft_timeout, declared.timeout, placement.keep_result)
        return Enqueuer(self._task, placement)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The plain function; in the body of a workflow, a step of it."""
        builder = building.get()
        if builder is not None:
            return builder.call(self._task, self._placement, args, kwargs)
        return self._task.function(*args, **kwargs)

    def map(self, items: Any, **others: Any) -> Step:
        """In the body of a workflow: a step that runs the task once for each item of another step's result. The items go to
        the first parameter that `others` leave free; the step's result is the list of the results."""
        builder = building.get()
        if builder is None:
            raise TaskError(f"{self._task.name}.map() stands outside of a workflow's body", tip="use enqueue_many")
        return builder.map(self._task, self._placement, items, others)

    async def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> Run[R]:
        """Add a run to the ledger; back when it is durable. Raises Refused for arguments that cannot be carried."""
        from ostrov.run.tasks.tasks import insert

        application = _application()
        run = self._new(application, new_id(), args, kwargs)
        return self._handle(application, await application.store.write(insert, application, run))

    def enqueue_sync(self, *args: P.args, **kwargs: P.kwargs) -> Run[R]:
        """The same from a thread or a program without an event loop."""
        from ostrov.run.tasks.tasks import insert

        application = _application()
        run = self._new(application, new_id(), args, kwargs)
        return self._handle(application, application.store.write_sync(insert, application, run))

    def enqueue_in(self, connection: Connection, *args: P.args, **kwargs: P.kwargs) -> Run[R]:
        """Add a run in the caller's own transaction: it is there when that commits, and never when it does not."""
        from ostrov.run.tasks.tasks import insert

        application = _application()
        run = self._new(application, new_id(), args, kwargs)
        return self._handle(application, insert(connection, application, run))

    async def enqueue_many(self, arguments: Iterable[Mapping[str, Any]]) -> list[Run[R]]:
        """Add a run for each mapping of arguments, all in one transaction or none."""
        from ostrov.run.tasks.tasks import insert_many

        application = _application()
        runs = self._new_many(application, arguments)
        written = await application.store.write(insert_many, application, runs)
        return [self._handle(application, row) for row in written]

    def enqueue_many_sync(self, arguments: Iterable[Mapping[str, Any]]) -> list[Run[R]]:
        """The same from a thread or a program without an event loop."""
        from ostrov.run.tasks.tasks import insert_many

        application = _application()
        runs = self._new_many(application, arguments)
        return [self._handle(application, row) for row in application.store.write_sync(insert_many, application, runs)]

    def enqueue_many_in(self, connection: Connection, arguments: Iterable[Mapping[str, Any]]) -> list[Run[R]]:
        """The same in the caller's own transaction."""
        from ostrov.run.tasks.tasks import insert_many

        application = _application()
        runs = self._new_many(application, arguments)
        return [self._handle(application, row) for row in insert_many(connection, application, runs)]

    def _handle(self, application: Ostrov, row: tuple[str, str, bool]) -> Run[R]:
        return Run(application, self._task, *row)

    def _new_many(self, application: Ostrov, arguments: Iterable[Mapping[str, Any]]) -> list[NewRun]:
        calls = list(arguments)
        return [self._new(application, made, (), call) for made, call in zip(new_ids(len(calls)), calls, strict=True)]

    def _new(self, application: Ostrov, run_id: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> NewRun:
        task, placement = self._task, self._placement
        options = task.options
        now = time.time()
        due = placement.due(now)
        parent, traced = running.get(), current_trace.get()
        arguments = task.codec.encode(args, kwargs, application.settings.tasks.largest)
        task.verify(arguments)
        return NewRun(
            run_id,
            options.name,
            options.queue if placement.queue is None else placement.queue,
            options.priority if placement.priority is None else placement.priority,
            "ready" if due <= now else "scheduled",
            arguments,
            now,
            due,
            1 + (options.retries if placement.retries is None else placement.retries),
            placement.dedupe_key,
            placement.lock_key,
            None if parent is None else parent.run_id,
            kind=options.kind,
            version=options.version,
            limit_key=None if options.limits is NO_LIMITS else task.codec.limit_key(options.limits, args, kwargs),
            trace=None if traced is None else traced.traceparent,
            plan=encoded(placement),
        )


class Task(Enqueuer[P, R]):
    """A function that workers can call. Called directly it is that function."""

    def __init__(self, function: Callable[..., Any], options: TaskOptions) -> None:
        super().__init__(self, Placement())
        self.function = function
        self.options = options
        self.is_async = inspect.iscoroutinefunction(function)
        self.__doc__ = function.__doc__
        self.__name__ = getattr(function, "__name__", options.name)
        self.__module__ = function.__module__
        self.__wrapped__ = function
        verify(options.name, options.soft_timeout, options.timeout, options.keep_result)
        if options.retries < 0:
            raise NotATask(f"task {options.name}: retries={options.retries} is not a number of times", tip="0 tries it once")
        if options.cron is not None or options.every is not None:
            from ostrov.run.tasks.rule import rule_of

            rule_of(options, "UTC")  # where the line stands, and not when its first tick should come
        if options.process and self.is_async:
            raise NotATask(f"task {options.name}: process=True is for functions that are not async")

    def __repr__(self) -> str:
        return f"<Task {self.name}>"

    @property
    def name(self) -> str:
        """The name the ledger knows it by."""
        return self.options.name

    def verify(self, arguments: str) -> None:
        """Look at encoded arguments before they are enqueued: a workflow builds its graph from them."""

    @cached_property
    def codec(self) -> Codec:
        """How its arguments and results are carried; compiled at first use."""
        from ostrov.run.tasks.codec import Codec

        return Codec(self.name, self.function)


class TaskDecorator(Protocol):
    """`@task(…)`: a first parameter annotated TaskContext is not an argument."""

    @overload
    def __call__(self, function: Callable[Concatenate[TaskContext, P], Coroutine[Any, Any, R]], /) -> Task[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, Coroutine[Any, Any, R]], /) -> Task[P, R]: ...
    @overload
    def __call__(self, function: Callable[Concatenate[TaskContext, P], R], /) -> Task[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, R], /) -> Task[P, R]: ...


@overload
def task(function: Callable[Concatenate[TaskContext, P], Coroutine[Any, Any, R]], /) -> Task[P, R]: ...
@overload
def task(function: Callable[P, Coroutine[Any, Any, R]], /) -> Task[P, R]: ...
@overload
def task(function: Callable[Concatenate[TaskContext, P], R], /) -> Task[P, R]: ...
@overload
def task(function: Callable[P, R], /) -> Task[P, R]: ...
@overload
def task(
    *,
    name: str = "",
    queue: str = DEFAULT_QUEUE,
    priority: int = 0,
    retries: int = 0,
    backoff: Kind | Backoff = "exponential",
    retry_on: type[BaseException] | tuple[type[BaseException], ...] = (Exception,),
    timeout: Duration | None = None,
    soft_timeout: Duration | None = None,
    keep_result: Duration | None = None,
    process: bool = False,
    every: Duration | None = None,
    cron: str | None = None,
    timezone: str | None = None,
    misfire: str = "once",
    overlap: bool = False,
    concurrency: int | None = None,
    rate: str | None = None,
    limit_by: str | None = None,
) -> TaskDecorator: ...


def task(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str = "",
    queue: str = DEFAULT_QUEUE,
    priority: int = 0,
    retries: int = 0,
    backoff: Kind | Backoff = "exponential",
    retry_on: type[BaseException] | tuple[type[BaseException], ...] = (Exception,),
    timeout: Duration | None = None,
    soft_timeout: Duration | None = None,
    keep_result: Duration | None = None,
    process: bool = False,
    every: Duration | None = None,
    cron: str | None = None,
    timezone: str | None = None,
    misfire: str = "once",
    overlap: bool = False,
    concurrency: int | None = None,
    rate: str | None = None,
    limit_by: str | None = None,
) -> Any:
    """Make a function a task: async functions run on the worker's loop, others in a thread, `process=True` in a process.

    `name` is what the ledger keeps (the dotted path by default: set it to be free to move the function). `priority`: higher
    first. A failed run is tried `retries` times more, when the error is one of `retry_on`, after a `backoff`. `timeout` bounds
    one attempt; at `soft_timeout`, before it, SoftTimeout is raised in the task, which can clean up. The result is kept for
    `keep_result`, as long as the run's history by default; 0 keeps none. `every` ("10 minutes") or `cron` ("30 10 * * *", in
    `timezone`) also runs it by the clock, without arguments; `misfire` says what becomes of ticks that nobody was there for:
    `once` runs the last of them, `skip` none; `overlap` lets a tick start while the run of the one before is not over. At most
    `concurrency` runs go at a time over all workers, and at most `rate` ("10/minute", "5 per 2 hours") start; with `limit_by`,
    the name of a parameter, so many for each of its values.
    """

    def decorate(decorated: Callable[..., Any]) -> Task[Any, Any]:
        options = TaskOptions(
            name=name or f"{decorated.__module__}.{decorated.__qualname__}",
            queue=queue,
            priority=priority,
            retries=retries,
            backoff=backoff if isinstance(backoff, Backoff) else Backoff(backoff),
            retry_on=retry_on if isinstance(retry_on, tuple) else (retry_on,),
            timeout=None if timeout is None else seconds(timeout),
            soft_timeout=None if soft_timeout is None else seconds(soft_timeout),
            keep_result=None if keep_result is None else seconds(keep_result),
            process=process,
            every=None if every is None else seconds(every),
            cron=cron,
            timezone=timezone,
            misfire=misfire,
            overlap=overlap,
            limits=limits(concurrency, rate, limit_by),
        )
        return Task(decorated, options)

    return decorate if function is None else decorate(function)


def _application() -> Ostrov:
    context = running.get()
    return current() if context is None else context.application
