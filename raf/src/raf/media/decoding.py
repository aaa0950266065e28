"""Runs the decoder: a process a picture, few at a time, stopped when it takes too long."""

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
    """A file the decoder wrote into the scratch folder."""

    file: str
    extension: str
    bytes: int
    width: int
    height: int


class Developed(msgspec.Struct, frozen=True):
    """What became of a picture. A portrait has no `small` and no `blurhash`."""

    original: Made
    small: Made | None = None
    blurhash: str | None = None
    moving: bool = False


class Decoding:
    """Takes turns: `at_once` decoders run, some more wait, the rest is asked to come back."""

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._turn = asyncio.Semaphore(settings.at_once)
        self._waiting = 0

    async def develop(self, source: Path, folder: Path, kind: str) -> Developed:
        """Decode a picture into files in `folder`; `kind` is attachment, avatar or header.

        Raises Invalid for a picture that is not taken in, StorageFull, TooMany.
        """
        if self._waiting >= WAITING:
            raise TooMany(5.0, "Too many pictures are being processed; try again in a moment")
        self._waiting += 1
        try:
            async with self._turn:
                answer = await self._run(source, folder, kind)
        finally:
            self._waiting -= 1
        if answer.get("errno") in FULL:
            raise StorageFull
        if "unfit" in answer:
            raise Invalid({"file": [("ERR_INVALID", answer["unfit"])]})
        return msgspec.convert(answer, Developed)

    async def _run(self, source: Path, folder: Path, kind: str) -> dict[str, Any]:
        request = msgspec.json.encode(
            {
                "source": str(source),
                "folder": str(folder),
                "kind": kind,
                "max_pixels": self._settings.max_pixels,
                "max_frames": self._settings.max_frames,
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
            output, _ = await asyncio.wait_for(process.communicate(request), SECONDS)
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
