"""The typed shape of a project's settings: core's own fields and a section for each component, in one msgspec Struct."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, get_type_hints

import msgspec

from ostrov.core.channel.channel import ChannelSettings
from ostrov.core.component import Component
from ostrov.core.errors import ProjectError
from ostrov.core.store.settings import DatabaseSettings


class CoreSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The root of the tree: what belongs to no component. Components add their sections below it."""

    name: str = ""
    """The project's name; without one, the name of its folder."""
    debug: bool = False
    """Show more to a developer: tracebacks in the log, slow checks on."""
    data_dir: str = "var"
    """The folder of everything the project writes, relative to the project."""
    components: list[str] = []
    """The components of this project, beside the built-in ones."""
    extra: dict[str, Any] = {}
    """The project's own values of any shape; the one place where names are not declared."""
    db: DatabaseSettings = msgspec.field(default_factory=DatabaseSettings)
    channel: ChannelSettings = msgspec.field(default_factory=ChannelSettings)


def settings_type(components: Iterable[Component]) -> type[msgspec.Struct]:
    """The Struct of the whole tree. Raises ProjectError when a component's section takes a name that is in use."""
    sections = [(c.name, c.settings) for c in components if c.settings is not None and c.name != "core"]
    return _settings_type(tuple(sections))


@lru_cache(maxsize=32)
def _settings_type(sections: tuple[tuple[str, type[msgspec.Struct]], ...]) -> type[msgspec.Struct]:
    fields: list[tuple[str, type, Any]] = []
    if find_spec("ostrov.core.supervisor.settings"):
        from ostrov.core.supervisor.settings import SupervisorSettings  # type: ignore[import-not-found,unused-ignore]

        fields.append(("supervisor", SupervisorSettings, msgspec.field(default_factory=SupervisorSettings)))
    taken = {*CoreSettings.__struct_fields__, *(name for name, _, _ in fields)}
    for name, section in sections:
        if name in taken:
            raise ProjectError(f"component {name!r} cannot have a section of that name", cause="the name is taken by core")
        taken.add(name)
        fields.append((name, section, msgspec.field(default_factory=section)))
    return msgspec.defstruct("Settings", fields, bases=(CoreSettings,), forbid_unknown_fields=True, kw_only=True)


@lru_cache(maxsize=256)
def hints(kind: type[Any]) -> dict[str, Any]:
    """The annotations of a Struct, evaluated once."""
    return get_type_hints(kind, include_extras=True)
