"""Processes for tasks with `process=True`: each runs one task at a time and is started when the first is needed.

Not a ProcessPoolExecutor: one run can be stopped by killing its process and nobody else's, a process that dies fails its own
run with the reason, idle ones end, and none outlives the worker, however that dies (PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from ostrov.run.tasks.context import Progress
from ostrov.run.tasks.hand import Hand
from ostrov.run.tasks.logs import LogLine
from ostrov.run.tasks.metrics import Key, Series
from ostrov.run.tasks.outcome import Ended, Ending
from ostrov.run.tasks.tasks import open_tasks

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

log = logging.getLogger("ostrov.tasks")
IDLE = 60.0
"""Seconds after which a process without work ends."""
SOFT = signal.SIGUSR2
"""Raises SoftTimeout in the run that a process has."""
START = 30.0
"""Seconds a process has to start."""


class Opening(msgspec.Struct):
    """What a process is told first: the project, and its settings and import path as the worker has them."""

    root: str
    settings: msgspec.Raw
    path: list[str]
    log_lines: int


class Order(msgspec.Struct):
    """A run for a process."""

    run_id: str
    attempt: int
    task: str
    queue: str
    arguments: str
    trace: str | None


class Report(msgspec.Struct, omit_defaults=True):
    """What a process says: that it is ready (nothing is set) or why not, progress of its run, its end with what it logged and
    what metrics have counted."""

    progress: Progress | None = None
    ended: Ended | None = None
    logs: list[LogLine] = []
    counted: list[tuple[Key, Series]] = []


class _Process:
    """One child. `hand` is the run it works on."""

    def __init__(self) -> None:
        self.hand: Hand | None = None
        self.ending = False
        self.refusal: Ended | None = None
        """Why it cannot work, in its own words."""
        self.child: asyncio.subprocess.Process | None = None
        self.handle = -1
        """Its pidfd: a signal to it reaches this process or none, and does not collect its exit code as Popen's does."""
        self.orders: asyncio.Queue[Hand] = asyncio.Queue()


class Processes:
    """Up to `tasks.processes` children. `started` and `ended` are called for each run."""

    def __init__(self, application: Ostrov, started: Callable[[Hand], None], ended: Callable[[Hand, Ended], None]) -> None:
        self._application = application
        self._size: int = application.settings.tasks.processes
        self._started = started
        self._ended = ended
        self._waiting: deque[Hand] = deque()
        self._lives: dict[asyncio.Task[None], _Process] = {}
        self._sweep: asyncio.TimerHandle | None = None

    @property
    def room(self) -> int:
        """How many more runs it will take."""
        return self._size - len(self._waiting) - sum(process.hand is not None for process in self._lives.values())

    def submit(self, hand: Hand) -> None:
        """Run it in a process that is free, or in a new one."""
        for process in self._lives.values():
            if process.hand is None and not process.ending and _alive(process):
                process.hand = hand
                process.orders.put_nowait(hand)
                return
        if len(self._lives) < self._size:
            process = _Process()
            process.hand = hand
            process.orders.put_nowait(hand)
            life = asyncio.get_running_loop().create_task(self._live(process))
            self._lives[life] = process
            life.add_done_callback(self._gone)
        else:
            self._waiting.append(hand)

    def stop(self, hand: Hand) -> None:
        """End a run by ending its process."""
        if hand in self._waiting:
            self._waiting.remove(hand)
            self._ended(hand, Ended(Ending.CANCELLED if hand.stop is Ending.CANCELLED else Ending.UNSTARTED))
            return
        for process in self._lives.values():
            if process.hand is hand:
                _kill(process)

    def soften(self, hand: Hand) -> None:
        """Raise SoftTimeout in the process of a run."""
        for process in self._lives.values():
            if process.hand is hand and process.handle >= 0:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(process.handle, SOFT)

    def unstarted(self) -> list[Hand]:
        """Take back the runs that wait for a process."""
        taken = list(self._waiting)
        self._waiting.clear()
        return taken

    async def close(self) -> None:
        """End every process, now."""
        if self._sweep is not None:
            self._sweep.cancel()
        self._waiting.clear()
        for life in list(self._lives):
            life.cancel()
        if self._lives:
            await asyncio.wait(list(self._lives))

    def _gone(self, life: asyncio.Task[None]) -> None:
        process = self._lives.pop(life)
        if not life.cancelled() and (problem := life.exception()) is not None:
            log.error("a task process cannot be run", exc_info=problem)
        if process.hand is not None and not process.hand.over:
            self._ended(process.hand, process.refusal or _died(process.hand, process.child))
        while self._waiting and self.room > 0 and not life.cancelled():
            self.submit(self._waiting.popleft())

    async def _live(self, process: _Process) -> None:
        ours, theirs = socket.socketpair()
        writer: asyncio.StreamWriter | None = None
        try:
            with theirs:
                process.child = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "ostrov.run.tasks.process",
                    str(theirs.fileno()),
                    str(os.getpid()),
                    stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                )
            with contextlib.suppress(ProcessLookupError):
                process.handle = os.pidfd_open(process.child.pid)
            reader, writer = await asyncio.open_connection(sock=ours, limit=64 * 1024 * 1024)
            settings = msgspec.Raw(msgspec.json.encode(self._application.settings))
            opening = Opening(
                str(self._application.project.root), settings, sys.path, self._application.settings.tasks.log_lines
            )
            writer.write(msgspec.json.encode(opening) + b"\n")
            async with asyncio.timeout(START):
                answer = await _line(reader)
            process.refusal = msgspec.json.decode(answer, type=Report).ended if answer else None
            if not answer or process.refusal is not None:
                return
            while True:
                try:
                    hand = await asyncio.wait_for(process.orders.get(), IDLE)
                except TimeoutError:
                    if process.hand is None:
                        return
                    continue
                if hand.stop is None and not hand.over:
                    await self._one(hand, reader, writer)
                if not hand.over or not _alive(process):
                    return
                process.hand = None
                if self._waiting:
                    process.hand = self._waiting.popleft()
                    process.orders.put_nowait(process.hand)
        finally:
            process.ending = True
            _kill(process)
            if writer is not None:
                writer.close()
            else:
                ours.close()
            if process.child is not None:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.shield(process.child.wait())
            if process.handle >= 0:
                os.close(process.handle)
                process.handle = -1

    async def _one(self, hand: Hand, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        run = hand.run
        hand.started_at = time.time()
        self._started(hand)
        order = Order(run.id, run.attempt, run.task, run.queue, run.arguments, run.trace)
        writer.write(msgspec.json.encode(order) + b"\n")
        while line := await _line(reader):
            report = msgspec.json.decode(line, type=Report)
            if report.progress is not None:
                hand.context.shown = report.progress
            if hand.context.log is not None:
                for entry in report.logs:
                    hand.context.log.add(entry.at, entry.level, entry.logger, entry.message)
            if report.counted:
                self._application.part(open_tasks).metrics.take_over(report.counted)
            if report.ended is not None:
                self._ended(hand, report.ended)
                return


async def _line(reader: asyncio.StreamReader) -> bytes:
    """A line, or nothing from a process that is gone."""
    try:
        return await reader.readline()
    except ConnectionError:
        return b""


def _alive(process: _Process) -> bool:
    return process.child is not None and process.child.returncode is None


def _kill(process: _Process) -> None:
    if process.handle >= 0:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(process.handle, signal.SIGKILL)


def _died(hand: Hand, child: asyncio.subprocess.Process | None) -> Ended:
    if hand.stop is Ending.TIMEOUT:
        return Ended(Ending.TIMEOUT, error=f"out of time after {hand.task.options.timeout:g} s; its process was ended")
    if hand.stop is Ending.INTERRUPTED:
        return Ended(Ending.INTERRUPTED, error="the worker stopped; its process was ended")
    if hand.stop is Ending.CANCELLED:
        return Ended(Ending.CANCELLED, error="cancelled while running; its process was ended")
    code = None if child is None else child.returncode
    if code is None:
        return Ended(Ending.FAILED, error="its process could not be started")
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
    return Ended(Ending.FAILED, error=f"its process {how}")
