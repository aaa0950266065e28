"""The layers, later wins: defaults in code, group files, the files of the project, environment, arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from ostrov.core.errors import SettingsError
from ostrov.core.settings.declared import Declared
from ostrov.core.settings.documents import Document, read_document
from ostrov.core.settings.environment import PREFIX, Variable, variables
from ostrov.core.settings.groups import CHOICE, FOLDER, Groups, chosen_options
from ostrov.core.settings.origin import Origin, of_document
from ostrov.core.settings.overrides import Override, apply
from ostrov.core.settings.schema import CHOICES
from ostrov.core.settings.sealed import PLAIN, SEALED, read_sealed
from ostrov.core.settings.tree import Said, SettingsTree
from ostrov.core.settings.values import read_value

MAIN = "ostrov.toml"
FILES = (MAIN, "ostrov.local.toml", SEALED, PLAIN)
SECRETS = ".secrets"


@dataclass
class Sources:
    """What the layers are read from. `files` are read once, however many points of a sweep are laid over them."""

    root: FilePath
    declared: Declared
    environ: Mapping[str, str]
    files: Sequence[str] = FILES
    prefix: str = PREFIX
    conf: str = FOLDER
    """The folder of the groups; an empty text when there are none, and `[defaults]` is a table like others."""
    groups: Groups = field(init=False)
    documents: list[Document] = field(init=False)

    def __post_init__(self) -> None:
        self.groups = Groups(self.root, self.conf)
        self.documents = [found for name in self.files if (found := self._read(name)) is not None]

    def _read(self, name: str) -> Document | None:
        return read_sealed(self.root, self.environ) if name == SEALED else read_document(self.root / name, self.root)


def gather(sources: Sources, overrides: Sequence[Override], name: str = "") -> SettingsTree:
    """The tree of all layers, not yet resolved. `name` is what the project is called when no layer says it."""
    tree = SettingsTree(sources.declared)
    if name:
        tree.put(("name",), name, Origin("name of the folder"))
    said = list(variables(sources.environ, sources.prefix, tree, sources.groups)) if sources.prefix else []
    options = [variable for variable in said if _chooses(variable, sources.groups)]
    if sources.conf:
        _put_groups(tree, sources, options, overrides)
    for document in sources.documents:
        content = {key: value for key, value in document.data.items() if key != CHOICES or not sources.conf}
        tree.put((), content, of_document(document, secret=_secret(document)))
    for variable in said:
        if variable not in options:
            _put_variable(tree, variable, sources.prefix)
    for override in overrides:
        if not override.option(sources.groups):
            apply(override, tree)
    tree.complete()
    return tree


def check_components(tree: SettingsTree) -> None:
    """Components are found before settings are loaded, so only ostrov.toml can name them. Raises SettingsError."""
    for said in tree.leaf("components").said[1:]:
        if said.origin.name != MAIN:
            raise SettingsError("components can only be set in ostrov.toml", cause=str(said.origin), tip=f"move it to {MAIN}")


def _put_groups(tree: SettingsTree, sources: Sources, options: list[Variable], overrides: Sequence[Override]) -> None:
    groups = sources.groups
    choices: dict[str, Said] = {}
    for document in sources.documents:
        origin = of_document(document).below(CHOICES)
        table = document.data.get(CHOICES, {})
        if not isinstance(table, dict):
            raise SettingsError("defaults is not a table", cause=str(origin), tip='write [defaults], below it db = "postgres"')
        for group, value in _flat(table, groups, ()):
            choices[group] = Said(value, _deeper(origin, group))
    for variable in options:
        choices["/".join(variable.path)] = Said(read_value(variable.text, CHOICE), Origin(f"env {variable.name}"))
    for override in overrides:
        if override.option(groups):
            choices[override.key] = Said(
                None if override.sign == "~" else read_value(override.text or "", CHOICE), override.origin
            )
    for group in sorted(choices, key=lambda name: name.count("/")):
        value, origin = choices[group]
        for option in chosen_options(value, group, origin):
            document = groups.document(group, option, origin)
            tree.put(tuple(group.split("/")), document.data, of_document(document, secret=_secret(document)))
    tree.choices = choices


def _flat(table: Mapping[str, Any], groups: Groups, path: tuple[str, ...]) -> list[tuple[str, Any]]:
    """`[defaults.a] b = "c"` is the group `a/b`."""
    found: list[tuple[str, Any]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, groups, (*path, name))
        else:
            found.append(("/".join((*path, name)), value))
    return found


def _deeper(origin: Origin, group: str) -> Origin:
    for name in group.split("/"):
        origin = origin.below(name)
    return origin


def _chooses(variable: Variable, groups: Groups) -> bool:
    return bool(groups.group_of(variable.path)) and not variable.text.lstrip().startswith("{")


def _put_variable(tree: SettingsTree, variable: Variable, prefix: str) -> None:
    origin = Origin(f"env {variable.name}", variable=f"{prefix}_")
    path = tree.canonical(variable.path)  # again: the files have brought names since
    place = tree.root.at(path)
    tree.put(path, variable.text if place is None else read_value(variable.text, place), origin)


def _secret(document: Document) -> bool:
    return FilePath(document.name).name.startswith(SECRETS)
