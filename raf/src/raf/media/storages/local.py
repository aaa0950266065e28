"""Files in a folder of this machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from raf.media.storage import FULL, StorageFull

SCRATCH = "scratch"
HELD = "held"


class LocalStorage:
    """`ab/cd/<rest of the SHA-256>.<extension>` below a folder; written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, source: Path, extension: str) -> str:
        try:
            with source.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            name = f"{digest[:2]}/{digest[2:4]}/{digest[4:]}.{extension}"
            target = self._folder / name
            with contextlib.suppress(FileNotFoundError):
                os.utime(target)  # it is wanted again, see `delete`
                source.unlink()
                return name
            target.parent.mkdir(parents=True, exist_ok=True)
            source.chmod(0o644)
            source.replace(target)
            for folder in (target.parent, target.parent.parent, self._folder):
                _fsync_folder(folder)
            return name
        except OSError as problem:
            if problem.errno in FULL:
                raise StorageFull from problem
            raise

    def find(self, name: str) -> Path | None:
        path = self._folder / name
        return path if path.is_file() else None

    def hold(self, source: Path) -> str:
        name = f"{HELD}/{secrets.token_hex(16)}"
        target = self._folder / name
        try:
            with source.open("rb") as file:
                os.fsync(file.fileno())
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            _fsync_folder(target.parent)
        except OSError as problem:
            if problem.errno in FULL:
                raise StorageFull from problem
            raise
        return name

    def delete(self, names: Iterable[str], unused_since: float | None = None) -> int:
        deleted = 0
        for name in names:
            path = self._folder / name
            with contextlib.suppress(FileNotFoundError):
                if unused_since is None or path.stat().st_mtime < unused_since:
                    path.unlink()
                    deleted += 1
        return deleted

    def names(self, before: float) -> Iterator[str]:
        for path in self._folder.glob("??/??/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    yield str(path.relative_to(self._folder))

    def scratch(self) -> Path:
        folder = self._folder / SCRATCH
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(dir=folder))
        except OSError as problem:
            if problem.errno in FULL:
                raise StorageFull from problem
            raise

    def prune(self, before: float) -> int:
        deleted = 0
        for folder in (HELD, SCRATCH):
            with contextlib.suppress(FileNotFoundError):
                for entry in list(os.scandir(self._folder / folder)):
                    if entry.stat(follow_symlinks=False).st_mtime < before:
                        if entry.is_dir(follow_symlinks=False):
                            shutil.rmtree(entry.path, ignore_errors=True)
                        else:
                            os.unlink(entry.path)
                        deleted += 1
        return deleted


def _fsync_folder(folder: Path) -> None:
    """A renamed file survives a power cut only when its folder was written as well."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
