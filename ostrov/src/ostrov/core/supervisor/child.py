"""One life of a process: from its start, through the words it says, to its exit and the end of all it started."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ostrov.core.supervisor.listening import Sockets
from ostrov.core.supervisor.notify import LISTEN, VARIABLE
from ostrov.core.supervisor.orphans import MARK, kill_group, kill_marked
from ostrov.core.supervisor.specification import ProcessSpec

HOST = "ostrov.core.supervisor.host"
SUPERVISOR_PID = "X_OSTROV_SUPERVISOR"
LIFELINE = "X_OSTROV_LIFELINE"
LONGEST_LINE = 64 * 1024


@dataclass(frozen=True)
class Launch:
    """What all children of one supervisor share."""

    root: Path
    environ: Mapping[str, str]
    notify_address: str = ""
    lifeline: int = -1
    sockets: Sockets = field(default_factory=dict)


def arguments(spec: ProcessSpec, root: Path) -> list[str]:
    """The command that runs a process, the same under our supervisor and under systemd."""
    return [sys.executable, "-m", HOST, "--project", str(root), spec.name, *spec.service_names]


class Child:
    """A running process. It leads a session and a process group of its own, so Ctrl-C reaches the supervisor alone."""

    def __init__(self, spec: ProcessSpec, launch: Launch, on_lines: Callable[[list[str]], None]) -> None:
        self.spec = spec
        self.mark = f"{spec.name}-{os.getpid()}-{os.urandom(4).hex()}"
        self.started = time.monotonic()
        self.ready = asyncio.Event()
        self.exited = asyncio.Event()
        self.services_ready: set[str] = set()
        self.statuses: dict[str, str] = {}
        self.returncode: int | None = None
        self.killed_because = ""
        self.lived = 0.0
        self._on_lines = on_lines
        self._partial = b""
        self._output, writing = os.pipe()
        os.set_blocking(self._output, False)
        listening = [(name, one.fileno()) for name in spec.listening for one in launch.sockets.get(name, ())]
        environ = {
            **launch.environ,
            MARK: self.mark,
            SUPERVISOR_PID: str(os.getpid()),
            VARIABLE: launch.notify_address,
            LIFELINE: str(launch.lifeline),
            LISTEN: ",".join(f"{name}={number}" for name, number in listening),
            "PYTHONUNBUFFERED": "1",
        }
        environ.setdefault("MALLOC_ARENA_MAX", "2")  # threads that mostly wait need no heaps of their own
        environ.setdefault("MALLOC_MMAP_THRESHOLD_", "1048576")  # glibc else keeps what argon2 freed: 20 MB a thread, for ever
        try:
            self._process = subprocess.Popen(
                arguments(spec, launch.root),
                cwd=launch.root,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                start_new_session=True,
                pass_fds=[number for _, number in listening] + ([launch.lifeline] if launch.lifeline >= 0 else []),
            )
        except BaseException:
            os.close(self._output)
            raise
        finally:
            os.close(writing)
        asyncio.get_running_loop().add_reader(self._output, self._read)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self.returncode is None

    def told(self, lines: list[tuple[str, str]]) -> None:
        """Take an `sd_notify` message of the child."""
        by_service = any(key == "X_OSTROV_STATUS" for key, _ in lines)
        for key, value in lines:
            if key == "X_OSTROV_READY":
                self.services_ready.add(value)
            elif key == "X_OSTROV_STATUS":
                service, _, text = value.partition(" ")
                self.statuses[service] = text
            elif key == "STATUS" and not by_service:
                self.statuses[""] = value
            elif key == "READY" and value == "1":
                self.services_ready.update(self.spec.service_names)
                self.ready.set()

    @property
    def status(self) -> str:
        """What the services say they are doing."""
        said = {name: text for name, text in self.statuses.items() if text}
        if len(said) > 1:
            return "; ".join(f"{name}: {text}" if name else text for name, text in said.items())
        return next(iter(said.values()), "")

    def signal(self, number: int) -> None:
        """Send a signal to the leader alone, as systemd's KillMode=mixed does."""
        if self.alive:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the whole group at once."""
        if self.alive:
            kill_group(self.pid)

    async def stop(self, patience: float) -> None:
        """TERM to the leader; KILL to the group when it is not gone after `patience` seconds. Back when it has ended."""
        self.signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.exited.wait(), patience)
        except TimeoutError:
            self.killed_because = self.killed_because or f"no exit within {patience:g} s of TERM"
            self.kill()
            await self.exited.wait()

    def ended(self, returncode: int) -> None:
        """The kernel says it has exited: end what it left behind, take its last words."""
        self.returncode = self._process.returncode = returncode
        self.lived = time.monotonic() - self.started
        kill_group(self.pid)
        kill_marked(self.mark)
        self._read_rest()
        self.exited.set()

    @property
    def reason(self) -> str:
        """How it ended, in words."""
        if self.returncode is None:
            return ""
        if self.returncode >= 0:
            how = f"exit code {self.returncode}"
        else:
            try:
                how = f"killed by {signal.Signals(-self.returncode).name}"
            except ValueError:
                how = f"killed by signal {-self.returncode}"
        return f"{how}: {self.killed_because}" if self.killed_because else how

    def _read(self) -> bool:
        """Pass on what it wrote; whether there may be more."""
        try:
            data = os.read(self._output, LONGEST_LINE)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._output)
            return False
        *lines, self._partial = (self._partial + data).split(b"\n")
        if len(self._partial) > LONGEST_LINE:
            lines.append(self._partial)
            self._partial = b""
        if lines:
            self._on_lines([line.decode("utf-8", "replace").rstrip("\r") for line in lines])
        return True

    def _read_rest(self) -> None:
        while self._read():
            pass
        if self._partial:
            self._on_lines([self._partial.decode("utf-8", "replace")])
            self._partial = b""
        asyncio.get_running_loop().remove_reader(self._output)
        os.close(self._output)
