"""Where to go after log-in: only to a page of ours."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# A browser drops tabs and newlines from an address and reads a backslash as a slash (WHATWG URL §4.4).
UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


def safe_next(target: str | None, otherwise: str = "/") -> str:
    """`target` when it is a path on this server, else `otherwise`. Never leads to another site."""
    if not target or len(target) > 2000 or UNSAFE.search(target):
        return otherwise
    if not target.startswith("/") or target.startswith("//"):
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    return target if not parts.scheme and not parts.netloc else otherwise
