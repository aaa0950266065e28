"""The applications that components mount, built at the start of the web process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ostrov.core.errors import OstrovError, ProjectError
from ostrov.core.reference import load
from ostrov.run.web.dispatcher import Application
from ostrov.run.web.health import health
from ostrov.run.web.metrics import metrics

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov


class BuiltMount:
    """A mount with its application. `name` is its component's, empty for our own."""

    def __init__(self, name: str, prefix: str, app: Application, seconds: float) -> None:
        self.name = name
        self.prefix = prefix
        self.app = app
        self.seconds = seconds


def build_mounts(application: Ostrov) -> list[BuiltMount]:
    """All of them, our own first. Raises ProjectError for two of one prefix or one that cannot be built."""
    ours = health(application) | metrics(application)
    built = [BuiltMount("", prefix, app, 0.0) for prefix, app in ours.items()]
    taken = {mount.prefix: mount.name for mount in built}
    shared: dict[object, Application] = {}
    for component in application.components.values():
        for mount in component.mounts:
            prefix = mount.prefix.rstrip("/") or "/"
            if not prefix.startswith("/"):
                raise ProjectError(f"component {component.name}: mount {mount.prefix!r} must begin with a slash")
            if prefix in taken:
                raise ProjectError(f"{prefix} is mounted twice, by {taken[prefix] or 'web'} and by {component.name}")
            taken[prefix] = component.name
            started = time.monotonic()
            if mount.build not in shared:  # one application under several prefixes is built once
                shared[mount.build] = _built(application, component.name, prefix, mount.build)
            built.append(BuiltMount(component.name, prefix, shared[mount.build], time.monotonic() - started))
    return built


def _built(application: Ostrov, component: str, prefix: str, reference: object) -> Application:
    try:
        app: Application = load(reference)(application)  # type: ignore[arg-type]
    except Exception as problem:
        cause, tip = f"{type(problem).__name__}: {problem}", ""
        if isinstance(problem, OstrovError):
            cause, tip = f"{problem.error}; {problem.cause}", problem.tip
        raise ProjectError(f"component {component}: its mount {prefix} cannot be built", cause=cause, tip=tip) from problem
    return app
