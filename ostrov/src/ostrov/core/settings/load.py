"""Loading a project's settings from all layers."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ostrov.core.component import Component
from ostrov.core.errors import SettingsError
from ostrov.core.project import Project
from ostrov.core.settings.schema import hints, settings_type
from ostrov.core.settings.tree import SettingsTree

FILES = ("ostrov.toml", "ostrov.local.toml", ".secrets.toml")


@dataclass(frozen=True)
class Loaded:
    """`settings` is the typed tree, `tree` knows where each value came from; `point` names one point of a sweep."""

    settings: Any
    tree: SettingsTree
    point: tuple[str, ...] = ()


def load_settings(
    project: Project,
    overrides: Iterable[str] = (),
    environ: Mapping[str, str] | None = None,
    *,
    components: Iterable[Component] | None = None,
) -> Loaded:
    """The settings of a project. Raises SettingsError."""
    environ = os.environ if environ is None else environ
    chosen = list(project.components().values()) if components is None else list(components)
    kind = settings_type(chosen)
    tree = SettingsTree()
    tree.put((), msgspec.to_builtins(kind()), "default in code")
    tree.put(("name",), project.name, "folder")
    for name in FILES:
        file = project.root / name
        if file.exists():
            try:
                data = tomllib.loads(file.read_text("utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
                raise SettingsError(f"{file} cannot be read", cause=str(problem)) from problem
            data.pop("defaults", None)
            tree.put((), data, name)
    for variable, text in sorted(environ.items()):
        path = tuple(variable[7:].lower().split("__"))
        if variable.startswith("OSTROV_") and (len(path) > 1 or path[0] in kind.__struct_fields__):
            tree.put(path, _value(kind, path, text), f"env {variable}")
    inherited = json.loads(environ.get("OSTROV_OVERRIDES") or "[]")
    for override in [*inherited, *overrides]:
        key, equals, text = override.partition("=")
        if not equals:
            raise SettingsError(f"{override!r} is not an override", tip="write key=value")
        path = tuple(key.lstrip("+").split("."))
        tree.put(path, _value(kind, path, text), f"argument {key}")
    try:
        return Loaded(msgspec.convert(tree.nested(), kind, strict=False), tree)
    except msgspec.ValidationError as problem:
        raise SettingsError("a setting is wrong", cause=str(problem)) from problem


def sweep(project: Project, overrides: Iterable[str] = (), environ: Mapping[str, str] | None = None) -> list[Loaded]:
    """One Loaded for each point of a sweep."""
    return [load_settings(project, overrides, environ)]


def _value(kind: Any, path: tuple[str, ...], text: str) -> Any:
    for key in path:
        kind = hints(kind).get(key) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None
    if kind is str:
        return text
    try:
        return tomllib.loads("v=" + (text.lower() if re.fullmatch("(?i)true|false", text) else text))["v"]
    except tomllib.TOMLDecodeError:
        return text
