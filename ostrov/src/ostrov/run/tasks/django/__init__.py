"""Django's tasks on the ledger: `django.tasks` of Django 6, and the package `django-tasks` before it.

In Django's settings `"BACKEND": "ostrov.run.tasks.django.OstrovBackend"`; in `ostrov.toml` the component
`ostrov.run.tasks.django:component`, whose task calls the functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.core.component import Component

if TYPE_CHECKING:
    from ostrov.run.tasks.django.backend import OstrovBackend as OstrovBackend


class DjangoSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The Django project whose tasks are run."""

    settings: str = ""
    """Its settings module; empty for what DJANGO_SETTINGS_MODULE says."""


component = Component(name="django", settings=DjangoSettings, tasks=["ostrov.run.tasks.django.work"])


def __getattr__(name: str) -> Any:
    if name != "OstrovBackend":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ostrov.run.tasks.django.backend import OstrovBackend

    return OstrovBackend
