"""Settings in environment variables: `OSTROV_DB__USER=root` is `db.user`, whatever the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ostrov.core.errors import SettingsError
from ostrov.core.settings.groups import Groups
from ostrov.core.settings.keys import Path, dotted, is_utf8
from ostrov.core.settings.tree import SettingsTree

PREFIX = "OSTROV"
OVERRIDES = "OSTROV_OVERRIDES"
"""A JSON list of the overrides that the supervisor was started with: how its children see them, too."""

RESERVED = ("PROJECT", "OVERRIDES", "VENV", "PYTHON", "AGE_KEY", "AGE_KEY_FILE", "TEST_")
"""Variables with our prefix that are not settings; one that ends with `_` stands for all that begin with it."""


class Variable(NamedTuple):
    """A variable that is a setting or the choice of a group."""

    name: str
    path: Path
    text: str


def variables(environ: Mapping[str, str], prefix: str, tree: SettingsTree, groups: Groups) -> Iterator[Variable]:
    """The settings among the environment variables, in the order of their names.

    A name with `__` is always a setting. One without is a setting or a group when the root has such a name, an error when it
    looks like one (`OSTROV_DEBG`, `OSTROV_DB_USER`), else somebody else's. Raises SettingsError.
    """
    for name in sorted(environ):
        rest = name[len(prefix) + 1 :]
        if not rest or name[: len(prefix) + 1].upper() != f"{prefix}_" or (prefix == PREFIX and _reserved(rest.upper())):
            continue
        if not is_utf8(name + environ[name]):
            raise SettingsError("a variable is not UTF-8", cause=f"env {ascii(name)[1:-1]}", tip="set it to text in UTF-8")
        path = tuple(rest.lower().split("__"))
        if not all(path):
            raise SettingsError(
                f"{name} is not a setting",
                cause=f"env {name}",
                tip=f"write it as {prefix}_SECTION__KEY, two underscores between",
            )
        path = tree.canonical(path)
        if len(path) == 1 and tree.root.at(path) is None and not groups.group_of(path):
            if meant := _meant(path[0], tree, groups):
                raise SettingsError(
                    f"unknown setting {path[0]}",
                    cause=f"env {name}",
                    tip=f"did you mean {prefix}_{'__'.join(meant).upper()} ({dotted(meant)})?",
                )
            continue
        yield Variable(name, path, environ[name])


def _reserved(rest: str) -> bool:
    return any(rest == word or (word.endswith("_") and rest.startswith(word)) for word in RESERVED)


def _meant(name: str, tree: SettingsTree, groups: Groups) -> Path:
    words = name.split("_")
    for cut in range(1, len(words)):
        path = ("_".join(words[:cut]), "_".join(words[cut:]))
        if tree.root.at(path) is not None:
            return path
    from difflib import get_close_matches

    close = get_close_matches(name, [*tree.names(()), *groups.options], 1, 0.8)
    return tuple(close)
