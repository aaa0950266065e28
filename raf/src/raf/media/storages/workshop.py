"""The part of every storage that is a folder of this machine: what waits to be processed, and what is being made."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path

from raf.media.storage import FULL, StorageFull

SCRATCH = "scratch"
HELD = "held"
HELD_NAME = re.compile(HELD + r"/[0-9a-f]{32}")


class Workshop:
    """`held/…` and `scratch/…` below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hold(self, source: Path) -> str:
        """Take a file over under a random name; durable when this returns. Raises StorageFull."""
        name = f"{HELD}/{secrets.token_hex(16)}"
        target = self.folder / name
        try:
            with source.open("rb") as file:
                os.fsync(file.fileno())
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            fsync_folder(target.parent)
        except OSError as problem:
            if problem.errno in FULL:
                raise StorageFull from problem
            raise
        return name

    def held(self, name: str) -> Path | None:
        """Where a held file lies; None when it is gone."""
        path = self.folder / name
        return path if HELD_NAME.fullmatch(name) and path.is_file() else None

    def drop(self, name: str) -> None:
        """Delete a held file."""
        if (path := self.held(name)) is not None:
            path.unlink(missing_ok=True)

    def scratch(self) -> Path:
        """A new empty folder. Raises StorageFull."""
        folder = self.folder / SCRATCH
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(dir=folder))
        except OSError as problem:
            if problem.errno in FULL:
                raise StorageFull from problem
            raise

    def prune(self, before: float) -> int:
        """Delete what a killed process left behind; how many."""
        deleted = 0
        for folder in (HELD, SCRATCH):
            with contextlib.suppress(FileNotFoundError):
                for entry in list(os.scandir(self.folder / folder)):
                    if entry.stat(follow_symlinks=False).st_mtime < before:
                        if entry.is_dir(follow_symlinks=False):
                            shutil.rmtree(entry.path, ignore_errors=True)
                        else:
                            os.unlink(entry.path)
                        deleted += 1
        return deleted


def fsync_folder(folder: Path) -> None:
    """A renamed file survives a power cut only when its folder was written as well."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
