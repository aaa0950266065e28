"""The `sd_notify` protocol, both ends: a child speaks it to our supervisor or to systemd (sd_notify(3)).

One process may hold several services, so beside systemd's words there are ours, which systemd ignores:
`X_OSTROV_READY=service` and `X_OSTROV_STATUS=service text`.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterable, Mapping, MutableMapping
from typing import NamedTuple

VARIABLE = "NOTIFY_SOCKET"
_CREDENTIALS = struct.Struct("3i")  # struct ucred: pid, uid, gid
LARGEST = 4096


class Notifier:
    """The child's end. Without a listener every message is dropped."""

    def __init__(self, address: str = "") -> None:
        self._socket: socket.socket | None = None
        if address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                self._socket.connect("\0" + address[1:] if address.startswith("@") else address)
                self._socket.setblocking(False)
            except OSError:
                self._socket.close()
                self._socket = None

    @classmethod
    def from_environment(cls, environ: MutableMapping[str, str] = os.environ) -> Notifier:
        """Take the address out of the environment, so that no grandchild speaks in this process's name."""
        return cls(environ.pop(VARIABLE, ""))

    def tell(self, *lines: str) -> None:
        """Send one message of `KEY=value` lines. Never blocks and never raises."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.send("\n".join(lines).encode("utf-8", "replace")[:LARGEST])


class Told(NamedTuple):
    """A message of process `pid`: its `KEY=value` lines in order."""

    pid: int
    lines: list[tuple[str, str]]


class NotifyListener:
    """The supervisor's end: one socket for all children, who are told apart by the credentials the kernel attaches."""

    def __init__(self) -> None:
        name = f"ostrov/notify/{os.getpid()}-{os.urandom(8).hex()}"
        self.address = "@" + name  # abstract: no file to leave behind, no limit on the depth of data_dir
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.socket.bind("\0" + name)

    def receive(self) -> Iterable[Told]:
        """The messages that wait."""
        while True:
            try:
                data, ancillary, _, _ = self.socket.recvmsg(LARGEST, socket.CMSG_SPACE(_CREDENTIALS.size))
            except (BlockingIOError, InterruptedError):
                return
            for level, kind, content in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                    pid, _, _ = _CREDENTIALS.unpack(content[: _CREDENTIALS.size])
                    yield Told(pid, parse(data))

    def close(self) -> None:
        self.socket.close()


def parse(data: bytes) -> list[tuple[str, str]]:
    """The `KEY=value` lines of a message; lines of another form are left out."""
    pairs = (line.partition("=") for line in data.decode("utf-8", "replace").split("\n"))
    return [(key, value) for key, equals, value in pairs if equals]


LISTEN = "X_OSTROV_LISTEN_FDS"
"""`service=fd,service=fd`: our supervisor's form of systemd's LISTEN_FDS. A pid, as LISTEN_PID wants it, is not known
before the fork, and descriptors from 3 on would need Python code between fork and exec."""


def inherited_sockets(environ: MutableMapping[str, str] = os.environ) -> list[tuple[str, socket.socket]]:
    """The listening sockets this process was given, by our supervisor or by systemd (sd_listen_fds(3)), each with its name.

    Takes the variables out of the environment and closes the descriptors to grandchildren.
    """
    pairs: list[tuple[str, int]] = []
    ours = environ.pop(LISTEN, "")
    for part in filter(None, ours.split(",")):
        name, _, number = part.rpartition("=")
        pairs.append((name, int(number)))
    if not ours and _meant_for_us(environ):
        names = environ.get("LISTEN_FDNAMES", "").split(":")
        for index in range(int(environ.get("LISTEN_FDS", "0"))):
            pairs.append((names[index] if index < len(names) else "", 3 + index))
    for variable in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        environ.pop(variable, None)
    found = []
    for name, descriptor in pairs:
        os.set_inheritable(descriptor, False)
        listening = socket.socket(fileno=descriptor)
        listening.setblocking(False)
        found.append((name, listening))
    return found


def _meant_for_us(environ: Mapping[str, str]) -> bool:
    return environ.get("LISTEN_PID") == str(os.getpid()) and environ.get("LISTEN_FDS", "0").isdigit()
