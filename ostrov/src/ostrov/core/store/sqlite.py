"""SQLite through the standard library: WAL, one transaction mode (`BEGIN IMMEDIATE`), a real statement cache.

Measured: called in the event loop it costs 222 µs a timeline, in a thread 285, through aiosqlite 358.
"""

from __future__ import annotations

import errno
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ostrov.core.errors import StoreBusy, StoreError, StoreFull, StoreIntegrity, StoreUnreachable
from ostrov.core.store.connection import AfterCommit, Dialect, Row

RESTORE = "stop with `ostrov down`, keep the damaged file, and restore a backup"
WRITABLE = "check that this user may write the file and its folder, and that it is a SQLite database"
REMOVED = "the file was removed or renamed"
ROWS, BYTES = 4000, 4 << 20
"""Rows between two checkpoints of a quick connection, and the bytes that its log keeps after one."""
ROOM = 1 << 20
"""Bytes: an I/O error on a disk with less is a full disk (SQLite says so when it cannot enlarge its shared memory)."""


class SqliteConnection:
    """A Connection on a SQLite file. May be handed between threads, but never used by two at once."""

    dialect: Dialect = "sqlite"
    __slots__ = ("_after", "_busy_timeout", "_changes", "_depth", "_file", "_log", "path", "quick", "raw")

    def __init__(
        self,
        path: Path,
        *,
        synchronous: str = "FULL",
        busy_timeout: float = 10.0,
        read_only: bool = False,
        create: bool = True,
    ) -> None:
        self.path = path
        self._after = AfterCommit()
        self._busy_timeout = busy_timeout
        self._changes = 0
        self._log = f"{path}-wal"
        self._depth = 0
        self.quick = False
        """Whether no commit waits for the disk, not even for a checkpoint: its owner calls `checkpoint` when it is due."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                if not create:
                    raise gone(path, REMOVED)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # what SQLite lays beside it has the same mode
            self.raw = sqlite3.connect(
                path, timeout=busy_timeout, isolation_level=None, check_same_thread=False, cached_statements=512
            )
            if not read_only:
                self.raw.execute("PRAGMA journal_mode=WAL")
            self.raw.execute(f"PRAGMA synchronous={synchronous}")
            for pragma in ("cache_size=-16000", "mmap_size=268435456", "temp_store=MEMORY", "foreign_keys=ON"):
                self.raw.execute(f"PRAGMA {pragma}")
            self.raw.execute("PRAGMA secure_delete=ON")  # what was forgotten leaves the file; not every build begins so
            if read_only:
                self.raw.execute("PRAGMA query_only=1")
            self._file = _identity(path)
        except (sqlite3.Error, OSError) as problem:
            raise unopened(problem, path) from problem

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        return self.raw.execute(sql, parameters).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        return self.raw.executemany(sql, rows).rowcount

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return self.raw.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        found: Row | None = self.raw.execute(sql, parameters).fetchone()
        return found

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        found = self.raw.execute(sql, parameters).fetchone()
        return None if found is None else found[0]

    def after_commit(self, callback: Callable[[], Any]) -> None:
        self._after.callbacks.append(callback)

    def begin(self) -> None:
        """Take the write lock. Raises StoreBusy when others keep it for longer than `busy_timeout`.

        SQLite's own wait sleeps 25 to 100 ms at a time and keeps missing the gaps between a busy writer's transactions:
        while a worker drained its queue, a small write took 130 ms at p99, and 10 ms with short sleeps of uneven length.
        """
        deadline = time.monotonic() + self._busy_timeout
        while not self.try_begin():
            if time.monotonic() >= deadline:
                raise StoreBusy(
                    "the database is busy",
                    cause=f"the write lock was not free for {self._busy_timeout:g} s",
                    tip="another process holds the write lock; see `ostrov ps`",
                )
            time.sleep(random.uniform(0.0002, 0.0015))  # noqa: S311 - only must not keep step with the others

    def try_begin(self) -> bool:
        """Take the write lock if it is free this instant."""
        self.raw.execute("PRAGMA busy_timeout=0")
        try:
            self.raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as problem:
            if is_busy(problem):
                return False
            raise explained(problem, self.path) from problem
        finally:
            self.raw.execute(f"PRAGMA busy_timeout={int(self._busy_timeout * 1000)}")
        return True

    def commit(self) -> list[Callable[[], Any]]:
        """Make it durable; the callbacks to run now.

        SQLite goes on writing into a file that was removed, and what it acknowledges there is lost: so look first (2 µs).
        """
        try:
            if _identity(self.path) != self._file:
                raise gone(self.path, "another file has taken its place")
            self.raw.execute("COMMIT")
        except OSError as problem:
            self.rollback()
            raise gone(self.path, REMOVED) from problem
        except StoreUnreachable:
            self.rollback()
            raise
        except sqlite3.Error as problem:
            self.rollback()
            raise explained(problem, self.path) from problem
        return self._after.take()

    def leave_checkpoints_to_me(self) -> None:
        """Become `quick`, unless `synchronous` is FULL."""
        if self.value("PRAGMA synchronous") < 2:
            self.raw.execute("PRAGMA wal_autocheckpoint=0")
            self.raw.execute(f"PRAGMA journal_size_limit={BYTES}")
            self.quick = True

    def checkpoint_is_due(self) -> bool:
        """Whether a `quick` connection has written many rows since the last checkpoint, or the log is large."""
        return self.raw.total_changes > self._changes + ROWS or _size(self._log) > 2 * BYTES

    def checkpoint(self) -> None:
        """Bring what is in the log to the disk and into the database, as much as readers allow; blocks. What a disk refuses now
        stays in the log for the next time."""
        self._changes = self.raw.total_changes
        with suppress(sqlite3.Error):
            self.raw.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def rollback(self) -> None:
        self._after.take()
        self._depth = 0
        if self.raw.in_transaction:
            self.raw.execute("ROLLBACK")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        self._depth += 1
        name = f"s{self._depth}"
        self.raw.execute(f"SAVEPOINT {name}")
        try:
            with self._after.dropping_on_error():
                yield
        except BaseException:
            if self.raw.in_transaction:  # a full disk rolls the whole transaction back by itself
                self.raw.execute(f"ROLLBACK TO {name}")
                self.raw.execute(f"RELEASE {name}")
            raise
        else:
            self.raw.execute(f"RELEASE {name}")
        finally:
            self._depth = max(0, self._depth - 1)

    def explained(self, problem: Exception) -> Exception:
        """The error of ours that says what to do about one of the database's; any other error is itself."""
        return explained(problem, self.path)

    def close(self) -> None:
        self.raw.close()


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def is_busy(problem: sqlite3.Error) -> bool:
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def explained(problem: Exception, path: Path) -> Exception:
    """The error of ours that says what to do about one of SQLite's; any other error is itself."""
    if not isinstance(problem, sqlite3.Error):
        return problem
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
    where = f"{problem} ({path})"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(
            "the database is busy", cause=str(problem), tip="another process holds the write lock; see `ostrov ps`"
        )
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _out_of_room(path)):
        return StoreFull("the disk is full", cause=where, tip="free some space; what was acknowledged is safe")
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            "the disk does not serve the database", cause=where, tip="look for the disk in the system's log (dmesg)"
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError("the database is damaged", cause=where, tip=RESTORE)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        return StoreError("the database cannot be used", cause=where, tip=WRITABLE)
    if isinstance(problem, sqlite3.IntegrityError):
        return StoreIntegrity("the database forbids this write", cause=str(problem).strip())
    return StoreError("the database refused a statement", cause=str(problem).strip())


def unopened(problem: sqlite3.Error | OSError, path: Path) -> Exception:
    """Why a file cannot be opened as the database, in our words."""
    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFull("the disk is full", cause=f"{problem.strerror} ({path})", tip="free some space")
    found = explained(problem, path)
    if isinstance(found, StoreFull) or "damaged" in str(found):
        return found
    return StoreUnreachable("the database cannot be opened", cause=f"{problem} ({path})", tip=WRITABLE)


def gone(path: Path, cause: str) -> StoreUnreachable:
    """The error of a database whose file is not the one that was opened. Nothing is acknowledged until it is back."""
    return StoreUnreachable(
        "the database is gone",  # no path: it may be answered to strangers
        cause=f"{cause} ({path})",
        tip="put the same file back; or `ostrov down`, restore a backup, and `ostrov up`",
    )


def _identity(path: Path) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_dev, found.st_ino


def _out_of_room(path: Path) -> bool:
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < ROOM
