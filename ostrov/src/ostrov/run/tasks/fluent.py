"""The words of the `schedule` library, durably: `from ostrov import schedule` is the only line that changes.

Each line `every().day.at("10:30").do(job)` becomes a row among the ledger's schedules, and its ticks become runs. Where the
module is one of a component's `tasks`, the scheduler and the workers of `ostrov up` do all that, and a loop around
`run_pending()` ends the module's declarations. Run as a program, `run_pending()` makes runs of the ticks that are due and runs
them, here, as the library does.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from ostrov.run.tasks.context import running
from ostrov.run.tasks.errors import ScheduleError
from ostrov.run.tasks.job import Job
from ostrov.run.tasks.task import Task, task

F = TypeVar("F", bound=Callable[..., Any])
_importing: ContextVar[bool] = ContextVar("ostrov_importing_declarations", default=False)


class Board:
    """The lines of this process, in the order in which they were ended by `do`."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self._tasks: dict[str, Task[Any, Any]] = {}
        self._homes: dict[str, dict[str, Any]] = {}

    def add(self, job: Job, home: dict[str, Any]) -> None:
        """A line that stands in the module with these globals. The lines of a module that is imported anew replace the old."""
        assert job.task is not None
        name = str(home.get("__name__", ""))
        if self._homes.setdefault(name, home) is not home:
            self._homes[name] = home
            self.jobs = [one for one in self.jobs if one.home != name]
        job.home = name
        arguments = "" if job.arguments == "{}" else f" {job.arguments}"
        key = f"{job.task.name}{arguments if len(arguments) < 80 else arguments[:79] + '…'} {job.words}"
        again = sum(one.key == key or one.key.startswith(f"{key} #") for one in self.jobs)
        job.key = f"{key} #{again + 1}" if again else key
        self.jobs.append(job)

    def task_of(self, function: Callable[..., Any]) -> Task[Any, Any]:
        """The task of a function at the top of a module. Raises ScheduleError for what no other process could find."""
        if isinstance(function, Task):
            return function
        if isinstance(function, partial):
            raise ScheduleError("a partial cannot be scheduled durably", tip="write do(function, its, arguments)")
        name = getattr(function, "__qualname__", "")
        if not inspect.isfunction(function) or "<" in name or "." in name:
            raise ScheduleError(
                f"{function!r} cannot be scheduled durably: a later process could not find it by its name",
                tip="make it a function at the top of a module, and pass what it needs as arguments: do(job, 1, to='ann')",
            )
        full = f"{_home(function.__module__)}.{name}"
        known = self._tasks.get(full)
        if known is None or known.function is not function:
            known = self._tasks[full] = task(name=full)(function)
        return known

    def strike(self, jobs: list[Job]) -> None:
        """Take lines off, here and in the ledger; code that is started anew declares them again."""
        gone = {job.key for job in jobs}
        self.jobs = [job for job in self.jobs if job.key not in gone]
        if gone and not _importing.get():
            from ostrov.run.tasks.pending import strike

            strike(gone)


BOARD = Board()


def every(interval: int = 1) -> Job:
    """Begin a line: `every(10).minutes`, `every().monday.at("13:15")`."""
    return Job(BOARD, interval)


def repeat(job: Job, *args: Any, **kwargs: Any) -> Callable[[F], F]:
    """The same as a decorator: `@repeat(every().day.at("10:30"))`. The function stays what it is."""

    def decorate(function: F) -> F:
        job.end(BOARD.task_of(function), args, kwargs, sys._getframe(1).f_globals)
        return function

    return decorate


def run_pending() -> None:
    """Run what is due, here, unless workers do; within a task it does nothing."""
    _end_declarations()
    if running.get() is None:
        from ostrov.run.tasks.pending import run_pending as go

        go()


def run_all(delay_seconds: int = 0) -> None:
    """Enqueue a run of every line now, each so many seconds after the one before."""
    if not _importing.get():
        from ostrov.run.tasks.pending import run_all as go

        go(delay_seconds)


def get_jobs(tag: Hashable | None = None) -> list[Job]:
    """The lines of this process, or those with a tag."""
    return [job for job in BOARD.jobs if tag is None or tag in job.tags]


def clear(tag: Hashable | None = None) -> None:
    """Take off all lines of this process, or those with a tag."""
    BOARD.strike(get_jobs(tag))


def cancel_job(job: Job) -> None:
    """Take one line off."""
    BOARD.strike([job])


def next_run(tag: Hashable | None = None) -> datetime | None:
    """When a line ticks next, in this machine's time without a zone as the library has it; None when none does."""
    _end_declarations()
    from ostrov.run.tasks.pending import next_tick

    tick = next_tick({job.key for job in get_jobs(tag)})
    return None if tick is None else datetime.fromtimestamp(tick)


def idle_seconds() -> float | None:
    """Seconds until a line ticks next."""
    following = next_run()
    return None if following is None else (following - datetime.now()).total_seconds()


class DeclarationsEnd(BaseException):
    """Raised by a loop around `run_pending` in a module that is imported for its declarations. Holds the module."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__("run_pending() was called while the module is imported by Ostrov")
        self.module = module


def import_declarations(name: str) -> ModuleType:
    """Import a module of tasks; one that ends in a loop around `run_pending` is complete where that loop begins."""
    token = _importing.set(True)
    try:
        return import_module(name)
    except DeclarationsEnd as end:
        if end.module.__name__ != name:
            raise ScheduleError(
                f"importing {name} came to the loop around run_pending() in {end.module.__name__}",
                tip=f"name {end.module.__name__} in the component's tasks too, before {name}",
            ) from None
        sys.modules[name] = end.module
        return end.module
    finally:
        _importing.reset(token)


def _end_declarations() -> None:
    if _importing.get():
        frame = sys._getframe(1)
        while frame.f_globals is globals() and frame.f_back is not None:
            frame = frame.f_back
        raise DeclarationsEnd(sys.modules[frame.f_globals["__name__"]])


def _home(module: str) -> str:
    """The name under which others import a module that is run as a program."""
    if module != "__main__":
        return module
    main = sys.modules["__main__"]
    spec, file = getattr(main, "__spec__", None), getattr(main, "__file__", None)
    return spec.name if spec is not None else Path(file).stem if file else module
