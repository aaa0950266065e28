"""Pieces of files that lie far away, kept in a folder of this machine: at most a budget, the least recently used go first.

Any name may be a key, so files of other servers can lie here too. Several processes share one folder: a piece appears whole
or not at all, and says whose it is, so one that a power cut or a hand spoiled is fetched anew and never shown.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import secrets
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

log = logging.getLogger("raf.media")

PIECE = 1024 * 1024
"""Bytes of a piece; the last one of a file is shorter."""
HEAD = struct.Struct(">Q16s")
FRESH = 60.0
"""Seconds within which a second use is not written down."""
SHARE = 32
"""A process looks at the whole folder after each 1/32 of the budget that it wrote; then 1/8 of the budget is made free."""
FORGOTTEN = 3600.0
"""Seconds after which a piece that was never written to its end goes."""


class Piece(NamedTuple):
    """A part of a file; `total` is the size of the whole file in bytes."""

    total: int
    data: bytes


class Usage(NamedTuple):
    """What lies in the folder, in bytes."""

    pieces: int
    bytes: int


class Cache:
    """A folder of pieces. All methods block and are called in threads; a full disk makes it keep nothing, and fails nobody."""

    def __init__(self, folder: Path, budget: int) -> None:
        self._folder = folder
        self._budget = budget
        self._written = budget  # so the first piece looks at what is there already
        self._counting = threading.Lock()

    def get(self, name: str, number: int) -> Piece | None:
        """The piece with this number, from 0, of a file; None when it is not here."""
        path = self._path(name, number)
        try:
            with path.open("rb") as file:
                whole = file.read()
                used = os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        if len(whole) > HEAD.size:
            total, digest = HEAD.unpack_from(whole)
            data = whole[HEAD.size :]
            if digest == _digest(name, number, total, data):
                if time.time() - used > FRESH:
                    with contextlib.suppress(OSError):
                        os.utime(path)
                return Piece(total, data)
        log.warning("a piece of %s in the cache is spoiled; it is fetched again", name)
        with contextlib.suppress(OSError):
            path.unlink()
        return None

    def put(self, name: str, number: int, piece: Piece) -> None:
        """Keep a piece, if there is room for it."""
        size = HEAD.size + len(piece.data)
        if size > self._budget:
            return
        path = self._path(name, number)
        part = path.with_name(f"part-{secrets.token_hex(8)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(HEAD.pack(piece.total, _digest(name, number, piece.total, piece.data)))
                file.write(piece.data)
            part.replace(path)
        except OSError as problem:
            log.warning("the cache cannot keep a piece: %s", problem.strerror)
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            return
        with self._counting:
            self._written += size
            due = self._written > self._budget // SHARE
            if due:
                self._written = 0
        if due:
            self.trim()

    def forget(self, name: str) -> None:
        """Drop a file that was deleted."""
        first = self._path(name, 0)
        with contextlib.suppress(OSError):
            for path in first.parent.glob(f"{first.stem}.*"):
                path.unlink(missing_ok=True)

    def trim(self) -> int:
        """Make room if more than the budget is used; how many pieces went. One process does it at a time."""
        with self._alone() as alone:
            if not alone:
                return 0
            now, found, total = time.time(), [], 0
            for path, state in self._entries():
                if path.name.startswith("part-") and now - state.st_mtime > FORGOTTEN:
                    path.unlink(missing_ok=True)
                    continue
                found.append((state.st_mtime, state.st_size, path))
                total += state.st_size
            gone = 0
            if total > self._budget - self._budget // SHARE:
                for _, size, path in sorted(found):
                    if total <= self._budget - self._budget // 8:
                        break
                    with contextlib.suppress(OSError):
                        path.unlink()
                    total -= size
                    gone += 1
            return gone

    def usage(self) -> Usage:
        """How much lies here."""
        sizes = [state.st_size for _, state in self._entries()]
        return Usage(len(sizes), sum(sizes))

    def _path(self, name: str, number: int) -> Path:
        key = hashlib.sha256(name.encode()).hexdigest()
        return self._folder / key[:2] / f"{key[2:42]}.{number}"

    def _entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self._folder.glob("??/*"):
            with contextlib.suppress(OSError):
                yield path, path.stat()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            yield False
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
        finally:
            os.close(lock)


def _digest(name: str, number: int, total: int, data: bytes) -> bytes:
    digest = hashlib.blake2b(f"{name}\n{number}\n{total}\n".encode(), digest_size=16)
    digest.update(data)
    return digest.digest()
