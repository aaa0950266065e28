"""Which process a worker is, and whether it still lives."""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from typing import NamedTuple


class Identity(NamedTuple):
    """`boot_id` names one life of one kernel and one pid namespace: pids mean something to those who share it.

    `started` is the process's start time in clock ticks (field 22 of /proc/PID/stat), so a pid used again is another process.
    """

    host: str
    boot_id: str
    pid: int
    started: str


def this_process() -> Identity:
    """The identity of the calling process."""
    return Identity(socket.gethostname(), boot_id(), os.getpid(), _started(os.getpid()) or "")


def dead(identity: Identity) -> bool:
    """Whether the process is known to be gone. One of another machine, or that cannot be looked at, is not."""
    return identity.boot_id == boot_id() != "" and _started(identity.pid) != identity.started


@lru_cache(maxsize=1)
def boot_id() -> str:
    """The kernel's boot id with the pid namespace, empty where /proc has none."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return f"{file.read().strip()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """None for a process that is gone, or dead and not yet collected by its parent."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]
