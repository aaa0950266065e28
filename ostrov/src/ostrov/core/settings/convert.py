"""From the values of the tree to the typed Structs; what does not fit is told with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any, get_args

import msgspec

from ostrov.core.errors import SettingsError
from ostrov.core.settings.declared import Declared
from ostrov.core.settings.keys import Path, Steps, dotted
from ostrov.core.settings.resolve import is_plain
from ostrov.core.settings.secrets import masked, secret_name
from ostrov.core.settings.shown import shown_text, written
from ostrov.core.settings.tree import Leaf, SettingsTree
from ostrov.core.settings.unknown import close_name

_PLACE = re.compile(r"(.*?)(?: - at `(?:key in )?\$(.*)`)?", re.DOTALL)
_STEP = re.compile(r"\[(\d+)\]|\.([^.\[\]]+)|\[\.\.\.\]")


def convert(tree: SettingsTree, kind: type[msgspec.Struct]) -> Any:
    """The settings as a `kind`. Raises SettingsError for a value of a wrong type, out of its bounds, or that the check of its
    declaration refuses."""
    try:
        settings = _converted(tree.values(), kind)
        for _, leaf, place in _declared_leaves(tree):
            _check(leaf.value, place)
        return settings
    except (msgspec.ValidationError, ValueError) as problem:
        for error in wrong_leaves(tree):
            raise error from None
        where = str(problem)
        raise SettingsError("the settings do not fit together", cause=where, tip="ostrov config show --origin") from None


def wrong_leaves(tree: SettingsTree) -> Iterator[SettingsError]:
    """An error for each value that does not fit its declaration; what is not worked out yet is passed over."""
    for path, leaf, place in _declared_leaves(tree):
        try:
            _converted(leaf.value, place.annotation)
            _check(leaf.value, place)
        except (msgspec.ValidationError, ValueError) as problem:
            yield _wrong(path, leaf, place, str(problem))


def _declared_leaves(tree: SettingsTree) -> Iterator[tuple[Path, Leaf, Declared]]:
    for path, leaf in tree.leaves():
        place = tree.root.at(path)
        if place is not None and not place.free and is_plain(leaf.value):
            yield path, leaf, place


def _check(value: Any, place: Declared) -> None:
    """Call what a declaration has in `msgspec.Meta(extra={"check": …})` for what its type cannot say. Raises ValueError."""
    for extra in get_args(place.annotation)[1:]:
        if isinstance(extra, msgspec.Meta) and extra.extra is not None and "check" in extra.extra:
            extra.extra["check"](value)


def _wrong(path: Path, leaf: Leaf, place: Declared, problem: str) -> SettingsError:
    match = _PLACE.fullmatch(problem)
    what, inside = (match[1], _steps(match[2] or "")) if match else (problem, ())
    value, inner = leaf.value, place.at(inside) or place
    for step in inside:
        value = value[step]
    key = dotted(path) + written(inside)
    name = next((step for step in reversed(inside) if isinstance(step, str)), "")
    hidden = leaf.secret or secret_name(name)
    if hidden and not what.startswith("Expected"):  # msgspec may tell the value
        what = "it is not one of the values that are allowed"
    what = described(inner.annotation, what)
    what = what[:1].lower() + what[1:].replace("`", "")
    shown = shown_text(masked(value, hidden))
    return SettingsError(
        f"{key} is wrong: {what}",
        cause=f"{leaf.origin.inside(inside)}: {key} = {shown}",
        tip=_tip(what, value if not hidden else None, inner),
    )


def described(annotation: Any, what: str) -> str:
    """A pattern says nothing to most people; its `msgspec.Meta(description=…)` does."""
    if "matching regex" not in what:
        return what
    for extra in get_args(annotation)[1:]:
        if isinstance(extra, msgspec.Meta) and extra.description:
            return f"expected {extra.description}"
    return what


def _tip(what: str, value: Any, place: Declared) -> str:
    if place.literals:
        near = close_name(str(value), [str(literal) for literal in place.literals]) if value is not None else ""
        options = ", ".join(map(str, place.literals))
        return f"did you mean {near}? it is one of: {options}" if near else f"it is one of: {options}"
    if what.startswith("expected str, got"):
        return 'in a file, put the text in quotes: "…"'
    if what.startswith(("expected array", "expected list")):
        return "write a list: [a, b]"
    if what.startswith("expected bool"):
        return "write true or false"
    return "give it such a value there, or leave it out to have the default"


def _steps(path: str) -> Steps:
    found: list[str | int] = []
    for index, name in _STEP.findall(path):
        if not index and not name:
            break  # msgspec does not tell the key of a mapping
        found.append(int(index) if index else name)
    return tuple(found)


def _converted(value: Any, kind: Any) -> Any:
    return msgspec.convert(value, kind, strict=False, dec_hook=_other)


def _other(kind: type[Any], value: Any) -> Any:
    if kind is FilePath and isinstance(value, str):
        return FilePath(value)
    raise msgspec.ValidationError(f"Expected `{kind.__name__}`, got `{type(value).__name__}`")
