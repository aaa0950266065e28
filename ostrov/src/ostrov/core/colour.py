"""Whether colours are wanted: no-color.org's variable, and terminals that know none."""

from __future__ import annotations

import os


def colours_wanted() -> bool:
    """False with `NO_COLOR` set to anything, and on a dumb terminal."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
