"""Working out the values that refer to others, once, after all layers are known.

Whoever reads a secret is one: each value that is being worked out when a secret is read is marked, however deep it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ostrov.core.errors import SettingsError
from ostrov.core.settings.keys import Path, Steps, dotted
from ostrov.core.settings.references import absolute, interpolated, steps_of
from ostrov.core.settings.secrets import masked, secret_name
from ostrov.core.settings.shown import shown_text
from ostrov.core.settings.tree import Leaf, SettingsTree
from ostrov.core.settings.unknown import nearest
from ostrov.core.settings.words import CASTS, formatted, rendered, word_of

MISSING: Any = object()
KNOWN_TO_FORMAT = "@format knows {this.section.key} and {env[NAME]}; {{ is a plain brace"
KNOWN_TO_REFERENCES = "write ${section.key}; ${oc.env:NAME} is a variable, \\${ a plain ${"


def resolve(tree: SettingsTree, environ: Mapping[str, str]) -> None:
    """Work out every value of the tree in place. Raises SettingsError: a cycle, a missing setting, a word that fails."""
    resolver = Resolver(tree, environ)
    for path, leaf in tree.leaves():
        resolver.value(path, leaf)


class Resolver:
    """The state of one resolution: what is done and what is being worked out."""

    def __init__(self, tree: SettingsTree, environ: Mapping[str, str]) -> None:
        self.tree = tree
        self.environ = environ
        self._done: set[Path] = set()
        self._busy: list[tuple[Path, Leaf]] = []
        self._hiding = 0  # names of secrets around the value being worked out, inside lists and mappings

    def value(self, path: Path, leaf: Leaf) -> Any:
        """The value of a setting, worked out at its first use."""
        if path not in self._done:
            if is_plain(leaf.value):
                self._done.add(path)
            else:
                self._work_out(path, leaf)
        if leaf.secret:
            self.taint()
        return leaf.value

    def taint(self) -> None:
        """A secret was read."""
        for _, leaf in self._busy:
            leaf.secret = True

    def look_up(self, steps: Steps) -> Any:
        """What stands at steps from the root, worked out; MISSING when nothing does."""
        node: Any = self.tree.top
        path: Path = ()
        for position, step in enumerate(steps):
            if isinstance(node, Leaf):
                return self._guarded(_inside(self.value(path, node), steps[position:]), steps[-1])
            name = str(step)
            if name not in node:
                name = next((known for known in node if known.casefold() == name.casefold()), name)
            if name not in node:
                return MISSING
            path, node = (*path, name), node[name]
        return self._plain(path, node)

    def variable(self, name: str) -> str | None:
        """An environment variable; one that is named like a secret is one."""
        if secret_name(name):
            self.taint()
        return self.environ.get(name)

    def _work_out(self, path: Path, leaf: Leaf) -> None:
        if any(path == busy for busy, _ in self._busy):
            raise self._cycle(path)
        self._busy.append((path, leaf))
        try:
            leaf.value = self._worked_out(leaf.value, path)
        except (SettingsError, RecursionError):
            raise
        except Exception as problem:
            raise self._failed(problem) from None  # the problem's own text may hold a secret
        finally:
            self._busy.pop()
        self._done.add(path)

    def _worked_out(self, value: Any, path: Path) -> Any:
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, list):
            return [self._worked_out(item, path) for item in value]
        if isinstance(value, dict):
            return {name: self._worked_out_below(str(name), item, path) for name, item in value.items()}
        return value

    def _worked_out_below(self, name: str, value: Any, path: Path) -> Any:
        self._hiding += secret_name(name)
        worked_out = self._worked_out(value, path)
        self._hiding -= secret_name(name)
        return worked_out

    def _text(self, text: str, path: Path) -> Any:
        word, rest = word_of(text)
        match word:
            case "":
                return interpolated(text, lambda reference: self._read(reference, path)) if "${" in text else text
            case "raw":
                return rest
            case "none":
                return None
            case "format":
                return formatted(rest, self._named)
            case "jinja":
                return rendered(rest, This(self, ()), Variables(self))
            case _:
                return CASTS[word](self._text(rest, path))

    def _read(self, reference: str, path: Path) -> Any:
        """The value of what stands in `${…}`."""
        kind, colon, rest = reference.partition(":")
        if colon and kind.strip() in ("oc.env", "env"):
            name, comma, default = rest.partition(",")
            found = self.variable(name.strip())
            if found is not None:
                return found
            if comma:
                return default.strip()
            raise self._error(f"the environment variable {name.strip()} is not set", "set it, or write ${oc.env:NAME,default}")
        return self._found(absolute(reference.strip(), path), KNOWN_TO_REFERENCES)

    def _named(self, name: str) -> Any:
        """The value of what stands in the braces of `@format`."""
        steps = steps_of(name)
        if len(steps) > 1 and steps[0] == "this":
            return self._found(name.removeprefix("this").lstrip("."), KNOWN_TO_FORMAT)
        if len(steps) == 2 and steps[0] == "env":
            found = self.variable(str(steps[1]))
            if found is None:
                raise self._error(f"the environment variable {steps[1]} is not set", f"set {steps[1]}")
            return found
        raise self._error(f"@format does not know {{{name}}}", KNOWN_TO_FORMAT)

    def _found(self, reference: str, otherwise: str) -> Any:
        steps = steps_of(reference)
        found = self.look_up(steps) if steps else MISSING
        if found is not MISSING:
            return found
        near = nearest(self.tree, tuple(str(step) for step in steps)) if steps else ()
        tip = f"did you mean {dotted(near)}?" if near else otherwise
        raise self._error(f"there is no setting {reference}", tip)

    def _guarded(self, value: Any, name: str | int = "") -> Any:
        """A value that is handed out: a secret inside it, or an address with a password, makes a secret of the reader."""
        if value is not MISSING and masked(value, name=str(name)) != value:
            self.taint()
        return value

    def _plain(self, path: Path, node: Any) -> Any:
        if isinstance(node, Leaf):
            return self._guarded(self.value(path, node))
        return {name: self._plain((*path, name), inner) for name, inner in node.items()}

    def _error(self, detail: str, tip: str) -> SettingsError:
        path, leaf = self._busy[-1]
        if leaf.secret or self._hiding:  # what looks like a reference may be a piece of a password
            detail, tip = "it refers to something that does not exist", "\\${ is a plain ${"
        return SettingsError(f"{dotted(path)} cannot be worked out", cause=f"{leaf.origin}: {detail}", tip=tip)

    def _failed(self, problem: Exception) -> SettingsError:
        path, leaf = self._busy[-1]
        hidden = leaf.secret or self._hiding
        detail = type(problem).__name__ if hidden else masked(f"{problem}, in {shown_text(masked(leaf.said[-1].value))}")
        return SettingsError(
            f"{dotted(path)} cannot be worked out", cause=f"{leaf.origin}: {detail}", tip="mend the value there"
        )

    def _cycle(self, path: Path) -> SettingsError:
        start = next(place for place, (busy, _) in enumerate(self._busy) if busy == path)
        ring = self._busy[start:]
        names = " -> ".join(dotted(member) for member, _ in [*ring, ring[0]])
        return SettingsError(
            f"settings refer to each other in a ring: {names}",
            cause=", ".join(str(leaf.origin) for _, leaf in ring),
            tip="give one of them a value of its own",
        )


class This:
    """`this` in `@jinja`: the settings by attribute or item, in any case."""

    def __init__(self, resolver: Resolver, steps: Steps) -> None:
        self._resolver = resolver
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        found = MISSING if name.startswith("__") else self._look_up(name)
        if found is MISSING:
            raise AttributeError(name)
        return found

    def __getitem__(self, name: str | int) -> Any:
        found = self._look_up(name)
        if found is MISSING:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        node: Any = self._resolver.tree.top
        for step in self._steps:
            node = node[step]
        return iter(node)

    def _look_up(self, name: str | int) -> Any:
        tree = self._resolver.tree
        path = tree.canonical((*map(str, self._steps), str(name)))
        if isinstance(tree.node(path), dict):
            return This(self._resolver, path)
        return self._resolver.look_up(path)


class Variables(Mapping[str, str]):
    """`env` in `@jinja`."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def __getitem__(self, name: str) -> str:
        found = self._resolver.variable(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._resolver.environ)

    def __len__(self) -> int:
        return len(self._resolver.environ)


def is_plain(value: Any) -> bool:
    """Whether nothing in the value has to be worked out."""
    if isinstance(value, str):
        return not value.startswith("@") and "${" not in value
    if isinstance(value, list):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(map(is_plain, value.values()))
    return True


def _inside(value: Any, steps: Steps) -> Any:
    for step in steps:
        if isinstance(value, list) and str(step).isdecimal() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict):
            name = next((known for known in value if str(known).casefold() == str(step).casefold()), None)
            if name is None:
                return MISSING
            value = value[name]
        else:
            return MISSING
    return value
