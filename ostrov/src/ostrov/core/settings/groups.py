"""Groups of files: `conf/db/postgres.toml` is the option `postgres` of the group `db`, laid under the section `db`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from ostrov.core.errors import SettingsError
from ostrov.core.settings.declared import declared
from ostrov.core.settings.documents import Document, read_document
from ostrov.core.settings.keys import Path
from ostrov.core.settings.origin import Origin
from ostrov.core.settings.unknown import close_name

FOLDER = "conf"
CHOICE = declared(str | list[str] | None)
"""What names the options of a group."""


class Groups:
    """The group files of a project. A folder in a folder is the group `a/b`, for the section `a.b`."""

    def __init__(self, root: FilePath, folder: str = FOLDER) -> None:
        self.root = root
        self.folder = root / folder
        self._read: dict[tuple[str, str], Document] = {}

    @cached_property
    def options(self) -> Mapping[str, list[str]]:
        """The names of the options of each group."""
        found: dict[str, list[str]] = {}
        if self.folder == self.root:  # no folder for groups
            return found
        for here, _, files in os.walk(self.folder):
            group = FilePath(here).relative_to(self.folder).as_posix()
            names = sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml"))
            if group != "." and names:
                found[group] = names
        return found

    def group_of(self, path: Path) -> str:
        """The group of a section; an empty text when it has none."""
        name = "/".join(path)
        return name if name in self.options else ""

    def document(self, group: str, option: str, origin: Origin) -> Document:
        """The file of an option. Raises SettingsError, with the options there are, when it does not exist."""
        if group not in self.options:
            raise SettingsError(
                f"there is no group {group!r}",
                cause=str(origin),
                tip=_tip(group, self.options) or f"a group is a folder {FOLDER}/{group}/ with a file for each option",
            )
        if option not in self.options[group]:
            raise SettingsError(f"there is no {group}={option}", cause=str(origin), tip=_tip(option, self.options[group]))
        if (group, option) not in self._read:
            file = self.folder / group / f"{option}.toml"
            document = read_document(file, self.root)
            if document is None:
                raise SettingsError(f"there is no {group}={option}", cause=f"{file} is gone")
            self._read[group, option] = document
        return self._read[group, option]


def chosen_options(value: Any, group: str, origin: Origin) -> list[str]:
    """The options a choice names: one, several (`[a, b]`, the last wins), or none (null)."""
    options = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
        raise SettingsError(
            f"defaults.{group} must name an option", cause=str(origin), tip=f'{group} = "postgres", a list of names, or null'
        )
    return options


def _tip(name: str, names: Iterable[str]) -> str:
    known = list(names)
    close = close_name(name, known)
    listed = f"there are: {', '.join(known)}" if known else ""
    return f"did you mean {close}? {listed}" if close else listed
