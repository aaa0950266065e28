"""Runs of the ledger as Django's results."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.run.tasks import history
from ostrov.run.tasks.django.library import part
from ostrov.run.tasks.django.work import NAME
from ostrov.run.tasks.run import State

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

STATUS = {State.RUNNING: "RUNNING", State.SUCCESSFUL: "SUCCESSFUL"}
STATUS |= dict.fromkeys((State.SCHEDULED, State.READY, State.BLOCKED), "READY")
STATUS |= dict.fromkeys((State.DEAD, State.CANCELLED, State.SKIPPED), "FAILED")
CLASS = re.compile(r"[A-Za-z_][\w.]*(?=: |$)")
"""The class of an error, as the ledger writes errors."""


def result_of(application: Ostrov, run_id: str, backend: str) -> Any:
    """Django's result of a run. Raises its TaskResultDoesNotExist."""
    from django.utils.module_loading import import_string

    found = application.store.read_sync(history.detail, run_id)
    if found is None or found.run.task != NAME:
        raise part("exceptions", "TaskResultDoesNotExist")(run_id)
    run = found.run
    arguments = msgspec.json.decode(run.arguments)
    task = import_string(arguments["function"]).using(priority=run.priority, queue_name=run.queue, backend=backend)
    attempts = list(reversed(found.attempts))
    began = [attempt.started_at for attempt in attempts]
    workers = [attempt.worker_id for attempt in attempts]
    if run.state is State.RUNNING and run.started_at is not None:
        began.append(run.started_at)
        workers.append(str(run.worker_id))
    failed = [(attempt.error, attempt.traceback) for attempt in attempts if attempt.error]
    if STATUS[run.state] == "FAILED" and not failed:
        failed = [(run.error or f"the run was {run.state}", None)]
    result = part("base", "TaskResult")(
        task=task,
        id=run.id,
        status=part("base", "TaskResultStatus")[STATUS[run.state]],
        enqueued_at=_moment(run.created_at),
        started_at=_moment(began[0]) if began else None,
        last_attempted_at=_moment(began[-1]) if began else None,
        finished_at=None if run.finished_at is None else _moment(run.finished_at),
        args=arguments["args"],
        kwargs=arguments["kwargs"],
        backend=backend,
        errors=[_error(error or "", traceback) for error, traceback in failed],
        worker_ids=workers,
    )
    if run.state is State.SUCCESSFUL and run.result:  # not one that has expired
        object.__setattr__(result, "_return_value", msgspec.json.decode(run.result))
    return result


def normalized(value: Any) -> Any:
    """A value as it comes out of JSON. Raises TypeError for what JSON cannot carry."""
    return json.loads(json.dumps(_plain(value)))


def _plain(value: Any) -> Any:
    """Bytes as text, as Django has it."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError as problem:
            raise ValueError("bytes that are not UTF-8 cannot be carried") from problem
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _error(error: str, traceback: str | None) -> Any:
    found = CLASS.match(error)
    name = found[0] if found else "ostrov.run.tasks.errors.RunFailed"
    path = name if "." in name else f"builtins.{name}"
    return part("base", "TaskError")(exception_class_path=path, traceback=traceback or error)


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
