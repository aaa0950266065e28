"""Who asks: the same person, with the same rights, on every surface."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

EVERYTHING = "*"
SHELL = "cli:"


@dataclass(frozen=True)
class Actor:
    """`name` is unique among operators (`cli:root` for the person at the machine's own shell).

    A permission is a dotted word; what an actor holds may be `*`, `*.view` or `tasks.*` too. `scope`, when a personal token
    has one, narrows the permissions further.
    """

    name: str
    permissions: frozenset[str] = field(default_factory=frozenset)
    scope: frozenset[str] | None = None

    def may(self, permission: str) -> bool:
        """Whether the actor holds a permission."""
        return _held(permission, self.permissions) and (self.scope is None or _held(permission, self.scope))

    @property
    def person(self) -> str:
        """The name without the surface: `cli:ann` at the shell and the operator `ann` count as one person."""
        return self.name.removeprefix(SHELL)


def _held(permission: str, patterns: Iterable[str]) -> bool:
    first, _, _ = permission.partition(".")
    _, _, last = permission.rpartition(".")
    return any(pattern in (permission, EVERYTHING, f"{first}.*", f"*.{last}") for pattern in patterns)
