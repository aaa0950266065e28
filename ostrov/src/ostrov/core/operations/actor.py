"""Who asks: the same person, with the same rights, on every surface."""

from __future__ import annotations

from dataclasses import dataclass, field

EVERYTHING = "*"


@dataclass(frozen=True)
class Actor:
    """`name` is unique among operators (`cli:root` for the person at the machine's own shell); `permissions` may be {"*"}."""

    name: str
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """Whether the actor holds a permission."""
        return EVERYTHING in self.permissions or permission in self.permissions
