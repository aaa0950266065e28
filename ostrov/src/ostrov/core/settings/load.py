"""Loading a project's settings: gather the layers, work out what refers to what, convert to the declared types."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.core.errors import SettingsError
from ostrov.core.settings.convert import convert, wrong_leaves
from ostrov.core.settings.declared import declared
from ostrov.core.settings.keys import undotted
from ostrov.core.settings.layers import Sources, check_components, gather
from ostrov.core.settings.overrides import Override, inherited_overrides, parse_override
from ostrov.core.settings.resolve import resolve
from ostrov.core.settings.schema import settings_type
from ostrov.core.settings.secrets import MASK, secret_by_declaration
from ostrov.core.settings.tree import SettingsTree

if TYPE_CHECKING:
    from ostrov.core.component import Component
    from ostrov.core.project import Project


@dataclass(frozen=True)
class Loaded:
    """`settings` is the typed tree, `tree` knows where each value came from.

    `point` are the overrides that make this one point of a sweep, secrets masked; it is empty outside a sweep.
    """

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
    """The settings of a project from all its layers. `environ` is the process's own when None.

    Raises SettingsError with the place of what is wrong (file and line, variable, argument) and the nearest known name.
    """
    environ = os.environ if environ is None else environ
    kind, sources = _opened(project, environ, components)
    words = [*inherited_overrides(environ), *overrides]
    return _loaded(project, kind, sources, [parse_override(word) for word in words])


def sweep(
    project: Project,
    overrides: Iterable[str] = (),
    environ: Mapping[str, str] | None = None,
    *,
    components: Iterable[Component] | None = None,
) -> list[Loaded]:
    """The settings at every point of a sweep (`db=postgres,sqlite web.port=range(8000,8002)`); one when nothing varies.

    Raises SettingsError as `load_settings` does, for the first point that is wrong.
    """
    from ostrov.core.settings.sweeps import points

    environ = os.environ if environ is None else environ
    kind, sources = _opened(project, environ, components)
    fixed = [parse_override(word) for word in inherited_overrides(environ)]
    found = []
    for point in points([parse_override(word) for word in overrides], sources.groups):
        text = tuple(_point_text(override, sources) for override in point.varied)
        found.append(_loaded(project, kind, sources, [*fixed, *point.overrides], text))
    return found


def _opened(
    project: Project, environ: Mapping[str, str], components: Iterable[Component] | None
) -> tuple[type[msgspec.Struct], Sources]:
    kind = settings_type(project.components().values() if components is None else components)
    return kind, Sources(project.root, declared(kind), environ)


def _loaded(
    project: Project,
    kind: type[msgspec.Struct],
    sources: Sources,
    overrides: list[Override],
    point: tuple[str, ...] = (),
) -> Loaded:
    try:
        tree = gather(sources, overrides, project.name)
        check_components(tree)
        tree.mark_secrets()
        _resolve(tree, sources)
        return Loaded(convert(tree, kind), tree, point)
    except RecursionError as problem:
        raise SettingsError(
            "the settings are nested too deep", cause="a value refers through hundreds of others, or holds as many lists"
        ) from problem


def _resolve(tree: SettingsTree, sources: Sources) -> None:
    """A value that was built from a wrong one is not to blame: the wrong one is told."""
    try:
        resolve(tree, sources.environ)
    except SettingsError:
        for error in wrong_leaves(tree):
            raise error from None
        raise


def _point_text(override: Override, sources: Sources) -> str:
    hidden = not override.option(sources.groups) and secret_by_declaration(sources.declared, undotted(override.key))
    return f"{override.sign}{override.key}={MASK if hidden else override.text}"
