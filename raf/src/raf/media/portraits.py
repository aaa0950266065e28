"""The pictures of people who have none yet: a cup of raf seen from above, one of 256 made from the name.

They are drawn at their first use and kept; a name decides palette, number of petals and turn, so it is always the same cup.
"""

from __future__ import annotations

import hashlib
import math
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

Colour: TypeAlias = tuple[int, int, int]
FOLDER = "default"
NAME = re.compile(r"default/(avatar|header)-([0-9a-f]{2})\.png")

# ground, saucer, cup, coffee, foam: coconut shell, soy cream, palm, lagoon, sand, hibiscus
PALETTES: tuple[tuple[Colour, Colour, Colour, Colour, Colour], ...] = (
    ((244, 233, 214), (221, 199, 167), (255, 251, 243), (118, 74, 46), (250, 232, 205)),
    ((205, 228, 221), (150, 196, 186), (252, 253, 248), (106, 66, 43), (246, 231, 208)),
    ((214, 227, 200), (160, 190, 137), (255, 253, 246), (96, 61, 40), (244, 229, 203)),
    ((247, 218, 202), (232, 168, 143), (255, 249, 243), (122, 70, 48), (252, 233, 214)),
    ((226, 217, 233), (184, 165, 200), (253, 250, 254), (98, 62, 50), (243, 229, 216)),
    ((252, 231, 184), (238, 198, 116), (255, 252, 243), (115, 71, 38), (251, 235, 204)),
    ((199, 217, 232), (142, 175, 205), (250, 252, 255), (92, 60, 46), (240, 229, 212)),
    ((86, 60, 46), (122, 90, 70), (246, 236, 222), (58, 36, 25), (233, 209, 178)),
)


def default_avatar(username: str) -> str:
    """The name, below the media folder, of the avatar of somebody who chose none."""
    return f"{FOLDER}/avatar-{_seed(username):02x}.png"


def default_header(username: str) -> str:
    """The same for the picture across the top of a profile."""
    return f"{FOLDER}/header-{_seed(username) & 7:02x}.png"


def drawn(name: str, folder: Path) -> Path | None:
    """The file of a default picture, drawn now if it is not there yet; None for any other name. Blocks some 30 ms."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    path = folder / name
    if not path.exists():
        kind, seed = found[1], int(found[2], 16)
        if kind == "header" and seed >= len(PALETTES):
            return None
        picture = draw_avatar(seed) if kind == "avatar" else draw_header(seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{secrets.token_hex(4)}")
        picture.save(part, "PNG", optimize=True)
        part.replace(path)
    return path


def draw_avatar(seed: int) -> Image.Image:
    """A cup of raf from above, 400 × 400."""
    from PIL import Image, ImageDraw

    scale = 3
    size, middle = 400 * scale, 200.0 * scale
    ground, saucer, cup, coffee, foam = PALETTES[seed % len(PALETTES)]
    picture = Image.new("RGB", (size, size), ground)
    pen = ImageDraw.Draw(picture)
    turn = (seed >> 3) * math.tau / 32 + 0.3
    _disc(pen, middle, middle, 182 * scale, saucer)
    _disc(pen, middle, middle, 170 * scale, _between(saucer, ground, 0.35))
    handle = math.pi / 4 + turn
    x, y = middle + math.cos(handle) * 142 * scale, middle + math.sin(handle) * 142 * scale
    _disc(pen, x, y, 34 * scale, _between(cup, saucer, 0.25))
    _disc(pen, x, y, 17 * scale, _between(saucer, ground, 0.35))
    _disc(pen, middle, middle, 138 * scale, cup)
    _disc(pen, middle, middle, 122 * scale, coffee)
    _disc(pen, middle, middle, 113 * scale, _between(coffee, foam, 0.3))
    petals = 3 + (seed >> 3) % 5
    for radius, colour in ((96, foam), (67, _between(coffee, foam, 0.42)), (49, foam), (23, _between(coffee, foam, 0.5))):
        _flower(pen, middle, radius * scale, petals, turn, 0.13, colour)
    return picture.resize((400, 400), Image.Resampling.LANCZOS).quantize(64, Image.Quantize.MEDIANCUT)


def draw_header(seed: int) -> Image.Image:
    """Waves of foam, 1500 × 500."""
    from PIL import Image, ImageDraw

    scale = 2
    width, height = 1500 * scale, 500 * scale
    ground, saucer, _, coffee, foam = PALETTES[seed % len(PALETTES)]
    picture = Image.new("RGB", (width, height), ground)
    pen = ImageDraw.Draw(picture)
    colours = (
        _between(ground, saucer, 0.5),
        saucer,
        _between(saucer, foam, 0.55),
        _between(saucer, coffee, 0.45),
        _between(coffee, foam, 0.15),
    )
    for layer, colour in enumerate(colours):
        top = height * (0.34 + layer * 0.135)
        swell = height * (0.07 - layer * 0.007)
        length = width / (1.6 + layer * 0.45)
        start = seed * 1.7 + layer * 2.1
        crest = [(x, top + swell * math.sin(x * math.tau / length + start)) for x in range(0, width + 8, 8)]
        pen.polygon([*crest, (width, height), (0, height)], fill=colour)
    return picture.resize((1500, 500), Image.Resampling.LANCZOS).quantize(64, Image.Quantize.MEDIANCUT)


@lru_cache(4096)
def _seed(username: str) -> int:
    return hashlib.sha256(username.lower().encode("utf-8", "surrogatepass")).digest()[0]


def _disc(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: Colour) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _flower(
    pen: ImageDraw.ImageDraw, middle: float, radius: float, petals: int, turn: float, depth: float, colour: Colour
) -> None:
    points = []
    for step in range(360):
        angle = step * math.tau / 360
        reach = radius * (1 - depth + depth * math.cos(petals * (angle - turn)))
        points.append((middle + reach * math.cos(angle), middle + reach * math.sin(angle)))
    pen.polygon(points, fill=colour)


def _between(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
