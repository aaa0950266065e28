"""The backend for Django's TASKS setting: enqueues into the ledger, and reads results from it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ostrov.core.application import Ostrov, current
from ostrov.core.errors import OstrovError
from ostrov.run.tasks.context import running
from ostrov.run.tasks.django.connection import DjangoConnection
from ostrov.run.tasks.django.library import part
from ostrov.run.tasks.django.results import result_of
from ostrov.run.tasks.django.work import perform
from ostrov.run.tasks.identifier import new_id
from ostrov.run.tasks.tasks import insert

if TYPE_CHECKING:
    from ostrov.run.tasks.run import NewRun

OPTIONS = ("PROJECT", "DATABASE", "RETRIES")
_opening = threading.Lock()


class OstrovBackend(part("backends.base", "BaseTaskBackend")):  # type: ignore[misc]
    """What `OPTIONS` may hold:

    `PROJECT`, the folder of the Ostrov project; without it OSTROV_PROJECT, else the project this process is in.
    `RETRIES`, how many times a failed task is tried again.
    `DATABASE`, the alias of the Django database that the ledger is in, where they share one: a run is then added in its own
    transaction. Without it a run is added when the transaction of the default database commits.
    """

    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        if unknown := set(self.options) - set(OPTIONS):
            raise OstrovError(f"TASKS[{alias!r}]: OPTIONS knows no {min(unknown)!r}", tip=f"it knows {', '.join(OPTIONS)}")

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Add a run of the task; its result, READY. Raises TypeError for arguments that JSON cannot carry."""
        self.validate_task(task)
        from django.db import transaction
        from django.utils import timezone

        result = part("base", "TaskResult")(
            task=task,
            id="",
            status=part("base", "TaskResultStatus").READY,
            enqueued_at=timezone.now(),
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        application = self._application()
        run = self._run(application, task, result)
        object.__setattr__(result, "id", run.id)
        if alias := self.options.get("DATABASE"):
            with transaction.atomic(using=alias):
                insert(DjangoConnection(alias), application, run)
        else:
            transaction.on_commit(lambda: application.store.write_sync(insert, application, run))
        part("signals", "task_enqueued").send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> Any:
        """The result by its id. Raises TaskResultDoesNotExist."""
        return result_of(self._application(), str(result_id), self.alias)

    def _run(self, application: Ostrov, task: Any, result: Any) -> NewRun:
        from django.utils import timezone

        due = task.run_after
        if due is not None and due.tzinfo is None:
            due = timezone.make_aware(due)
        placed = perform.using(
            queue=task.queue_name, priority=task.priority, run_after=due, retries=self.options.get("RETRIES")
        )
        return placed._new(
            application,
            new_id(),
            (),
            {"function": task.module_path, "args": result.args, "kwargs": result.kwargs, "backend": self.alias},
        )

    def _application(self) -> Ostrov:
        context = running.get()
        if context is not None:
            return context.application
        with _opening:
            try:
                return current()
            except OstrovError:
                project = self.options.get("PROJECT")
                return Ostrov.open(None if project is None else Path(project))
