"""A small program of its own that decodes one picture, film or sound: `python -m raf.media.decoder`, JSON in, JSON out.

Decoders of picture formats are where hostile files bite. So they run in a process that may use little memory, time and disk,
knows only the formats named here, and dies with its parent; what they break, they break there.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
LARGEST = 8_294_400
"""Pixels that are kept of a still picture (3840 × 2160, as Mastodon)."""
PREVIEW = 230_400
"""Pixels of a preview (640 × 360)."""
LARGEST_SIDE = 16_383  # what WebP can hold
MOVING_BUDGET = 60_000_000
"""Pixels of all frames of an animation together."""
MOVING_LARGEST = 921_600
MEMORY = 1 << 30
SECONDS = 60
LARGEST_FILE = 64 << 20
FILM_MEMORY = 2 << 30
LARGEST_FILM = 1 << 30
PORTRAITS = {"avatar": (400, 400), "header": (1500, 500), "emoji": (128, 128)}


class Unfit(Exception):
    """The picture is not taken in; the message is for its sender."""


def confine(memory: int, seconds: int, largest: int) -> None:
    """Give up what decoding does not need; memory and file size in bytes, processor time in seconds."""
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, largest),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(limit, (value, value))
    os.nice(10)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def develop(source: Path, folder: Path, kind: str, max_pixels: int, max_frames: int) -> dict[str, Any]:
    """Write `original.*` and, for an attachment, `preview.*` into the folder; what there is to know about them."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # checked here, before anything is decoded
    try:
        picture = Image.open(source, formats=FORMATS)
    except Exception as problem:
        raise Unfit("is not a picture, or is damaged") from problem
    width, height = picture.size
    if width < 1 or height < 1:
        raise Unfit("is not a picture, or is damaged")
    if width * height > max_pixels or max(width, height) > 65_535:
        raise Unfit(f"has {width} × {height} pixels; at most {max_pixels / 1e6:.0f} million are accepted")
    frames = getattr(picture, "n_frames", 1)
    if kind in PORTRAITS:
        return {"original": _portrait(_upright(picture), folder, PORTRAITS[kind])}
    if frames > 1 and picture.format != "MPO":
        if frames > max_frames or width * height * frames > MOVING_BUDGET:
            raise Unfit(f"has {frames} frames of {width} × {height} pixels, which is more than is accepted")
        if max(width, height) > LARGEST_SIDE:
            raise Unfit("is too long in one direction for an animation")
        original = _animation(picture, folder)
        picture.seek(0)
        still = _plain(ImageOps.exif_transpose(picture))
    else:
        asked = picture.format
        still = _shrunk(_upright(picture), LARGEST)
        original = _written(still, folder / "original", _format_for(still, asked))
    return _preview(still, folder) | {
        "original": original,
        "kind": "gifv" if original["extension"] == "mp4" else "image",
    }


def develop_film(source: Path, folder: Path, content_type: str, limits: dict[str, Any]) -> dict[str, Any]:
    """The same for a film or a sound; `preview.*` is its poster or cover."""
    from raf.media import film
    from raf.media.limits import Limits, Wrong

    try:
        made = film.develop(source, folder, content_type, Limits(**limits))
    except Wrong as problem:
        raise Unfit(str(problem)) from problem
    answer: dict[str, Any] = {
        "original": _about(made.path, (made.width, made.height), made.path.suffix[1:])
        | {"duration": made.duration, "frame_rate": str(made.frame_rate) if made.frame_rate else None},
        "kind": made.kind,
    }
    return answer | (_preview(made.still, folder) if made.still is not None else {})


def _preview(still: Image.Image, folder: Path) -> dict[str, Any]:
    preview = _shrunk(still, PREVIEW)
    kind = "JPEG" if preview.mode == "RGB" else "WEBP"
    return {"small": _written(preview, folder / "preview", kind, quality=80), "blurhash": _blurhash(preview)}


def develop_thumbnail(source: Path, folder: Path, max_pixels: int) -> dict[str, Any]:
    """Write `preview.*` made of a picture that somebody chose to stand for a film, a sound or another picture."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = Image.open(source, formats=FORMATS)
    except Exception as problem:
        raise Unfit("is not a picture, or is damaged") from problem
    if picture.size[0] * picture.size[1] > max_pixels:
        raise Unfit("has too many pixels")
    return _preview(_upright(picture), folder)


def _upright(picture: Image.Image) -> Image.Image:
    """Decoded, turned as the camera was held, in plain sRGB, without anything the file said beside its pixels."""
    from PIL import ImageOps

    if picture.format == "JPEG":
        picture.draft("RGB", _within(picture.size, LARGEST))  # decode no more than is kept
    try:
        picture.load()
        return _plain(ImageOps.exif_transpose(picture))
    except MemoryError:
        raise
    except Exception as problem:
        raise Unfit("is damaged and cannot be read to its end") from problem


def _plain(picture: Image.Image) -> Image.Image:
    from PIL import Image

    profile = picture.info.get("icc_profile")
    see_through = picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
    mode = "RGBA" if see_through else "RGB"
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        picture = _in_srgb(picture, profile, mode)
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        picture = picture.point(lambda value: value / 256).convert("L")
    converted = picture if picture.mode == mode else picture.convert(mode)
    if mode == "RGBA" and converted.getchannel("A").getextrema() == (255, 255):
        converted = converted.convert("RGB")
    clean = Image.new(converted.mode, converted.size)
    clean.paste(converted)
    return clean


def _in_srgb(picture: Image.Image, profile: bytes, mode: str) -> Image.Image:
    import io

    from PIL import ImageCms

    try:
        wide = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, wide, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, KeyError):
        return picture
    return turned or picture


def _within(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """The size with these proportions that has no more pixels."""
    width, height = size
    ratio = min(1.0, (pixels / (width * height)) ** 0.5, LARGEST_SIDE / width, LARGEST_SIDE / height)
    return max(1, int(width * ratio)), max(1, int(height * ratio))


def _shrunk(picture: Image.Image, pixels: int) -> Image.Image:
    from PIL import Image

    size = _within(picture.size, pixels)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _format_for(picture: Image.Image, asked: str | None) -> str:
    if asked in ("JPEG", "MPO"):
        return "JPEG"
    return "PNG" if asked in ("PNG", "GIF") else "WEBP"


def _portrait(picture: Image.Image, folder: Path, size: tuple[int, int]) -> dict[str, Any]:
    from PIL import Image, ImageOps

    cut = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    return _written(cut, folder / "original", "JPEG" if cut.mode == "RGB" else "PNG")


def _animation(picture: Image.Image, folder: Path) -> dict[str, Any]:
    """A GIF as a film, as Mastodon has it; one that is seen through, and any other animation, as WebP, which can be."""
    from PIL import Image, ImageSequence

    size = _within(picture.size, MOVING_LARGEST)
    stills: list[Image.Image] = []
    durations: list[int] = []
    try:
        for frame in ImageSequence.Iterator(picture):
            durations.append(min(10_000, max(20, int(frame.info.get("duration", 100) or 100))))
            stills.append(frame.convert("RGBA").resize(size, Image.Resampling.BILINEAR))
    except MemoryError:
        raise
    except Exception as problem:
        raise Unfit("is damaged and cannot be read to its end") from problem
    if picture.format == "GIF" and all(still.getchannel("A").getextrema()[0] == 255 for still in stills):
        return _silent_film(stills, durations, folder)
    path = folder / "original.webp"
    loop = picture.info.get("loop", 0)
    stills[0].save(
        path, "WEBP", save_all=True, append_images=stills[1:], duration=durations, loop=min(int(loop), 65_535), quality=75,
        method=2,
    )  # fmt: skip
    return _about(path, size, "webp")


def _silent_film(stills: list[Image.Image], durations: list[int], folder: Path) -> dict[str, Any]:
    from raf.media.encoder import moving_picture

    width, height = (max(2, side // 2 * 2) for side in stills[0].size)
    path = folder / "original.mp4"
    rate = moving_picture((still.convert("RGB") for still in stills), durations, (width, height), path)
    return _about(path, (width, height), "mp4") | {"duration": sum(durations) / 1000, "frame_rate": str(rate)}


def _written(picture: Image.Image, path: Path, kind: str, quality: int = 90) -> dict[str, Any]:
    extension = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[kind]
    path = path.with_suffix(f".{extension}")
    if kind == "JPEG":
        picture.convert("RGB").save(path, kind, quality=quality, progressive=True, optimize=True)
    elif kind == "PNG":
        picture.save(path, kind, compress_level=7)
    else:
        picture.save(path, kind, quality=quality, method=3)
    return _about(path, picture.size, extension)


def _about(path: Path, size: tuple[int, int], extension: str) -> dict[str, Any]:
    return {
        "file": path.name,
        "extension": extension,
        "bytes": path.stat().st_size,
        "width": size[0],
        "height": size[1],
    }


def _blurhash(picture: Image.Image) -> str:
    """Pure Python is slow, so of a picture of 32 pixels."""
    import blurhash
    from PIL import Image

    small = picture.convert("RGBA")
    ground = Image.new("RGBA", small.size, (255, 255, 255, 255))
    ground.alpha_composite(small)
    ground.thumbnail((32, 32), Image.Resampling.BOX)
    tiny = ground.convert("RGB")
    across, down = (4, 3) if tiny.width >= tiny.height else (3, 4)
    rows = [[tiny.getpixel((x, y)) for x in range(tiny.width)] for y in range(tiny.height)]
    return str(blurhash.encode(rows, components_x=across, components_y=down))


def main() -> None:
    """Read a request from standard input, answer on standard output."""
    asked = json.load(sys.stdin)
    moving = not asked["type"].startswith("image/")
    if moving:
        confine(FILM_MEMORY, asked["seconds"], LARGEST_FILM)
    else:
        confine(MEMORY, SECONDS, LARGEST_FILE)
    warnings.simplefilter("ignore")
    source, folder = Path(asked["source"]), Path(asked["folder"])
    try:
        if asked["kind"] == "thumbnail":
            answer = develop_thumbnail(source, folder, asked["max_pixels"])
        elif moving:
            answer = develop_film(source, folder, asked["type"], asked["film"])
        else:
            answer = develop(source, folder, asked["kind"], asked["max_pixels"], asked["max_frames"])
    except Unfit as problem:
        answer = {"unfit": str(problem)}
    except MemoryError:
        answer = {"unfit": "takes too much memory to decode"}
    except OSError as problem:
        answer = {"errno": problem.errno or 0, "unfit": "cannot be written"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
