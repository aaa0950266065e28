"""Overrides on a command line, in Hydra's grammar: `db.user=root`, `+a.b=c`, `~a.b`, `db=postgres`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from ostrov.core.errors import SettingsError
from ostrov.core.settings.environment import OVERRIDES
from ostrov.core.settings.groups import Groups
from ostrov.core.settings.keys import Path, dotted, is_utf8, undotted
from ostrov.core.settings.origin import Origin
from ostrov.core.settings.tree import Leaf, SettingsTree
from ostrov.core.settings.unknown import nearest_there, unknown_setting
from ostrov.core.settings.values import read_value

_OVERRIDE = re.compile(r"(~|\+{0,2})([^=]*)(?:=(.*))?", re.DOTALL)
_SWEEP = re.compile(r"(choice|range|glob)\(.*\)", re.DOTALL)


class Override(NamedTuple):
    """`sign` is empty (change what is there), `+` or `++` (change or add) or `~` (delete). `text` is None without a `=`."""

    sign: str
    key: str
    text: str | None

    @property
    def origin(self) -> Origin:
        return Origin(f"argument {self.sign}{self.key}")

    def option(self, groups: Groups) -> bool:
        """Whether this chooses an option of a group rather than a value."""
        return self.key in groups.options and not (self.text or "").lstrip().startswith("{")


def parse_override(text: str) -> Override:
    """The parts of an override. Raises SettingsError for words that are none."""
    if not is_utf8(text):
        raise SettingsError("an argument is not UTF-8", cause=f"argument {text.partition('=')[0]!a}", tip="write it in UTF-8")
    match = _OVERRIDE.fullmatch(text)
    key = match[2].strip() if match else ""
    if match is None or not key or (match[3] is None and match[1] != "~") or not undotted(key.replace("/", ".")):
        shown = text.partition("=")[0]
        raise SettingsError(f"not an override: {shown!r}", tip="write key=value, +key=value or ~key")
    return Override(match[1], key, match[3])


def inherited_overrides(environ: Mapping[str, str]) -> list[str]:
    """The overrides of `$OSTROV_OVERRIDES`."""
    text = environ.get(OVERRIDES)
    if not text:
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise SettingsError(
            f"{OVERRIDES} is not a JSON list of texts", cause=f"env {OVERRIDES}", tip="unset it: ostrov up sets it"
        )
    return found


def apply(override: Override, tree: SettingsTree) -> None:
    """Lay an override over the tree. Raises SettingsError for a name that is not known."""
    path = tree.canonical(undotted(override.key))
    place = tree.root.at(path) if path else None
    if place is None:
        raise unknown_setting(tree, path or (override.key,), str(override.origin))
    node = tree.node(path)
    if override.sign == "~":
        if node is None:
            raise unknown_setting(tree, path, str(override.origin))
        _check_deleted(override, path, tree)
        tree.forget(path)
        return
    if node is None and not override.sign:
        raise _not_there(override, path, tree)
    text = override.text or ""
    if _SWEEP.fullmatch(text.strip()):
        raise SettingsError(
            f"{dotted(path)} is given a sweep", cause=str(override.origin), tip="add --multirun, or put the value in quotes"
        )
    tree.put(path, read_value(text, place), override.origin)


def _check_deleted(override: Override, path: Path, tree: SettingsTree) -> None:
    """`~a=b` deletes only when the value is `b`."""
    node = tree.node(path)
    if override.text is None or not isinstance(node, Leaf):
        return
    place = tree.root.at(path)
    if place is not None and read_value(override.text, place) != node.value:
        raise SettingsError(
            f"{dotted(path)} has another value than the one to delete", cause=str(override.origin), tip=f"write ~{dotted(path)}"
        )


def _not_there(override: Override, path: Path, tree: SettingsTree) -> SettingsError:
    near = nearest_there(tree, path)
    meant = f"did you mean {dotted(near)}? " if near else ""
    return SettingsError(
        f"unknown setting {dotted(path)}", cause=str(override.origin), tip=f"{meant}to add it: +{override.key}=…"
    )
