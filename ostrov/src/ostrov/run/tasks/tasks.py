"""The tasks of an application: which there are, and the engine that brings their runs to workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import NotFound, ProjectError
from ostrov.run.tasks import ledger
from ostrov.run.tasks.engine import Engine
from ostrov.run.tasks.engines.choice import engine_of
from ostrov.run.tasks.fluent import BOARD, import_declarations
from ostrov.run.tasks.metrics import Metrics
from ostrov.run.tasks.run import NewRun, State
from ostrov.run.tasks.task import Task
from ostrov.run.tasks.telemetry import Happening, Telemetry, report

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store import Connection
    from ostrov.run.tasks.job import Job


class Tasks:
    """The part of an application that knows its tasks."""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.engine: Engine = engine_of(application)
        self.telemetry = Telemetry(lambda: application.channel)
        self.metrics = Metrics(application)
        self.telemetry.listen(self.metrics)
        self.jobs: list[Job] = []
        """The lines in the words of `schedule` that stand in the modules of its tasks, once `registry` was asked for."""

    @cached_property
    def registry(self) -> dict[str, Task[Any, Any]]:
        """Every task of every component by name; imports their modules. Raises ProjectError for two of one name."""
        found: dict[str, Task[Any, Any]] = {}
        homes = set()
        for component in self.application.components.values():
            for entry in component.tasks:
                homes.add(entry.partition(":")[0] if isinstance(entry, str) else getattr(entry, "__module__", ""))
                for task in _tasks_of(entry):
                    _add(found, task)
        self.jobs = [job for job in BOARD.jobs if job.home in homes]
        for job in self.jobs:
            assert job.task is not None
            _add(found, job.task)
        return found

    def get(self, name: str) -> Task[Any, Any]:
        """A task by name. Raises NotFound."""
        try:
            return self.registry[name]
        except KeyError:
            raise NotFound(
                f"there is no task {name!r}", tip="it was removed or renamed, or its module is in no component's `tasks`"
            ) from None

    def enqueued(self, runs: Sequence[NewRun], enlisted: bool = False) -> None:
        """These runs are in the ledger: wake the workers, unless the engine was told in the same transaction."""
        self.engine.announce([run for run in runs if run.state != State.READY] if enlisted else runs)
        for run in runs:
            self.telemetry.emit(Happening("enqueued", run.id, run.task, run.queue, 0, 0.0, "", 0.0, run.trace))

    def close(self) -> None:
        """Leave the engine."""
        self.engine.close()
        self.telemetry.close()


def open_tasks(application: Ostrov) -> Tasks:
    """The tasks of an application, closed with it."""
    tasks = Tasks(application)
    application.on_close(tasks.close)
    return tasks


def insert(connection: Connection, application: Ostrov, run: NewRun) -> tuple[str, str, bool]:
    """Add a run and wake the workers once it is committed."""
    written = ledger.insert(connection, run)
    if written[2]:
        tasks = application.part(open_tasks)
        enlisted = tasks.engine.enlist(connection, (run,))
        connection.after_commit(lambda: tasks.enqueued((run,), enlisted))
    else:
        report(connection, [Happening("deduplicated", written[0], run.task, run.queue)])
    return written


def insert_many(connection: Connection, application: Ostrov, runs: Sequence[NewRun]) -> list[tuple[str, str, bool]]:
    """Add many runs and wake the workers once they are committed."""
    written = ledger.insert_many(connection, runs)
    tasks = application.part(open_tasks)
    new = [run for run, (_, _, created) in zip(runs, written, strict=True) if created]
    held = [(run, run_id) for run, (run_id, _, created) in zip(runs, written, strict=True) if not created]
    report(connection, [Happening("deduplicated", run_id, run.task, run.queue) for run, run_id in held])
    enlisted = tasks.engine.enlist(connection, new)
    connection.after_commit(lambda: tasks.enqueued(new, enlisted))
    return written


def _add(found: dict[str, Task[Any, Any]], task: Task[Any, Any]) -> None:
    if found.setdefault(task.name, task) is not task:
        raise ProjectError(f"two tasks are called {task.name}", tip="give one of them another name")


def _tasks_of(entry: Any) -> Iterator[Task[Any, Any]]:
    if isinstance(entry, Task):
        yield entry
        return
    from ostrov.core.reference import load

    if isinstance(entry, str) and ":" in entry:
        yield from _tasks_of(load(entry))
    elif isinstance(entry, str):
        try:
            module = import_declarations(entry)
        except ModuleNotFoundError as problem:
            raise ProjectError(f"cannot load the tasks of {entry}", cause=str(problem)) from problem
        yield from {id(found): found for found in vars(module).values() if isinstance(found, Task)}.values()
    else:
        raise ProjectError(f"{entry!r} in a component's `tasks` is neither a task nor a module")
