"""Where to look in a picture when only a part of it is shown: (x, y), each from -1 (left, bottom) to 1 (right, top)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from raf.errors import Invalid

PLACES: Final[Mapping[str, tuple[float, float]]] = {
    "centre": (0.0, 0.0),
    "top": (0.0, 0.8),
    "bottom": (0.0, -0.8),
    "left": (-0.8, 0.0),
    "right": (0.8, 0.0),
}
"""What people choose from."""


def check_focus(point: Sequence[float]) -> None:
    """Raises Invalid for a point outside of the picture."""
    if len(point) != 2 or not all(math.isfinite(value) and -1 <= value <= 1 for value in point):
        raise Invalid({"focus": [("ERR_INVALID", "must be two numbers from -1 to 1")]})


def place_of(focus: Mapping[str, float] | None) -> str:
    """The nearest of `PLACES`."""
    if not focus:
        return "centre"
    x, y = focus.get("x", 0.0), focus.get("y", 0.0)
    return min(PLACES, key=lambda name: (PLACES[name][0] - x) ** 2 + (PLACES[name][1] - y) ** 2)
