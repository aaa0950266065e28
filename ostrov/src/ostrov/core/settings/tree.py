"""Every setting with what each layer said about it, the last one valid, and where it was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ostrov.core.errors import SettingsError
from ostrov.core.settings.declared import Declared, default_values
from ostrov.core.settings.keys import Path, Steps, dotted, undotted
from ostrov.core.settings.origin import DEFAULT, Origin
from ostrov.core.settings.secrets import masked, secret_by_declaration
from ostrov.core.settings.shown import Shown, rows_of, shown_text
from ostrov.core.settings.unknown import unknown_setting
from ostrov.core.settings.view import SettingsView


class Said(NamedTuple):
    """What one layer said about a setting."""

    value: Any
    origin: Origin


class Leaf:
    """One setting: what was said, the oldest first; the value once it is worked out; whether it is a secret."""

    __slots__ = ("said", "secret", "value")

    def __init__(self, *said: Said) -> None:
        self.said = list(said)
        self.value: Any = said[-1].value
        self.secret = False

    @property
    def origin(self) -> Origin:
        return self.said[-1].origin

    @property
    def guarded(self) -> bool:
        """Whether a person sees it masked: a secret, or an address with a password in it."""
        return bool(masked(self.value, self.secret) != self.value)

    def say(self, said: Said) -> None:
        self.said.append(said)
        self.value = said.value


Table = dict[str, Any]
"""Names to Leaf or Table."""


class SettingsTree:
    """All settings of a project. Keys are dotted (`db.user`) and found in any case.

    It is built by `put`, the lowest layer first, then resolved once; after that it is only read.
    """

    def __init__(self, root: Declared) -> None:
        self.root = root
        self.top: Table = {}
        self.choices: dict[str, Said] = {}
        """The chosen option of each group of files."""
        self.complete()

    def put(self, path: Path, value: Any, origin: Origin) -> None:
        """A later layer says `value`; a mapping is laid over what is there, anything else replaces it.

        Raises SettingsError for a name that is not declared, and for a plain value in the place of a section.
        """
        place = self.root.at(path)
        if place is None:
            raise unknown_setting(self, path, str(origin), variable=origin.variable, section=isinstance(value, Mapping))
        if isinstance(value, Mapping):
            if place.struct is None and place.values is None:
                raise SettingsError(
                    f"{dotted(path)} is one value, not a section", cause=str(origin), tip=f"write it as {dotted(path)} = …"
                )
            if value or place.struct is not None:
                self._table(path)
            elif not isinstance(self.node(path), dict):
                self._say(path, Said({}, origin))
            for name, inner in value.items():
                self.put((*path, str(name)), inner, origin.below(str(name)))
            return
        if place.table and not (value is None and place.nullable):
            raise self._not_one_value(path, origin)
        self._check_names_inside(path, place, value, origin, ())
        self._say(path, Said(value, origin))

    def forget(self, path: Path) -> None:
        """Back to the default in code; a value that has none is gone."""
        table = self.node(path[:-1])
        if isinstance(table, dict) and path[-1] in table:
            _forget(table, path[-1])
        self.complete()

    def complete(self) -> None:
        """Put the defaults of every Struct that stands in the tree, where nothing was said."""
        _complete(self.top, self.root)

    def mark_secrets(self) -> None:
        """Mark what is a secret by declaration, by name, or by the file it stands in."""
        for path, leaf in self.leaves():
            leaf.secret = any(said.origin.secret for said in leaf.said) or secret_by_declaration(self.root, path)

    def node(self, path: Path) -> Leaf | Table | None:
        """What stands at a path: a setting, a table of them, or nothing."""
        node: Any = self.top
        for name in path:
            if not isinstance(node, dict) or name not in node:
                return None
            node = node[name]
        found: Leaf | Table = node
        return found

    def leaves(self, path: Path = ()) -> Iterator[tuple[Path, Leaf]]:
        """Every setting at or below a path, in the order of their declaration."""
        node = self.node(path)
        if isinstance(node, Leaf):
            yield path, node
        elif node is not None:
            yield from _leaves(node, path)

    def names(self, path: Path) -> list[str]:
        """The names that stand below a path."""
        node, place = self.node(path), self.root.at(path)
        names = dict.fromkeys(place.fields or ()) if place is not None else {}
        return list(names | dict.fromkeys(node)) if isinstance(node, dict) else list(names)

    def canonical(self, path: Path) -> Path:
        """The path with each name in the case it was declared in, or first said."""
        found: Path = ()
        for name in path:
            names = self.names(found)
            if name not in names:
                name = next((known for known in names if known.casefold() == name.casefold()), name)
            found = (*found, name)
        return found

    def leaf(self, key: str) -> Leaf:
        """The setting of a dotted key. Raises SettingsError, with the nearest known name, when there is none."""
        path = self.canonical(undotted(key))
        node = self.node(path)
        if isinstance(node, Leaf):
            return node
        if node is not None and path:
            raise SettingsError(f"{key} is a section", tip=f"it has: {', '.join(node)}")
        raise unknown_setting(self, path or (key,), "")

    def told(self, key: str, *, reveal: bool = False) -> Any:
        """The value of a dotted key or the values of a section, secrets masked unless `reveal`. Raises SettingsError."""
        path = self.canonical(undotted(key))
        node = self.node(path)
        if node is None or not path:
            raise unknown_setting(self, path or (key,), "")
        return _told(node, reveal)

    def origin(self, key: str) -> str:
        """Where the value of a dotted key came from."""
        return str(self.leaf(key).origin)

    def values(self) -> dict[str, Any]:
        """All values, nested."""
        return values_of(self.top)

    @property
    def view(self) -> SettingsView:
        """The values by `view.db.user`, `view["db.user"]`, `view.get("db.user", default=None)`, in any case."""
        return SettingsView(self.values())

    def shown(self, history: bool = False, prefix: str = "") -> list[Shown]:
        """Every setting, or those at and below `prefix`, as a person may see it."""
        rows = [
            Shown(f"defaults.{group}", shown_text(said.value), False, str(said.origin), (), said.value)
            for group, said in self.choices.items()
        ]
        for path, leaf in self.leaves():
            rows += rows_of(dotted(path), leaf, history)
        within = prefix.rstrip(".").casefold()
        return [row for row in rows if not within or f"{row.key.casefold()}.".startswith((f"{within}.", f"{within}["))]

    def _table(self, path: Path) -> Table:
        table = self.top
        for name in path:
            node = table.get(name)
            if not isinstance(node, dict):
                node = table[name] = {}
            table = node
        return table

    def _say(self, path: Path, said: Said) -> None:
        table, name = self._table(path[:-1]), path[-1]
        before = table.get(name)
        if isinstance(before, Leaf):
            before.say(said)
        elif before:
            origin = next(leaf.origin for _, leaf in _leaves(before, path))
            table[name] = Leaf(Said(values_of(before), origin), said)
        else:
            table[name] = Leaf(said)

    def _not_one_value(self, path: Path, origin: Origin) -> SettingsError:
        names = ", ".join(dotted((*path, name)) for name in self.names(path)[:4])
        return SettingsError(
            f"{dotted(path)} is a section, not one value",
            cause=str(origin),
            tip=f"set what is in it: {names}" if names else "write it as a table",
        )

    def _check_names_inside(self, path: Path, place: Declared, value: Any, origin: Origin, inside: Steps) -> None:
        """The names in the elements of a list are declared, too."""
        if isinstance(value, list) and place.element is not None and not place.element.free:
            for index, item in enumerate(value):
                self._check_names_inside(path, place.element, item, origin, (*inside, index))
        elif isinstance(value, Mapping) and place.fields is not None and inside:
            for name, item in value.items():
                if name not in place.fields:
                    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in inside)
                    raise SettingsError(
                        f"unknown setting {dotted(path)}{where}.{name}",
                        cause=origin.inside((*inside, name)),
                        tip=_did_you_mean(name, list(place.fields)),
                    )
                self._check_names_inside(path, place.fields[name], item, origin, (*inside, name))


def values_of(table: Table) -> dict[str, Any]:
    """The values of a table, nested."""
    return {name: node.value if isinstance(node, Leaf) else values_of(node) for name, node in table.items()}


def _told(node: Leaf | Table, reveal: bool) -> Any:
    if isinstance(node, Leaf):
        return node.value if reveal else masked(node.value, node.secret)
    return {name: _told(inner, reveal) for name, inner in node.items()}


def _did_you_mean(name: str, names: list[str]) -> str:
    from ostrov.core.settings.unknown import close_name

    close = close_name(name, names)
    return f"did you mean {close}?" if close else f"there are: {', '.join(names)}"


def _leaves(table: Table, path: Path) -> Iterator[tuple[Path, Leaf]]:
    for name, node in table.items():
        if isinstance(node, Leaf):
            yield (*path, name), node
        else:
            yield from _leaves(node, (*path, name))


def _complete(table: Table, place: Declared) -> None:
    if place.fields is not None and place.struct is not None:
        for name, value in default_values(place.struct).items():
            if name not in table:
                table[name] = _from_default(value, place.fields[name])
    for name, node in table.items():
        if isinstance(node, dict) and (below := place.child(name)) is not None:
            _complete(node, below)


def _from_default(value: Any, place: Declared) -> Leaf | Table:
    if isinstance(value, dict) and (value or place.struct is not None):
        return {name: _from_default(inner, place.child(name) or place) for name, inner in value.items()}
    return Leaf(Said(value, DEFAULT))


def _forget(table: Table, name: str) -> None:
    node = table[name]
    if isinstance(node, dict):
        for inner in list(node):
            _forget(node, inner)
        if not node:
            del table[name]
    elif node.said[0].origin is DEFAULT:
        del node.said[1:]
        node.value = node.said[0].value
    else:
        del table[name]
