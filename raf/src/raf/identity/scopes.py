"""OAuth scopes as Mastodon has them: a parent scope (`read`) grants its children (`read:statuses`)."""

from __future__ import annotations

from collections.abc import Iterable

OF_READ = (
    "accounts",
    "blocks",
    "bookmarks",
    "favourites",
    "filters",
    "follows",
    "lists",
    "mutes",
    "notifications",
    "search",
    "statuses",
)
OF_WRITE = (
    "accounts",
    "blocks",
    "bookmarks",
    "conversations",
    "favourites",
    "filters",
    "follows",
    "lists",
    "media",
    "mutes",
    "notifications",
    "reports",
    "statuses",
)
OF_ADMIN = (
    *("accounts", "reports", "domain_allows", "domain_blocks", "ip_blocks", "email_domain_blocks", "canonical_email_blocks"),
)
ADMIN = tuple(scope for verb in ("read", "write") for scope in (f"admin:{verb}", *(f"admin:{verb}:{s}" for s in OF_ADMIN)))
SCOPES = (
    *("read", "profile", "write", *(f"write:{s}" for s in OF_WRITE), *(f"read:{s}" for s in OF_READ), "follow", "push"),
    *ADMIN,
)
"""Every scope this server knows, in the order in which its metadata lists them."""
FOLLOW = frozenset(f"{verb}:{noun}" for verb in ("read", "write") for noun in ("blocks", "follows", "mutes"))
PARENTS = (("read", OF_READ), ("write", OF_WRITE), ("admin:read", OF_ADMIN), ("admin:write", OF_ADMIN))
DEFAULT = "read"


def parse_scopes(text: str) -> tuple[str, ...] | None:
    """The scopes of a space-separated list, each once; None when one is unknown or there is none."""
    found = tuple(dict.fromkeys(text.split()))
    return found if found and all(scope in SCOPES for scope in found) else None


def grants(held: Iterable[str]) -> frozenset[str]:
    """Everything that holding these scopes allows, spelled out: `read` is itself and all its children."""
    allowed = set(held)
    if "follow" in allowed:
        allowed |= FOLLOW
    for parent, children in PARENTS:
        if parent in allowed:
            allowed.update(f"{parent}:{child}" for child in children)
    return frozenset(allowed)


def within(wanted: Iterable[str], held: Iterable[str]) -> bool:
    """Whether an application that registered for `held` may ask for `wanted`."""
    return set(wanted) <= grants(held)
