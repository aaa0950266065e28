"""The terminal of `ostrov up`: every process's lines with its name before them, in a colour of its own.

Written by a thread: a terminal that is paused (Ctrl-S, a selection) blocks who writes to it, and the project must go on. It
writes to the descriptor itself: what stays in Python's own buffer would be written once more at exit, and block or fail there.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import threading
from collections.abc import Iterable
from io import TextIOWrapper
from typing import TextIO

from ostrov.core.colour import colours_wanted
from ostrov.core.supervisor.logbook import SUPERVISOR, Line

COLOURS = (36, 33, 32, 35, 34, 31)
WAITING = 10_000
_CONTROL = re.compile("[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]|\x1b(?!\\[[0-9;]*m)")


class Terminal:
    """Prints lines and plain text until it is closed, or until its reader has gone."""

    def __init__(self, out: TextIO, processes: Iterable[str]) -> None:
        self._out = out
        out.flush()
        self._descriptor = out.fileno() if isinstance(out, TextIOWrapper) else -1
        names = list(processes)
        self._width = max(len(name) for name in [*names, SUPERVISOR])
        coloured = out.isatty() and colours_wanted()
        self._prefixes = {
            name: f"\x1b[{COLOURS[index % len(COLOURS)]}m{name:<{self._width}}\x1b[0m │ "
            if coloured
            else f"{name:<{self._width}} │ "
            for index, name in enumerate(names)
        }
        self._prefixes[SUPERVISOR] = (
            f"\x1b[2m{SUPERVISOR:<{self._width}} │\x1b[0m " if coloured else f"{SUPERVISOR:<{self._width}} │ "
        )
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._skipped = 0
        self._thread = threading.Thread(target=self._write, name="terminal", daemon=True)
        self._thread.start()

    def line(self, line: Line) -> None:
        """Print a line of a process. Control characters other than colours are left out."""
        prefix = self._prefixes.get(line.process) or f"{line.process:<{self._width}} │ "
        self.say(prefix + _CONTROL.sub("", line.text))

    def say(self, text: str) -> None:
        """Print text as it is."""
        if self._queue.qsize() >= WAITING:
            self._skipped += 1
            return
        if self._skipped:
            skipped, self._skipped = self._skipped, 0
            self._queue.put(f"… {skipped} lines were skipped: this terminal is slower than the project (see `ostrov logs`)")
        self._queue.put(text)

    def close(self, patience: float = 1.0) -> None:
        """Print what waits, for at most `patience` seconds."""
        self._queue.put(None)
        self._thread.join(patience)

    def _write(self) -> None:
        while (text := self._queue.get()) is not None:
            with contextlib.suppress(OSError, ValueError):  # the reader has gone: the project stays
                self._print(text + "\n")

    def _print(self, text: str) -> None:
        if self._descriptor < 0:
            self._out.write(text)
            return
        data = text.encode(self._out.encoding, "replace")  # a terminal of another encoding shows what it can
        while data:
            data = data[os.write(self._descriptor, data) :]
