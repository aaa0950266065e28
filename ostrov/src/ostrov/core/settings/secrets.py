"""What is a secret, and what is shown in its place."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ostrov.core.settings.declared import Declared
from ostrov.core.settings.keys import Steps

MASK = "********"

_NAMES = re.compile(
    r"passw|passphrase|secret|token|credential"
    r"|(?:^|[_-])(?:pass|pwd|keys?)$"
    r"|(?:api|access|private|signing|encryption|session)[_-]?keys?(?:$|[_-])",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(://[^\s:@/?#]*:)(?!\d+(?:[/?#\s]|$))(\S+)(?=@)")
"""The password in `scheme://user:password@host`, greedy so that one with an @ or a / in it is hidden whole."""
_PAIR = re.compile(r"\b(\w*(?:passw|passphrase|secret|token|api_?key)\w*\s*=\s*)('[^']*'|[^\s&;,'\"]+)", re.IGNORECASE)
"""`password=…` in a query string or a connection string."""


@lru_cache(maxsize=4096)
def secret_name(name: str) -> bool:
    """Whether a name says that its value is a secret."""
    return _NAMES.search(name) is not None


def secret_by_declaration(root: Declared, path: Steps) -> bool:
    """Whether the setting at a path is a secret: declared one, or named like one and not declared a number or public.

    Where names are free, a table that is named like a secret hides all that is in it (`extra.tokens.github`).
    """
    place: Declared | None = root
    for name in path:
        free = place is None or place.fields is None
        place = place.child(name) if place is not None else None
        if place is not None and place.secret is not None:
            if place.secret:
                return True
            continue
        if isinstance(name, str) and secret_name(name) and (free or (place is not None and _may_hold_text(place))):
            return True
    return False


def masked(value: Any, hide: bool = False, name: str = "") -> Any:
    """The value as a person may see it: hidden when `hide`, else only the secrets inside it. What is empty stays visible."""
    if (hide or secret_name(name)) and value not in (None, "", [], {}) and not (name and isinstance(value, bool)):
        return MASK
    if isinstance(value, str):
        if "@" in value and "://" in value:
            value = _ADDRESS.sub(rf"\g<1>{MASK}", value)
        return _PAIR.sub(rf"\g<1>{MASK}", value) if "=" in value else value
    if isinstance(value, dict):
        return {key: masked(inner, name=str(key)) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(inner) for inner in value]
    return value


def _may_hold_text(place: Declared) -> bool:
    if place.struct is not None and not place.scalars:
        return False  # a section: its own fields say which of them are secrets
    return (
        place.free
        or str in place.scalars
        or any(inner is not None and inner is not place and _may_hold_text(inner) for inner in (place.element, place.values))
    )
