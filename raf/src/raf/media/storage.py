"""The port to where files are kept. A name is never given to other content, so a file can be cached for ever."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ostrov import OstrovError
from raf.errors import RafError

if TYPE_CHECKING:
    from ostrov import Ostrov
    from raf.media.settings import MediaSettings

NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}\.(jpg|png|gif|webp|avif|mp4|mp3)")
"""The names that storages give."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the operating system says when there is no room."""


class StorageFull(RafError):
    """There is no room for the file; nothing of it was kept."""

    status = 507

    def __init__(self) -> None:
        super().__init__("The server is out of room for files; try again later")


class StorageAway(RafError):
    """The files cannot be reached now; nothing was lost, and the same may be asked again."""

    status = 503
    wait = 10.0

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Files cannot be stored or fetched just now; try again in a moment", cause=reason, tip="`ostrov doctor` says more"
        )


class Unusable(StorageAway):
    """The files cannot be reached as long as the settings are what they are."""

    def __init__(self, where: str, cause: str, tip: str) -> None:
        super().__init__(f"{where}: {cause}")
        self.complaint = OstrovError(f"media cannot be kept in {where}", cause=cause, tip=tip)


class Stored(Protocol):
    """A file that can be read; `size` in bytes. Close it."""

    size: int

    def read(self, start: int, most: int) -> bytes:
        """Some bytes from there on, at least one and at most that many. Raises StorageAway, FileNotFoundError."""

    def close(self) -> None: ...


class Storage(Protocol):
    """Keeps files under names like `ab/cd/ef….webp`. All methods block and are called in threads.

    Those that go to the files raise StorageAway when they cannot be reached. What is held, and what is being made, is in a
    folder of this machine whatever the storage.
    """

    def put(self, source: Path, extension: str) -> str:
        """Take a file over (it is moved away); its name. Durable when this returns. Raises StorageFull."""

    def open(self, name: str) -> Stored | None:
        """A file, or None."""

    def delete(self, names: Iterable[str], unused_since: float | None = None) -> int:
        """Delete files, those alone that were last put before `unused_since`; how many."""

    def names(self, before: float) -> Iterator[str]:
        """Every file that was last put before a moment, in no order; neither held ones nor scratch folders."""

    def reach(self) -> None:
        """See whether files can be put now, before much work is done for one."""

    def check(self) -> None:
        """Put a file, read it and delete it. Raises StorageAway, OstrovError that says what to do."""

    def hold(self, source: Path) -> str:
        """Keep a file under a random name that is never served, until it is processed. Durable. Raises StorageFull."""

    def held(self, name: str) -> Path | None:
        """Where a held file can be read, or None."""

    def drop(self, name: str) -> None:
        """Delete a held file."""

    def scratch(self) -> Path:
        """A new empty folder for what is being made; its user removes it. Raises StorageFull."""

    def prune(self, before: float) -> int:
        """Delete held files and scratch folders that a killed process left behind; how many."""


def open_storage(application: Ostrov) -> Storage:
    """The storage that the settings choose. Raises OstrovError when they do not say enough, or the folder cannot be written."""
    from raf.media.storages.workshop import Workshop

    settings: MediaSettings = application.settings.raf.media
    workshop = Workshop(_folder(application, settings.folder))
    if settings.storage == "local":
        from raf.media.storages.local import LocalStorage

        return LocalStorage(workshop)
    from raf.media.cache import Cache
    from raf.media.storages.s3 import S3Storage

    said = settings.s3
    missing = [f"raf.media.s3.{name}" for name in ("bucket", "key", "secret") if not getattr(said, name)]
    if missing:
        raise OstrovError(
            f"raf.media.storage is s3 and {' and '.join(missing)} is empty", tip="set it, or raf.media.storage=local"
        )
    if said.endpoint and not said.endpoint.startswith(("https://", "http://")):
        raise OstrovError(f"raf.media.s3.endpoint is no address: {said.endpoint}", tip="https://s3.example.org")
    return S3Storage(said, workshop, Cache(workshop.folder / "cache", settings.cache_budget))


def _folder(application: Ostrov, name: str) -> Path:
    folder = application.data_dir / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "it cannot be written to")
    except OSError as problem:
        if problem.errno not in FULL:  # a full disk does not stop people from reading
            raise OstrovError(
                f"pictures cannot be kept in {folder}",
                cause=problem.strerror or str(problem),
                tip="give this user the folder, or set raf.media.folder",
            ) from problem
    return folder
