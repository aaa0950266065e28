"""The task that calls the functions of Django's tasks, in a worker where Django is set up."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError
from ostrov.run.tasks.context import TaskContext
from ostrov.run.tasks.task import task

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

NAME = "ostrov.django"
_setting_up = threading.Lock()


@task(name=NAME)
def perform(context: TaskContext, function: str, args: list[Any], kwargs: dict[str, Any], backend: str = "default") -> Any:
    """Call the function of a task of Django by its module path; what it returns as JSON."""
    set_up(context.application)
    from django.db import close_old_connections
    from django.utils.module_loading import import_string

    from ostrov.run.tasks.django.library import part
    from ostrov.run.tasks.django.results import normalized, result_of

    try:
        called = import_string(function)
    except ImportError as problem:
        raise OstrovError(
            f"there is no task {function}", cause=str(problem), tip="it was removed or renamed after it was enqueued"
        ) from problem
    if not isinstance(called, part("base", "Task")):
        raise OstrovError(f"{function} is not a task of Django", tip="decorate it with @task")
    result = result_of(context.application, context.run_id, backend)
    own = type(called.using(backend=backend).get_backend())
    close_old_connections()
    try:
        part("signals", "task_started").send(sender=own, task_result=result)
        first = (part("base", "TaskContext")(task_result=result),) if called.takes_context else ()
        value = normalized(called.call(*first, *args, **kwargs))
    except BaseException:
        _finished(own, result, "FAILED")
        raise
    finally:
        close_old_connections()
    object.__setattr__(result, "_return_value", value)
    _finished(own, result, "SUCCESSFUL")
    return value


def set_up(application: Ostrov) -> None:
    """Set Django up in this process, once. Raises OstrovError when it is not known with which settings."""
    with _setting_up:
        settings = getattr(application.settings, "django", None)
        if settings is not None and settings.settings:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings.settings)
        if not os.environ.get("DJANGO_SETTINGS_MODULE"):
            raise OstrovError(
                "it is not known which Django project has the tasks", tip='set django.settings = "shop.settings" in ostrov.toml'
            )
        try:
            import django
            from django.apps import apps
        except ModuleNotFoundError as problem:
            raise OstrovError("Django is not installed", tip="pip install 'ostrov[django]'") from problem
        if not apps.ready:
            django.setup()


def _finished(sender: type, result: Any, status: str) -> None:
    from django.utils import timezone

    from ostrov.run.tasks.django.library import part

    object.__setattr__(result, "status", part("base", "TaskResultStatus")[status])
    object.__setattr__(result, "finished_at", timezone.now())
    part("signals", "task_finished").send(sender=sender, task_result=result)
