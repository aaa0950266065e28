"""Names between colons that stand for pictures of the house."""

from __future__ import annotations

import re

USED = re.compile(r"(?<![A-Za-z0-9_:]):([A-Za-z0-9_]{2,64}):(?![A-Za-z0-9_:])")
"""Where a picture stands in a text (app/models/custom_emoji.rb, SCAN_RE)."""


def names_in(*texts: str) -> list[str]:
    """The names, each once."""
    return list(dict.fromkeys(name for text in texts if ":" in text for name in USED.findall(text)))
