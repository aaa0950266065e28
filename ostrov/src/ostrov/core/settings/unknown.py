"""The error for a name that is not declared, with the nearest one that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ostrov.core.errors import SettingsError
from ostrov.core.settings.keys import Path, dotted

if TYPE_CHECKING:
    from ostrov.core.settings.tree import SettingsTree

LISTED = 8  # names that a tip counts up


def unknown_setting(tree: SettingsTree, path: Path, where: str, *, variable: str = "", section: bool = False) -> SettingsError:
    """`where` is the origin; for an environment variable the tip writes the nearest name as its own (prefix `variable`).

    `section` says that the unknown name has a table of its own.
    """
    near = nearest(tree, path)
    if near:
        return SettingsError(f"unknown setting {dotted(path)}", cause=where, tip=f"did you mean {_written(near, variable)}?")
    known = _deepest(tree, path)
    names = tree.names(known)
    if not known and (section or len(path) > 1):
        tip = f"there is no section {path[0]!r}: is the component that brings it in components of ostrov.toml?"
    elif known and not names and (place := tree.root.at(known)) is not None and place.values is not None:
        tip = f"{dotted(known)} is empty"
    elif names:
        listed = ", ".join(names[:LISTED]) + (", …" if len(names) > LISTED else "")
        tip = f"{f'{dotted(known)} has' if known else 'there are'}: {listed}"
    else:
        tip = f"{dotted(known)} is one value, it has nothing below it"
    return SettingsError(f"unknown setting {dotted(path)}", cause=where, tip=tip)


def nearest(tree: SettingsTree, path: Path) -> Path:
    """The known path that was probably meant; an empty one when none is near."""
    from difflib import get_close_matches

    if found := nearest_there(tree, path):
        return found
    everywhere = [leaf for leaf, _ in tree.leaves()]
    elsewhere = sorted((leaf for leaf in everywhere if leaf[-1].casefold() == path[-1].casefold()), key=len)
    if len(elsewhere) == 1 or (elsewhere and len(elsewhere[0]) < len(elsewhere[1])):
        return elsewhere[0]
    keys = {dotted(leaf): leaf for leaf in everywhere}
    close_keys = get_close_matches(dotted(path), list(keys), 1, 0.75)
    return keys[close_keys[0]] if close_keys else ()


def nearest_there(tree: SettingsTree, path: Path) -> Path:
    """The same, but only with the wrong name replaced by one that stands in its place."""
    known = _deepest(tree, path)
    rest = path[len(known) :]
    close = close_name(rest[0], tree.names(known)) if rest else ""
    if not close or close == rest[0]:
        return ()
    found = (*known, close, *rest[1:])
    return found if _stands(tree, found) else (nearest_there(tree, found) or found[: len(known) + 1])


def close_name(name: str, names: list[str]) -> str:
    """The nearest of some names, or an empty text."""
    from difflib import get_close_matches

    folded = {known.casefold(): known for known in names}
    close = get_close_matches(name.casefold(), list(folded), 1, 0.6)
    return folded[close[0]] if close else ""


def _deepest(tree: SettingsTree, path: Path) -> Path:
    """The longest part of a path that stands in the tree."""
    return next((path[:length] for length in range(len(path), 0, -1) if _stands(tree, path[:length])), ())


def _stands(tree: SettingsTree, path: Path) -> bool:
    return tree.node(path) is not None


def _written(path: Path, variable: str) -> str:
    return variable + "__".join(path).upper() if variable else dotted(path)
