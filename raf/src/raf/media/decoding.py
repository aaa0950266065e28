"""Runs the decoder: a process a file, few at a time, stopped when it takes too long."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from raf.errors import Invalid, TooMany
from raf.media.settings import MediaSettings
from raf.media.storage import FULL, StorageFull

SECONDS = 90.0
WAITING = 32


class Made(msgspec.Struct, frozen=True):
    """A file the decoder wrote into the scratch folder. A sound has no size; `duration` is in seconds."""

    file: str
    extension: str
    bytes: int
    width: int
    height: int
    duration: float | None = None
    frame_rate: str | None = None


class Developed(msgspec.Struct, frozen=True):
    """What became of a file. A portrait has no `small` and no `blurhash`, nor has a sound without a cover.

    `kind` is image, gifv (a film without sound), video or audio.
    """

    original: Made
    small: Made | None = None
    blurhash: str | None = None
    kind: str = "image"


class Thumbnail(msgspec.Struct, frozen=True):
    """What became of a picture that stands for another file."""

    small: Made
    blurhash: str


class Decoding:
    """Takes turns: `at_once` decoders run, some more wait, the rest is asked to come back."""

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._turn = asyncio.Semaphore(settings.at_once)
        self._film_turn = asyncio.Semaphore(settings.films_at_once)
        self._waiting = 0

    async def develop(self, source: Path, folder: Path, kind: str, content_type: str = "image/*") -> Developed:
        """Decode a file into files in `folder`; `kind` is attachment, avatar, header or emoji.

        Raises Invalid for a file that is not taken in, StorageFull, TooMany.
        """
        return msgspec.convert(await self._answer(source, folder, kind, content_type), Developed)

    async def thumbnail(self, source: Path, folder: Path) -> Thumbnail:
        """Make a preview of a picture that stands for another file. Raises as `develop`."""
        return msgspec.convert(await self._answer(source, folder, "thumbnail", "image/*"), Thumbnail)

    async def _answer(self, source: Path, folder: Path, kind: str, content_type: str) -> dict[str, Any]:
        if self._waiting >= WAITING:
            raise TooMany(5.0, "Too many pictures are being processed; try again in a moment")
        self._waiting += 1
        try:
            async with self._turn if content_type.startswith("image/") else self._film_turn:
                answer = await self._run(source, folder, kind, content_type)
        finally:
            self._waiting -= 1
        if answer.get("errno") in FULL:
            raise StorageFull
        if "unfit" in answer:
            raise Invalid({"file": [("ERR_INVALID", answer["unfit"])]})
        return answer

    async def _run(self, source: Path, folder: Path, kind: str, content_type: str) -> dict[str, Any]:
        settings = self._settings
        seconds = SECONDS if content_type.startswith("image/") else settings.processing_seconds * 2.0
        request = msgspec.json.encode(
            {
                "source": str(source),
                "folder": str(folder),
                "kind": kind,
                "type": content_type,
                "max_pixels": settings.max_pixels,
                "max_frames": settings.max_frames,
                "seconds": settings.processing_seconds,
                "film": {
                    "pixels": settings.max_film_pixels,
                    "frame_rate": settings.max_frame_rate,
                    "seconds": settings.max_film_seconds,
                    "sound_seconds": settings.max_sound_seconds,
                },
            }
        )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "raf.media.decoder"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
            env={name: os.environ[name] for name in ("PYTHONPATH", "LD_LIBRARY_PATH", "PATH") if name in os.environ},
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(request), seconds)
            answer: dict[str, Any] = msgspec.json.decode(output)
        except TimeoutError:
            return {"unfit": "takes too long to decode"}
        except msgspec.DecodeError:  # the decoder died: of its limits, or of the picture
            return {"unfit": "cannot be decoded"}
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return answer
