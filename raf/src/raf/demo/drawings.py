"""Pictures drawn for the demonstration: faces for avatars and scenes for posts, the same for the same name."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFilter

Colour: TypeAlias = tuple[int, int, int]
SIZE = 400
SKINS: tuple[Colour, ...] = ((246, 214, 184), (232, 190, 152), (198, 142, 104), (141, 92, 63), (255, 226, 202))
HAIRS: tuple[Colour, ...] = ((44, 27, 18), (92, 54, 30), (160, 98, 48), (222, 178, 102), (120, 120, 124), (168, 52, 44))
GROUNDS: tuple[Colour, ...] = (
    (122, 176, 160),
    (236, 190, 116),
    (214, 138, 108),
    (148, 166, 206),
    (186, 204, 150),
    (216, 176, 196),
)
SHIRTS: tuple[Colour, ...] = ((36, 72, 66), (150, 62, 52), (238, 226, 206), (62, 66, 110), (196, 132, 60), (80, 54, 40))


def face(name: str) -> bytes:
    """A portrait as PNG."""
    chance = random.Random(name)  # noqa: S311
    big = SIZE * 2
    picture = Image.new("RGB", (big, big), chance.choice(GROUNDS))
    pen = ImageDraw.Draw(picture)
    skin, hair, shirt = chance.choice(SKINS), chance.choice(HAIRS), chance.choice(SHIRTS)
    shade = _mixed(skin, (90, 40, 20), 0.22)
    style = chance.randrange(5)
    glasses = style == 3 or chance.random() < 0.15
    pen.ellipse((_s(240), -_s(30), _s(470), _s(200)), fill=_mixed(picture.getpixel((2, 2)), (255, 255, 255), 0.22))  # type: ignore[arg-type]
    if style in (0, 3):  # long hair behind the shoulders
        pen.rounded_rectangle((_s(112), _s(96), _s(288), _s(330)), _s(84), fill=_mixed(hair, (0, 0, 0), 0.25))
    pen.ellipse((_s(58), _s(288), _s(342), _s(560)), fill=shirt)
    pen.rounded_rectangle((_s(168), _s(230), _s(232), _s(320)), _s(30), fill=shade)
    pen.ellipse((_s(118), _s(190), _s(146), _s(224)), fill=shade)
    pen.ellipse((_s(254), _s(190), _s(282), _s(224)), fill=shade)
    pen.ellipse((_s(130), _s(110), _s(270), _s(282)), fill=skin)
    if style == 4:  # a beard
        pen.chord((_s(130), _s(120), _s(270), _s(290)), 12, 168, fill=hair)
        pen.ellipse((_s(176), _s(222), _s(224), _s(248)), fill=_mixed(skin, (170, 50, 50), 0.45))
    if style == 1:  # a bun
        pen.ellipse((_s(168), _s(46), _s(232), _s(108)), fill=hair)
    if style == 2:  # a cap
        pen.pieslice((_s(122), _s(84), _s(278), _s(240)), 180, 360, fill=shirt)
        pen.rounded_rectangle((_s(122), _s(154), _s(318), _s(172)), _s(9), fill=_mixed(shirt, (0, 0, 0), 0.3))
    else:
        pen.chord((_s(124), _s(84), _s(276), _s(236)), 180, 360, fill=hair)
        pen.chord((_s(124), _s(120), _s(276), _s(204)), 180 + chance.randrange(-16, 4), 330, fill=hair)
    for x in (172, 228):
        pen.ellipse((_s(x - 7), _s(194), _s(x + 7), _s(208)), fill=(44, 28, 22))
        if glasses:
            pen.ellipse((_s(x - 24), _s(178), _s(x + 24), _s(226)), outline=(52, 36, 30), width=_s(5))
    if glasses:
        pen.line((_s(196), _s(200), _s(204), _s(200)), fill=(52, 36, 30), width=_s(5))
    if style != 4:
        pen.arc((_s(178), _s(222), _s(222), _s(252)), 15, 165, fill=_mixed(skin, (150, 40, 40), 0.75), width=_s(6))
    return _encoded(picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS), "PNG")


def scene(kind: str) -> bytes:
    """A picture for a post as JPEG, 1200 × 800. `kind` is one of SCENES."""
    picture = SCENES[kind](random.Random(kind))  # noqa: S311
    grain = Image.effect_noise(picture.size, 14).convert("RGB")
    return _encoded(Image.blend(picture, grain, 0.045).filter(ImageFilter.GaussianBlur(0.6)), "JPEG")


def _shore(_: random.Random) -> Image.Image:
    picture = _gradient((1200, 800), (250, 206, 140), (240, 140, 104))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((700, 220, 960, 480), fill=(255, 236, 190))
    for layer, colour in enumerate(((206, 112, 96), (140, 84, 92), (84, 62, 84), (48, 42, 66))):
        top = 430 + layer * 88
        crest = [(x, top + 16 * math.sin(x / (90 + layer * 24) + layer * 2)) for x in range(0, 1208, 8)]
        pen.polygon([*crest, (1208, 800), (0, 800)], fill=colour)
    dark = (38, 30, 44)
    pen.line([(180, 800), (196, 560), (236, 330), (262, 270)], fill=dark, width=22, joint="curve")
    for turn in range(7):
        angle = math.pi + turn * math.pi / 6
        tip = (262 + 210 * math.cos(angle), 262 + 150 * math.sin(angle) + 70)
        middle = (262 + 120 * math.cos(angle), 240 + 120 * math.sin(angle))
        pen.polygon([(262, 262), middle, tip, (middle[0], middle[1] + 44)], fill=dark)
    return picture


def _latte(_: random.Random) -> Image.Image:
    picture = _gradient((1200, 800), (120, 82, 58), (84, 54, 38))
    pen = ImageDraw.Draw(picture)
    for board in range(0, 1200, 200):
        pen.line([(board, 0), (board + 30, 800)], fill=(96, 64, 46), width=4)
    _disc(pen, 610, 400, 352, (232, 222, 208))
    _disc(pen, 600, 390, 340, (250, 246, 238))
    _disc(pen, 600, 390, 262, (224, 212, 196))
    _disc(pen, 600, 390, 250, (150, 92, 54))
    _disc(pen, 600, 390, 236, (178, 112, 66))
    for layer in range(6):  # a rosetta
        y, width = 262 + layer * 42, 96 + 30 * math.sin(layer / 1.6)
        pen.chord((600 - width, y - 40, 600 + width, y + 70), 0, 180, fill=(248, 232, 206))
        pen.chord((600 - width * 0.84, y - 34, 600 + width * 0.84, y + 44), 0, 180, fill=(178, 112, 66))
    pen.polygon([(596, 240), (604, 240), (603, 590), (597, 590)], fill=(248, 232, 206))
    pen.rounded_rectangle((912, 330, 1120, 372), 20, fill=(214, 206, 196))
    return picture


def _beans(chance: random.Random) -> Image.Image:
    picture = Image.new("RGB", (1200, 800), (52, 32, 22))
    for _ in range(420):
        x, y, long = chance.randrange(-40, 1240), chance.randrange(-40, 840), chance.randrange(58, 76)
        bean = Image.new("RGBA", (long * 2, long * 2), (0, 0, 0, 0))
        pen = ImageDraw.Draw(bean)
        tone = chance.randrange(-16, 22)
        pen.ellipse((8, long * 0.5, long * 2 - 8, long * 1.5), fill=(34 + tone // 2, 20 + tone // 3, 14, 255))
        pen.ellipse((12, long * 0.52, long * 2 - 14, long * 1.42), fill=(104 + tone, 64 + tone, 40 + tone // 2, 255))
        pen.arc((20, long * 0.78, long, long * 1.2), 200, 350, fill=(48, 28, 18, 255), width=7)
        pen.arc((long - 6, long * 0.78, long * 2 - 20, long * 1.2), 20, 170, fill=(48, 28, 18, 255), width=7)
        turned = bean.rotate(chance.randrange(360), resample=Image.Resampling.BICUBIC)
        picture.paste(turned, (x - long, y - long), turned)
    return picture


def _cupping(_: random.Random) -> Image.Image:
    picture = _gradient((1200, 800), (226, 232, 226), (196, 204, 198))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 250, 1200, 800), fill=(238, 222, 196))
    pen.rectangle((0, 244, 1200, 262), fill=(206, 184, 152))
    for number, coffee in enumerate(((92, 54, 32), (116, 66, 36), (78, 46, 30), (132, 80, 44))):
        x, y = 200 + number * 268, 470 + (number % 2) * 70
        pen.ellipse((x - 128, y - 10, x + 140, y + 190), fill=(208, 188, 158))
        pen.pieslice((x - 120, y - 150, x + 120, y + 170), 0, 180, fill=(250, 248, 242))
        pen.ellipse((x - 120, y - 46, x + 120, y + 66), fill=(255, 253, 248))
        pen.ellipse((x - 104, y - 34, x + 104, y + 54), fill=coffee)
        pen.ellipse((x - 60, y - 20, x + 30, y + 10), fill=_mixed(coffee, (240, 210, 160), 0.35))
    return picture


def _window(_: random.Random) -> Image.Image:
    picture = _gradient((1200, 800), (86, 112, 132), (148, 160, 168))
    pen = ImageDraw.Draw(picture)
    chance = random.Random(3)  # noqa: S311
    for _drop in range(130):
        x, y = chance.randrange(1200), chance.randrange(620)
        pen.line([(x, y), (x + chance.randrange(-3, 4), y + chance.randrange(14, 60))], fill=(190, 204, 212), width=3)
    for x in (0, 390, 800, 1180):
        pen.rectangle((x, 0, x + 22, 640), fill=(74, 48, 36))
    pen.rectangle((0, 610, 1200, 800), fill=(122, 78, 52))
    pen.rectangle((0, 604, 1200, 624), fill=(150, 100, 68))
    pen.pieslice((520, 430, 760, 730), 0, 180, fill=(240, 232, 218))
    pen.rectangle((520, 560, 760, 584), fill=(240, 232, 218))
    pen.ellipse((520, 536, 760, 606), fill=(252, 246, 236))
    pen.ellipse((540, 546, 740, 596), fill=(206, 154, 100))
    pen.arc((726, 586, 826, 680), 250, 110, fill=(240, 232, 218), width=20)
    for x in (600, 656):
        pen.arc((x, 380, x + 44, 460), 90, 270, fill=(220, 226, 228), width=7)
        pen.arc((x, 450, x + 44, 530), 270, 90, fill=(220, 226, 228), width=7)
    return picture


SCENES: dict[str, Callable[[random.Random], Image.Image]] = {
    "shore": _shore,
    "latte": _latte,
    "beans": _beans,
    "cupping": _cupping,
    "window": _window,
}


def _s(value: int) -> int:
    return value * 2


def _disc(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: Colour) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _mixed(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    strip = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        strip.putpixel((0, y), _mixed(top, bottom, y / size[1]))
    return strip.resize(size)


def _encoded(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, quality=88)
    return out.getvalue()
