"""What the processes say: kept in memory for a while, in rotating files for longer, and passed on to who follows.

A disk that is full must not stop a process: its line goes on to memory, the terminal and the followers, and it is said once
that the file has a gap.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

SUPERVISOR = "supervisor"
KEPT = 500
LONGEST = 16 * 1024
RETRY = 5.0
MICRO = 1_000_000
_LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})Z (.*)")


class Line(NamedTuple):
    """One line that a process wrote. `at` is epoch seconds."""

    at: float
    process: str
    text: str

    def as_dict(self) -> dict[str, float | str]:
        return {"at": self.at, "process": self.process, "text": self.text}


class LogFile:
    """An append-only file, put aside as `name.log.1` (`.2`, …) when it grows over `limit` bytes."""

    def __init__(self, path: Path, limit: int, kept: int) -> None:
        self.path = path
        self.limit = limit
        self.kept = kept
        self.lost = 0
        """Lines that could not be written since the last that could."""
        self._descriptor = -1
        self._size = 0
        self._retry_at = 0.0

    def write(self, lines: Sequence[bytes]) -> str:
        """Append whole lines. Returns what went wrong, or what went right again, when that has just changed."""
        if self.lost and time.monotonic() < self._retry_at:
            self.lost += len(lines)
            return ""
        data = b"".join(lines)
        try:
            if self._descriptor < 0 or self._size + len(data) > self.limit or not os.fstat(self._descriptor).st_nlink:
                self._open(len(data))  # new, full, or removed by somebody
            self._append(data)
        except OSError as problem:
            first = not self.lost
            self.lost += len(lines)
            self._retry_at = time.monotonic() + RETRY
            self.close()
            return f"{self.path} cannot be written: {problem.strerror}; the project goes on without it" if first else ""
        if self.lost:
            lost, self.lost = self.lost, 0
            return f"{self.path} is written again; {lost} lines are missing from it"
        return ""

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self, more: int) -> None:
        self.close()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            size = self.path.stat().st_size
            if size and size + more > self.limit:
                self._rotate()
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        self._size = os.fstat(self._descriptor).st_size

    def _rotate(self) -> None:
        if self.kept == 1:
            self.path.unlink()
            return
        for number in range(self.kept - 2, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{self.path}.{number}", f"{self.path}.{number + 1}")
        os.replace(self.path, f"{self.path}.1")

    def _append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.write(self._descriptor, view)
            self._size += written
            view = view[written:]


class Logbook:
    """The logs of one supervisor. `on_line` is told each line as it comes."""

    def __init__(self, folder: Path, limit: int, kept: int) -> None:
        self.folder = folder
        self.limit = limit
        self.kept = kept
        self.followers: set[Callable[[Line], None]] = set()
        self._rings: dict[str, deque[Line]] = {}
        self._files: dict[str, LogFile] = {}

    def write(self, process: str, texts: Iterable[str]) -> None:
        """Take lines of a process, written now."""
        now = round(time.time() * MICRO) / MICRO  # as exact as in the file, so that the two can be joined
        lines = [Line(now, process, text[:LONGEST]) for text in texts]
        self._pass_on(lines)
        complaint = self._file(process).write([stamped(line) for line in lines])
        if complaint:
            self._pass_on([Line(time.time(), SUPERVISOR, complaint)])

    def tail(self, processes: Iterable[str], count: int) -> list[Line]:
        """The last `count` lines of these processes together, as far as memory holds them."""
        lines = [line for name in processes for line in self._rings.get(name, ())]
        lines.sort(key=lambda line: line.at)
        return lines[-count:] if count else []

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _pass_on(self, lines: list[Line]) -> None:
        for line in lines:
            ring = self._rings.get(line.process)
            if ring is None:
                ring = self._rings[line.process] = deque(maxlen=KEPT)
            ring.append(line)
            for follower in list(self.followers):
                follower(line)

    def _file(self, process: str) -> LogFile:
        if process not in self._files:
            self._files[process] = LogFile(self.folder / f"{process}.log", self.limit, self.kept)
        return self._files[process]


def stamped(line: Line) -> bytes:
    """A line as it stands in a file: the time in UTC, then the text."""
    seconds, fraction = divmod(round(line.at * MICRO), MICRO)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{moment}.{fraction:06d}Z {line.text}\n".encode("utf-8", "replace")


def read_tail(folder: Path, processes: Iterable[str], count: int) -> list[Line]:
    """The last `count` lines of these processes together, from their files, also of a project that is down."""
    lines = [line for name in processes for line in _tail_of_file(folder / f"{name}.log", name, count)]
    lines.sort(key=lambda line: line.at)
    return lines[-count:] if count else []


def logged(folder: Path) -> list[str]:
    """The processes that have a log file."""
    try:
        return sorted(path.stem for path in folder.iterdir() if path.suffix == ".log")
    except OSError:
        return []


def _tail_of_file(path: Path, process: str, count: int) -> list[Line]:
    """From the file, and from those put aside as long as there are too few."""
    found: list[Line] = []
    number = 0
    while len(found) < count and path.is_file():
        found = _tail_of_one(path, process, count - len(found)) + found
        number += 1
        path = path.with_name(f"{process}.log.{number}")
    return found


def _tail_of_one(path: Path, process: str, count: int) -> list[Line]:
    data = b""
    with contextlib.suppress(OSError), path.open("rb") as file:
        position = file.seek(0, os.SEEK_END)
        while position > 0 and data.count(b"\n") <= count:
            step = min(position, 64 * 1024)
            position -= step
            file.seek(position)
            data = file.read(step) + data
    found: list[Line] = []
    for text in data.decode("utf-8", "replace").split("\n")[-count - 1 :]:
        if match := _LINE.fullmatch(text):
            at = (_epoch(match[1]) * MICRO + int(match[2])) / MICRO
            found.append(Line(at, process, match[3]))
    return found[-count:]


def _epoch(moment: str) -> int:
    import calendar

    return calendar.timegm(time.strptime(moment, "%Y-%m-%dT%H:%M:%S"))
