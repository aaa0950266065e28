"""Files in a folder of this machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path

from ostrov import OstrovError
from raf.media.storage import FULL, StorageFull
from raf.media.storages.workshop import Workshop, fsync_folder

CHECK = b"raf"


class LocalStorage:
    """`ab/cd/<rest of the SHA-256>.<extension>` below a folder; written whole or not at all, and the same content once."""

    def __init__(self, workshop: Workshop) -> None:
        self._folder = workshop.folder
        self._workshop = workshop
        self.hold, self.held, self.drop = workshop.hold, workshop.held, workshop.drop
        self.scratch, self.prune = workshop.scratch, workshop.prune

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
                fsync_folder(folder)
            return name
        except OSError as problem:
            if problem.errno in FULL:
                raise StorageFull from problem
            raise

    def find(self, name: str) -> Path | None:
        """Where a file lies, or None."""
        path = self._folder / name
        return path if path.is_file() else None

    def open(self, name: str) -> LocalFile | None:
        try:
            return LocalFile((self._folder / name).open("rb", buffering=0))
        except (FileNotFoundError, IsADirectoryError):
            return None

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

    def reach(self) -> None:
        """It is always here."""

    def check(self) -> None:
        folder = self.scratch()
        try:
            name = self._workshop.hold(_written(folder / "check"))
            same = (self._folder / name).read_bytes() == CHECK
            self.drop(name)
        except OSError as problem:
            raise OstrovError(f"media cannot be kept in {self._folder}", cause=problem.strerror or str(problem)) from problem
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if not same:
            raise OstrovError(f"{self._folder} does not give back what is put into it", tip="look at the disk")


class LocalFile:
    """An open file."""

    def __init__(self, file: FileIO) -> None:
        self.size = os.fstat(file.fileno()).st_size
        self._file = file

    def read(self, start: int, most: int) -> bytes:
        return os.pread(self._file.fileno(), most, start)

    def close(self) -> None:
        self._file.close()


def _written(path: Path) -> Path:
    path.write_bytes(CHECK)
    return path
