"""The typed shape of a project's settings: core's own fields and a section for each component, in one msgspec Struct."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any

import msgspec

from ostrov.core.channel.channel import ChannelSettings
from ostrov.core.component import Component
from ostrov.core.errors import ProjectError
from ostrov.core.operations.settings import OperationsSettings
from ostrov.core.settings.declared import NotSecret
from ostrov.core.store.settings import DatabaseSettings
from ostrov.core.supervisor.settings import SupervisorSettings

CHOICES = "defaults"
"""The table of ostrov.toml that chooses group files; no setting may have this name."""


class SecretsSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who reads the secrets that are kept in git, in `.secrets.toml.age`."""

    recipients: dict[str, NotSecret] = {}
    """Name → public key of age (`age1…`) or SSH (`ssh-ed25519 …`)."""


class CoreSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The root of the tree: what belongs to no component. Components add their sections below it."""

    name: str = ""
    """The project's name; without one, the name of its folder."""
    debug: bool = False
    """Show more to a developer: tracebacks in the log, slow checks on."""
    data_dir: Annotated[str, msgspec.Meta(min_length=1)] = "var"
    """The folder of everything the project writes, relative to the project; `~` is the home of the user it runs as."""
    components: list[str] = []
    """The components of this project beside the built-in ones. Only ostrov.toml can say it."""
    extra: dict[str, Any] = {}
    """The project's own values of any shape: the one place at the root where names are not declared."""
    db: DatabaseSettings = msgspec.field(default_factory=DatabaseSettings)
    channel: ChannelSettings = msgspec.field(default_factory=ChannelSettings)
    operations: OperationsSettings = msgspec.field(default_factory=OperationsSettings)
    supervisor: SupervisorSettings = msgspec.field(default_factory=SupervisorSettings)
    secrets: SecretsSettings = msgspec.field(default_factory=SecretsSettings)

    def __repr__(self) -> str:
        return f"<settings of {self.name}>"  # a value could be a secret


def settings_type(components: Iterable[Component]) -> type[msgspec.Struct]:
    """The Struct of the whole tree. Raises ProjectError when a component's section takes a name that is in use."""
    return _settings_type(tuple((c.name, c.settings) for c in components if c.settings is not None and c.name != "core"))


@lru_cache(maxsize=32)
def _settings_type(sections: tuple[tuple[str, type[msgspec.Struct]], ...]) -> type[msgspec.Struct]:
    fields: list[tuple[str, type, Any]] = []
    taken = {CHOICES, *CoreSettings.__struct_fields__}
    for name, section in sections:
        if name in taken:
            raise ProjectError(f"a component cannot be named {name!r}", cause="its section would take the name of core's")
        taken.add(name)
        fields.append((name, section, msgspec.field(default_factory=section)))
    return msgspec.defstruct(
        "Settings",
        fields,
        bases=(CoreSettings,),
        namespace={"__repr__": CoreSettings.__repr__},
        forbid_unknown_fields=True,
        kw_only=True,
    )
