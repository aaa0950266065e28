"""A child of a worker, `python -m ostrov.run.tasks.process FD PARENT`: runs the tasks it is told, one at a time."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.core.application import Ostrov
from ostrov.core.project import open_project
from ostrov.core.settings.declared import declared
from ostrov.core.settings.schema import settings_type
from ostrov.core.settings.tree import SettingsTree
from ostrov.core.supervisor.orphans import die_with_parent
from ostrov.core.trace import log_with_traces
from ostrov.run.tasks.attempt import call, failed
from ostrov.run.tasks.context import TaskContext, enter
from ostrov.run.tasks.logs import RunLog, capture
from ostrov.run.tasks.outcome import Ended, Ending
from ostrov.run.tasks.processes import SOFT, Opening, Order, Report
from ostrov.run.tasks.soft import SoftTimeout
from ostrov.run.tasks.tasks import open_tasks

if TYPE_CHECKING:
    from ostrov.run.tasks.task import Task

PROGRESS = 0.5
"""Seconds between two reports of progress."""


def main(descriptor: int, parent: int) -> None:
    """Serve the worker until it closes the line."""
    die_with_parent(parent, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker to decide about
    log_with_traces()
    line = socket.socket(fileno=descriptor)
    with line, line.makefile("rb") as incoming, line.makefile("wb") as outgoing:
        opening = msgspec.json.decode(incoming.readline(), type=Opening)
        sys.path[:] = opening.path
        try:
            application = _open(opening)
            tasks = application.part(open_tasks)
            registry = tasks.registry
        except Exception as problem:
            logging.exception("a task process cannot start")
            error = f"its process could not start: {type(problem).__name__}: {problem}"
            outgoing.write(msgspec.json.encode(Report(ended=Ended(Ending.FAILED, error=error))) + b"\n")
            return
        capture()
        calls = Calls()
        signal.signal(SOFT, calls.soften)
        lock = threading.Lock()

        def say(report: Report) -> None:
            with lock:
                outgoing.write(msgspec.json.encode(report) + b"\n")
                outgoing.flush()

        say(Report())
        while text := incoming.readline():
            order = msgspec.json.decode(text, type=Order)
            log = RunLog(opening.log_lines) if opening.log_lines else None
            context = TaskContext(application, order.run_id, order.attempt, order.task, order.queue, log, order.trace)
            if order.task not in registry:
                say(Report(ended=Ended(Ending.FAILED, error=f"there is no task {order.task!r}", retriable=False)))
                continue
            over = threading.Event()
            watcher = threading.Thread(target=_watch, args=(context, over, say), daemon=True)
            watcher.start()
            enter(context)
            ended = calls.call(registry[order.task], order.arguments, context, application.settings.tasks.largest)
            enter(None)
            over.set()
            watcher.join()
            say(Report(context.shown, ended, [] if log is None else log.take(), tasks.metrics.hand_over()))
    os._exit(0)


class Calls:
    """Calls tasks in the main thread, where a signal raises SoftTimeout in the one under way. A signal that comes too late does
    nothing."""

    def __init__(self) -> None:
        self._open = False

    def soften(self, *_: object) -> None:
        """The handler of the signal."""
        if self._open:
            self._open = False
            raise SoftTimeout

    def call(self, task: Task[Any, Any], arguments: str, context: TaskContext, largest: int) -> Ended:
        """As `attempt.call`."""
        ended: Ended | None = None
        try:
            self._open = True
            ended = call(task, arguments, context, largest)
            self._open = False
        except SoftTimeout as problem:  # it came when the function had just returned
            ended = failed(task, problem) if ended is None else ended
        return ended


def _watch(context: TaskContext, over: threading.Event, say: object) -> None:
    told = None
    while not over.wait(PROGRESS):
        lines = [] if context.log is None else context.log.take(ended=False)
        if context.shown is not told or lines:
            told = context.shown
            assert callable(say)
            say(Report(told, None, lines))


def _open(opening: Opening) -> Ostrov:
    project = open_project(Path(opening.root))
    kind = settings_type(project.components().values())
    application = Ostrov(project, msgspec.json.decode(opening.settings, type=kind), SettingsTree(declared(kind)))
    application.make_current()
    return application


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
