"""What an exported DAG file calls inside Airflow: the project's own functions, through the same codec as in a worker."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from ostrov.run.tasks.context import TaskContext, running
from ostrov.run.tasks.errors import BadResult, Refused, Retry, TaskError

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.run.tasks.task import Task

LARGEST = 16 * 1024 * 1024
"""Bytes that arguments or a result may have: Airflow's own database is the limit that counts."""


class LeftOut:
    """An argument that a step does not give: the function's own default holds."""

    def __repr__(self) -> str:
        return "LEFT_OUT"


LEFT_OUT = LeftOut()


def call(task: Task[Any, Any], **arguments: Any) -> Any:
    """Call a task's function with what Airflow hands over, typed by its signature; its result as plain data.

    An error that is not one of the task's `retry_on`, and arguments or a result that cannot be carried, fail the Airflow task
    without further tries. `TaskContext.run_id` names DAG, run, task and index, `attempt` is Airflow's try.
    """
    given = {name: plain(value) for name, value in arguments.items() if value is not LEFT_OUT}
    context = TaskContext(cast("Ostrov", _NoApplication()), *_here(), task.name, task.options.queue)
    token = running.set(context)
    try:
        named = task.codec.decode(task.codec.encode((), given, LARGEST))
        if task.codec.context is not None:
            named[task.codec.context] = context
        result = task.function(**named)
        if inspect.iscoroutine(result):
            result = asyncio.run(result)
        encoded = task.codec.encode_result(result, LARGEST)
    except Exception as problem:
        if isinstance(problem, (Retry, *task.options.retry_on)) and not isinstance(problem, (Refused, BadResult)):
            raise
        raise _for_good()(f"{type(problem).__name__}: {problem}") from problem
    finally:
        running.reset(token)
    return None if encoded is None else json.loads(encoded)


def _here() -> tuple[str, int]:
    """What this try of a task instance is called: the same text for each try, and its number."""
    try:
        instance = import_module("airflow.sdk").get_current_context()["ti"]
    except Exception:  # outside Airflow, or outside a task of it
        return "airflow", 1
    return f"{instance.dag_id}/{instance.run_id}/{instance.task_id}/{instance.map_index}", int(instance.try_number)


def plain(value: Any) -> Any:
    """What Airflow hands over (the lazy sequence of a mapped step, a tuple) as plain lists and dicts."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [plain(one) for one in value]
    return value


def ways_open(value: Any, ways: Sequence[Sequence[str]]) -> list[str]:
    """The ids of the (condition, id) ways that a result opens; a condition is `true`, `false`,
    `equals JSON` or `other JSON` (none of a list)."""
    return [way for condition, way in ways if meets(plain(value), condition)]


def meets(value: Any, condition: str) -> bool:
    """Whether a result meets a condition of an edge."""
    if condition == "true":
        return bool(value)
    if condition == "false":
        return not value
    word, _, wanted = condition.partition(" ")
    if word == "other":
        return value not in json.loads(wanted)
    if word != "equals":
        raise TaskError(f"there is no condition {condition!r}")
    return bool(value == json.loads(wanted))


def _for_good() -> type[Exception]:
    """The error that Airflow does not try again after."""
    for module in ("airflow.sdk.exceptions", "airflow.exceptions"):
        try:
            return cast("type[Exception]", import_module(module).AirflowFailException)
        except (ImportError, AttributeError):
            continue
    return RuntimeError


class _NoApplication:
    def __getattr__(self, name: str) -> Any:
        raise TaskError(f"context.application.{name}: under Airflow there is no Ostrov application")
