"""One attempt: calling a task's function, and saying how that ended as data. The same in the loop, in threads, in processes
and in tests."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError
from ostrov.run.tasks.errors import BadResult, Retry, Undecodable
from ostrov.run.tasks.outcome import Ended, Ending
from ostrov.run.tasks.soft import is_soft
from ostrov.run.tasks.text import storable

if TYPE_CHECKING:
    from ostrov.run.tasks.context import TaskContext
    from ostrov.run.tasks.task import Task

LONGEST_ERROR = 2000
LONGEST_TRACEBACK = 20_000


def prepare(task: Task[Any, Any], arguments: str, context: TaskContext) -> dict[str, Any] | Ended:
    """The arguments to call the function with, or how the attempt ended because they do not fit it."""
    try:
        decoded = task.codec.decode(arguments)
    except Undecodable as problem:
        return Ended(Ending.FAILED, error=storable(str(problem), LONGEST_ERROR), retriable=False)
    except Exception as problem:  # the task itself is broken: an annotation that cannot be resolved
        return failed(task, problem)
    if task.codec.context is not None:
        decoded[task.codec.context] = context
    return decoded


def succeeded(task: Task[Any, Any], result: Any, largest: int) -> Ended:
    """The function returned."""
    if result is None:
        return NOTHING
    try:
        return Ended(Ending.SUCCESSFUL, task.codec.encode_result(result, largest))
    except BadResult as problem:
        return Ended(Ending.FAILED, error=storable(str(problem), LONGEST_ERROR), retriable=False)


def failed(task: Task[Any, Any], problem: BaseException) -> Ended:
    """The function raised."""
    if isinstance(problem, Retry):
        return Ended(Ending.FAILED, error=storable(str(problem), LONGEST_ERROR), retry_after=problem.after)
    if is_soft(problem):
        trace = storable(_trace(problem), LONGEST_TRACEBACK)
        return Ended(Ending.TIMEOUT, error="out of time: its soft timeout passed", traceback=trace)
    kind = type(problem)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    text = str(problem) if isinstance(problem, OstrovError) else _shown(problem)
    return Ended(
        Ending.FAILED,
        error=storable(f"{name}: {text}" if text else name, LONGEST_ERROR),
        traceback=storable(_trace(problem), LONGEST_TRACEBACK),
        retriable=isinstance(problem, task.options.retry_on),
    )


def call(task: Task[Any, Any], arguments: str, context: TaskContext, largest: int) -> Ended:
    """Call a function that is not async."""
    prepared = prepare(task, arguments, context)
    if isinstance(prepared, Ended):
        return prepared
    try:
        result = task.function(**prepared)
    except BaseException as problem:  # also SystemExit: a task does not end its worker
        return failed(task, problem)
    return succeeded(task, result, largest)


NOTHING = Ended(Ending.SUCCESSFUL)


def _shown(problem: BaseException) -> str:
    try:
        return str(problem)
    except Exception:
        return "(its text cannot be made)"


def _trace(problem: BaseException) -> str:
    trace = problem.__traceback__
    while trace is not None and trace.tb_frame.f_globals.get("__package__") == __package__ and trace.tb_next is not None:
        trace = trace.tb_next  # the reader wants the task's frames, not ours
    try:
        return "".join(traceback.format_exception(type(problem), problem, trace))
    except Exception:
        return "".join(traceback.format_tb(trace))
