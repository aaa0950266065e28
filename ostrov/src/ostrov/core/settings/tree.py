"""Every setting with its origin and its history."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
SECRET_NAME = re.compile(r"password|secret|token|key$")


@dataclass(frozen=True)
class Shown:
    """One line of `ostrov config show`."""

    key: str
    value: str
    masked: bool
    origin: str
    history: tuple[tuple[str, str], ...] = ()


class SettingsTree:
    """Leaf path to what was said about it, `(value, origin)`, the last one valid."""

    def __init__(self) -> None:
        self.said: dict[Path, list[tuple[Any, str]]] = {}

    def put(self, path: Path, value: Any, origin: str) -> None:
        """A later layer says `value`."""
        if isinstance(value, Mapping) and value:
            for key, inner in value.items():
                self.put((*path, str(key)), inner, origin)
            return
        for other in [p for p in self.said if p != path and (p[: len(path)] == path or path[: len(p)] == p)]:
            del self.said[other]
        self.said.setdefault(path, []).append((value, origin))

    def nested(self) -> dict[str, Any]:
        """The tree as nested mappings."""
        data: dict[str, Any] = {}
        for path, said in self.said.items():
            place = data
            for key in path[:-1]:
                place = place.setdefault(key, {})
            place[path[-1]] = said[-1][0]
        return data

    def shown(self, history: bool = False) -> list[Shown]:
        """Every setting as a person may see it."""
        return [self._shown(path, history) for path in self.said]

    def _shown(self, path: Path, history: bool) -> Shown:
        said = self.said[path]
        masked = bool(SECRET_NAME.search(path[-1])) or ("://" in str(said[-1][0]) and "@" in str(said[-1][0]))

        def text(value: Any) -> str:
            return "********" if masked and value else repr(value)

        older = tuple((text(value), origin) for value, origin in reversed(said[:-1])) if history else ()
        return Shown(".".join(path), text(said[-1][0]), masked, said[-1][1], older)
