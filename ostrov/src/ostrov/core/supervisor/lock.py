"""One supervisor a project's data: a lock that dies with its holder and says who that is."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from ostrov.core.errors import DataUnwritable
from ostrov.core.supervisor.errors import AlreadyUp

LOCK = "lock"
ALIVE = "alive"
"""Held shared by every host: free once no process of the project is left."""


class Holder(NamedTuple):
    """Who holds the lock: process id, where the project listens, since when (epoch seconds)."""

    pid: int
    url: str
    since: float


class ProjectLock:
    """The lock of one `run_dir`, from `take` until the process ends (a fork shares it)."""

    def __init__(self, run_dir: Path) -> None:
        self.path = run_dir / LOCK
        self._descriptor = -1

    def take(self, project: str) -> None:
        """Raises AlreadyUp when another supervisor holds it."""
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as problem:
            raise DataUnwritable(
                f"{self.path} cannot be written",
                cause=problem.strerror or str(problem),
                tip="give this user the folder, or choose another with data_dir=DIR",
            ) from problem
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read(descriptor)
            os.close(descriptor)
            raise already_up(project, self.path.parent.parent, holder) from None
        self._descriptor = descriptor
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)

    def describe(self, holder: Holder) -> None:
        """Write who holds it. A disk too full for that is no reason not to start."""
        with contextlib.suppress(OSError):
            os.pwrite(self._descriptor, msgspec.json.encode(holder._asdict()).ljust(512), 0)

    def wait_for_leftovers(self, patience: float) -> bool:
        """Whether every process of the supervisor before (one that was killed) has ended within `patience` seconds."""
        descriptor = os.open(self.path.parent / ALIVE, os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + patience
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        return False
                    time.sleep(0.05)
                else:
                    return True
        finally:
            os.close(descriptor)

    def release(self) -> None:
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1


def hold_alive(run_dir: Path) -> int:
    """A host's share in the project's life; the descriptor is kept until the process ends."""
    descriptor = os.open(run_dir / ALIVE, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def holder(run_dir: Path) -> Holder | None:
    """Who holds the lock now; None when it is free. `pid` is 0 when the holder could not be read."""
    try:
        descriptor = os.open(run_dir / LOCK, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    finally:
        os.close(descriptor)
    return None


def _read(descriptor: int) -> Holder:
    for _ in range(20):  # it may have been taken this instant
        try:
            return Holder(**msgspec.json.decode(os.pread(descriptor, 4096, 0)))
        except (msgspec.DecodeError, TypeError):
            time.sleep(0.05)
    return Holder(0, "", 0.0)


def already_up(project: str, data_dir: Path, holder: Holder) -> AlreadyUp:
    """The error of a second `up`."""
    parts = [f"process {holder.pid}" if holder.pid else "another process"]
    if holder.since:
        parts.append(time.strftime("since %Y-%m-%d %H:%M:%S", time.localtime(holder.since)))
    if holder.url:
        parts.append(f"at {holder.url}")
    return AlreadyUp(
        f"{project} is already up on {data_dir}",
        cause=f"the lock is held by {' '.join(parts)}",
        tip="`ostrov ps` shows it, `ostrov down` stops it; data_dir=DIR web.port=PORT starts another beside it",
    )
