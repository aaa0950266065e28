"""The port to where files are kept. Names are made from content, so a file never changes and can be cached for ever."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ostrov import OstrovError
from raf.errors import RafError

if TYPE_CHECKING:
    from ostrov import Ostrov


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the operating system says when there is no room."""


class StorageFull(RafError):
    """There is no room for the file; nothing of it was kept."""

    status = 507

    def __init__(self) -> None:
        super().__init__("The server is out of room for files; try again later")


class Storage(Protocol):
    """Keeps files under names like `ab/cd/ef….webp`. All methods block and are called in threads."""

    def put(self, source: Path, extension: str) -> str:
        """Take a file over (it is moved away); its name. Durable when this returns. Raises StorageFull."""

    def hold(self, source: Path) -> str:
        """Keep a file under a random name that is never served, until it is processed. Durable. Raises StorageFull."""

    def find(self, name: str) -> Path | None:
        """Where a file can be read, or None."""

    def delete(self, names: Iterable[str], unused_since: float | None = None) -> int:
        """Delete files, those alone that were last put before `unused_since`; how many."""

    def names(self, before: float) -> Iterator[str]:
        """Every file that was last put before a moment, in no order; neither held ones nor scratch folders."""

    def scratch(self) -> Path:
        """A new empty folder, beside the files, for what is being made; its user removes it."""

    def prune(self, before: float) -> int:
        """Delete held files and scratch folders that a killed process left behind; how many."""


def open_storage(application: Ostrov) -> Storage:
    """The storage that the settings choose. Raises OstrovError when files cannot be kept there."""
    from raf.media.storages.local import LocalStorage

    folder = application.data_dir / application.settings.raf.media.folder
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
    return LocalStorage(folder)
