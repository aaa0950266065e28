"""Every pair of colours that text is set in has the contrast of WCAG 2.2 AA, by day and by night."""

from __future__ import annotations

import re

import pytest

from raf.web.assets import FOLDER

TOKEN = re.compile(r"--([a-z-]+): (?:light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)|(#[0-9a-f]{6}));")
SOURCE = (FOLDER / "css" / "1-tokens.css").read_text()
COLOURS = {name: (day or both, night or both) for name, day, night, both in TOKEN.findall(SOURCE)}

TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in ("oat", "coconut", "foam")),
    *((ink, ground) for ink in ("palm", "cherry", "caramel") for ground in ("oat", "coconut", "foam")),
    *(("ink", ground) for ground in ("palm-wash", "cherry-wash", "caramel-wash")),
    ("palm", "palm-wash"),
    ("palm-deep", "palm-wash"),
    ("cherry", "cherry-wash"),
    ("caramel", "caramel-wash"),
    ("ink-soft", "palm-wash"),
    ("on-palm", "palm"),
    ("on-palm", "palm-deep"),
    ("coconut", "ink"),
    *((ink, ground) for ink in ("on-roast", "on-roast-soft") for ground in ("roast", "roast-lift")),
]


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("light", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(ink: str, ground: str, light: int) -> None:
    assert contrast(COLOURS[ink][light], COLOURS[ground][light]) >= 4.5


@pytest.mark.parametrize("light", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize("ground", ["coconut", "foam"])
def test_the_edge_of_a_field_can_be_seen(ground: str, light: int) -> None:
    assert contrast(COLOURS["edge"][light], COLOURS[ground][light]) >= 3
