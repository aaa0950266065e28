"""The task framework that is there: Django 6's own, else the package `django-tasks`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ostrov.core.errors import OstrovError


def framework() -> str:
    """The package that has `backends`, `base`, `exceptions` and `signals`. Raises OstrovError."""
    for name in ("django.tasks", "django_tasks"):
        try:
            import_module(name)
        except ModuleNotFoundError as problem:
            if problem.name not in ("django", name):
                raise
        else:
            return name
    raise OstrovError(
        "no task framework of Django is installed", tip="pip install 'ostrov[django]', or Django 6 or newer, which has one"
    )


def part(module: str, name: str) -> Any:
    """A name of the framework: `part("base", "TaskResult")`."""
    return getattr(import_module(f"{framework()}.{module}"), name)
