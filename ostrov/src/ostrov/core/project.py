"""The project: the folder whose `ostrov.toml` this process works for, and the components it is made of."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ostrov.core.component import Component
from ostrov.core.errors import ProjectError
from ostrov.core.reference import load

BUILT_IN = (
    "ostrov.core.component_core:component",
    "ostrov.run.tasks.component:component",
    "ostrov.run.events.component:component",
    "ostrov.run.web.component:component",
    "ostrov.console.component:component",
)
ENTRY_POINTS = "ostrov.components"
SETTINGS_FILE = "ostrov.toml"


@dataclass(frozen=True)
class Project:
    """A project folder. `name` comes from `ostrov.toml`, else from the folder."""

    root: Path
    name: str
    component_names: tuple[str, ...]

    def components(self) -> dict[str, Component]:
        """The built-in components, then those the project names, in that order, by name."""
        found = [load(reference) for reference in BUILT_IN]
        found += [_named(name) for name in self.component_names]
        return {component.name: component for component in found}


def find_project(start: Path | None = None) -> Project:
    """The project of `$OSTROV_PROJECT`, else of `start` or the nearest folder above it that holds an `ostrov.toml`.

    Raises ProjectError when there is none.
    """
    named = os.environ.get("OSTROV_PROJECT")
    start = Path(start or named or Path.cwd()).absolute()
    for folder in [start, *start.parents]:
        if (folder / SETTINGS_FILE).is_file():
            return open_project(folder)
    raise ProjectError(
        f"no {SETTINGS_FILE} in {start} or above it",
        tip="go to a project's folder, or name one with --project DIR",
    )


def open_project(root: Path) -> Project:
    """The project in exactly this folder. Raises SettingsError, with file and line, when its file cannot be read."""
    from ostrov.core.settings.documents import read_document

    document = read_document(root / SETTINGS_FILE, root)
    if document is None:
        raise ProjectError(f"no {SETTINGS_FILE} in {root}")
    names = document.data.get("components", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ProjectError(
            f"{SETTINGS_FILE}:{document.line(['components'])}: components must be a list of names",
            tip='components = ["name", "other"]',
        )
    return Project(root, str(document.data.get("name", root.name)), tuple(names))


def _named(name: str) -> Component:
    """A component by reference, by the convention `NAME.component:component`, or by entry point."""
    if ":" in name:
        return _checked(name, load(name))
    try:
        return _checked(name, load(f"{name}.component:component"))
    except ProjectError as problem:
        missing = problem.__cause__
        if not isinstance(missing, ModuleNotFoundError) or missing.name not in (name, f"{name}.component"):
            raise  # it is there, and broken
        from importlib.metadata import entry_points

        for entry in entry_points(group=ENTRY_POINTS, name=name):
            return _checked(name, entry.load())
        raise ProjectError(
            f"there is no component {name!r}",
            cause=problem.cause,
            tip=f"install the package that brings it, or take it out of components in {SETTINGS_FILE}",
        ) from problem


def _checked(name: str, found: Any) -> Component:
    if not isinstance(found, Component):
        raise ProjectError(f"{name} is not a component", cause=f"it is of the type {type(found).__name__}")
    return found
