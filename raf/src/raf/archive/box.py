"""An archive that somebody brings: a ZIP file, or a tar that is made one. Nothing in it is trusted, least of all its sizes."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Final

from raf.errors import Invalid

MOST_ENTRIES: Final = 200_000
LARGEST_TEXT: Final = 128 * 1024 * 1024
"""Bytes of a JSON file in it."""
LARGEST_WHOLE: Final = 8 * 1024 * 1024 * 1024
"""Bytes of all of a tar's files."""
UNREADABLE: Final = {"file": [("ERR_UNREADABLE", "is not an archive that can be read")]}
BROKEN: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    EOFError,
    zlib.error,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
PIECE: Final = 1024 * 1024


def as_zip(source: Path, target: Path) -> None:
    """Make `target` the ZIP of what `source` is. Raises Invalid when it is neither a ZIP nor a tar, or too large."""
    try:
        if zipfile.is_zipfile(source):
            source.replace(target)
            Box(target).close()
        elif tarfile.is_tarfile(source):
            _repack(source, target)
        else:
            raise Invalid(UNREADABLE)
    except BROKEN as problem:
        raise Invalid(UNREADABLE) from problem


def _repack(source: Path, target: Path) -> None:
    """A tar can be read from its beginning only; this is done once."""
    left, entries = LARGEST_WHOLE, 0
    with tarfile.open(source, "r|*") as tar, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as box:
        for member in tar:
            entries += 1
            left -= member.size
            if left < 0 or entries > MOST_ENTRIES:
                raise Invalid({"file": [("ERR_TOO_LONG", "is too large")]})
            content = tar.extractfile(member) if member.isfile() else None
            if content is None:  # links and devices are nothing that a post has
                continue
            with box.open(zipfile.ZipInfo(member.name[:500]), "w", force_zip64=True) as entry:
                while piece := content.read(PIECE):
                    entry.write(piece)


class Box:
    """A ZIP file whose entries are found by their names, wherever in it they lie. Raises Invalid when it cannot be read."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN as problem:
            raise Invalid(UNREADABLE) from problem
        names = self._zip.namelist()
        if len(names) > MOST_ENTRIES:
            self._zip.close()
            raise Invalid({"file": [("ERR_TOO_LONG", "has too many entries")]})
        self._names = {name.lstrip("./").lower(): name for name in names}
        root = next((name for name in self._names if name.endswith("outbox.json")), "")
        self._root = root.removesuffix("outbox.json")

    def close(self) -> None:
        self._zip.close()

    def read(self, name: str, largest: int = LARGEST_TEXT) -> bytes | None:
        """An entry's bytes; None when it is not there, broken, or larger than `largest`, whatever the archive says of it."""
        key = name.lstrip("./").lower()
        found = self._names.get(self._root + key) or self._names.get(key)
        if found is None:
            return None
        try:
            with self._zip.open(found) as entry:
                data = entry.read(largest + 1)
        except BROKEN:
            return None
        return data if len(data) <= largest else None
