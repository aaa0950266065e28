"""Settings without declared names: what Dynaconf reads, for a script or a project that comes from there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ostrov.core.errors import SettingsError
from ostrov.core.settings.declared import ANYTHING
from ostrov.core.settings.layers import Sources, gather
from ostrov.core.settings.overrides import Override
from ostrov.core.settings.resolve import resolve
from ostrov.core.settings.tree import SettingsTree
from ostrov.core.settings.view import SettingsView


class FreeSettings(SettingsView):
    """The values of some TOML files and of the variables with a prefix, by attribute, item or dotted key, in any case.

        settings = FreeSettings(settings_files=["settings.toml", ".secrets.toml"])
        settings.a_dict.nested.other_level, settings["a_boolean"], settings.get("missing", default=1)

    Files are looked for in `root_path` (the current folder), each followed by its `.local` sibling; what does not exist is
    passed over. `export DYNACONF_A__B=1` is `settings.a.b`. `tree` knows where each value came from.
    Raises SettingsError as `load_settings` does, but for unknown names: there are none.
    """

    __slots__ = ("_tree",)

    def __init__(
        self,
        settings_files: Sequence[str] = ("settings.toml", ".secrets.toml"),
        *,
        envvar_prefix: str = "DYNACONF",
        root_path: Path | str | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        files = [found for name in settings_files for found in (name, _local(name))]
        environ = os.environ if environ is None else environ
        root = Path.cwd() if root_path is None else Path(root_path)
        self._tree = free_tree(Sources(root, ANYTHING, environ, files, envvar_prefix.upper(), ""))
        super().__init__(self._tree.values())

    @property
    def tree(self) -> SettingsTree:
        """Every value with its origin and history."""
        return self._tree


def free_tree(sources: Sources, overrides: Iterable[Override] = ()) -> SettingsTree:
    """The resolved tree of layers whose names nobody declared. Raises SettingsError."""
    try:
        tree = gather(sources, list(overrides))
        tree.mark_secrets()
        resolve(tree, sources.environ)
    except RecursionError as problem:
        raise SettingsError("the settings are nested too deep") from problem
    return tree


def _local(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}.local.{ending}"
