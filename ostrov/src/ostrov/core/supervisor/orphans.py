"""No process outlives the project: not the children of a supervisor that was killed, nor the children of those.

Three holds, because each has a hole: PR_SET_PDEATHSIG tells a child that its supervisor died (but not its grandchildren);
a lifeline, a pipe that only the supervisor keeps open, bounds the time the child then takes; and a mark in the environment
finds every descendant, whatever session or parent it has gone to.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

MARK = "X_OSTROV_PROCESS"
"""The environment variable that every descendant of a supervised process inherits."""
PR_SET_PDEATHSIG = 1  # prctl(2)
PR_SET_CHILD_SUBREAPER = 36


def die_with_parent(parent: int, with_signal: int = signal.SIGTERM) -> None:
    """Be sent `with_signal` when the process `parent` dies. Exits at once when it already has."""
    _prctl(PR_SET_PDEATHSIG, with_signal)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of descendants whose parent dies, so that they can be found and reaped."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, argument: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(option, argument, 0, 0, 0)


def marked(mark: str) -> Iterator[int]:
    """The processes whose environment carries this mark. Those of other users cannot be read and are left out."""
    wanted = f"{MARK}={mark}".encode()
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                environ = file.read()
        except OSError:
            continue
        if wanted in environ.split(b"\0"):
            yield int(name)


def kill_marked(mark: str) -> int:
    """Kill every process that carries the mark, except this one; how many there were."""
    killed: set[int] = set()
    for _ in range(5):  # one of them may fork while we look
        found = {pid for pid in marked(mark) if pid != os.getpid() and pid not in killed}
        if not found:
            break
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        killed |= found
    return len(killed)


def kill_children() -> None:
    """Kill every child of this process, those it adopted included, and theirs as they come to it."""
    for _ in range(50):
        children = [int(word) for task in os.listdir("/proc/self/task") for word in _children(task)]
        if not children:
            return
        for pid in children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.01)


def _children(task: str) -> list[str]:
    try:
        with open(f"/proc/self/task/{task}/children") as file:
            return file.read().split()
    except OSError:
        return []


def kill_group(pid: int) -> None:
    """Kill what is left of the process group that `pid` led."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def watch_lifeline(descriptor: int, patience: float, clean_up: Callable[[], None]) -> None:
    """In a thread: when the pipe ends, ask this process to stop, and `patience` seconds later call `clean_up` and kill it."""
    os.set_inheritable(descriptor, False)

    def watch() -> None:
        while True:
            try:
                if not os.read(descriptor, 1):
                    break
            except InterruptedError:
                continue
            except OSError:
                return
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(patience)
        clean_up()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
