"""The engine that the settings ask for. The library of an engine is loaded only when it is the one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ostrov.core.errors import OstrovError, SettingsError
from ostrov.run.tasks.engine import Engine

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

CLASSES = {
    "celery": "CeleryEngine",
    "embedded": "EmbeddedEngine",
    "procrastinate": "ProcrastinateEngine",
    "taskiq": "TaskiqEngine",
}
ADDRESSES = {"celery": "amqp://host:5672", "taskiq": "nats://host:4222"}
"""What the address of a broker looks like, for engines that cannot do without."""


def engine_of(application: Ostrov) -> Engine:
    """The engine of an application. Raises OstrovError when its library is not installed, SettingsError for its settings."""
    name = application.settings.tasks.engine
    engine: Engine = load(name)(application)
    if name in ADDRESSES and not application.settings.tasks.broker:
        raise SettingsError("tasks.broker is empty", tip=f"the engine {name} has a broker: tasks.broker={ADDRESSES[name]}")
    return engine


def load(name: str) -> Any:
    """The class of an engine. Raises OstrovError when its library is not installed."""
    try:
        module = import_module(f"ostrov.run.tasks.engines.{name}")
    except ModuleNotFoundError as problem:
        raise OstrovError(
            f"the engine {name} is not installed",
            cause=str(problem),
            tip=f"pip install 'ostrov[{name}]', or set tasks.engine=embedded",
        ) from problem
    return getattr(module, CLASSES[name])
