"""Which operations a project has."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from ostrov.core.component import Component
from ostrov.core.errors import NotFound, ProjectError
from ostrov.core.operations.operation import Operation
from ostrov.core.reference import load


def operations_of(components: Iterable[Component]) -> dict[str, Operation[..., Any]]:
    """Every operation of these components by name. A reference names one (`module:name`) or all of a module (`module`).

    Raises ProjectError when two share a name.
    """
    found: dict[str, Operation[..., Any]] = {}
    for component in components:
        for listed in component.operations:
            for operation in _loaded(component, listed):
                if found.setdefault(operation.name, operation) is not operation:
                    raise ProjectError(
                        f"two operations are called {operation.name}", cause=f"one is of component {component.name}"
                    )
    return found


def nearest(name: str, names: Iterable[str]) -> str:
    """A tip with the name that was probably meant, or with all of a few."""
    from difflib import get_close_matches

    names = sorted(names)
    near = get_close_matches(name, names, 1)
    if near:
        return f"did you mean {near[0]}?"
    return f"there are {', '.join(names)}" if 0 < len(names) <= 12 else ""


def unknown(name: str, names: Iterable[str]) -> NotFound:
    """The error for a name that no operation has."""
    return NotFound(f"there is no operation {name!r}", tip=nearest(name, names))


def _loaded(component: Component, listed: Any) -> list[Operation[..., Any]]:
    if isinstance(listed, str) and ":" not in listed:
        try:
            module = import_module(listed)
        except ModuleNotFoundError as problem:
            raise ProjectError(f"component {component.name}: cannot load {listed}", cause=str(problem)) from problem
        return [
            value for value in vars(module).values() if isinstance(value, Operation) and value.function.__module__ == listed
        ]
    operation = load(listed)
    if not isinstance(operation, Operation):
        raise ProjectError(f"component {component.name}: {listed!r} is not an operation", tip="decorate it with @operation")
    return [operation]
