"""The listening sockets: bound before anything starts, so a port in use is an error at once, and kept through restarts,
so that a connection that comes meanwhile waits in the backlog instead of being refused."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ostrov.core.component import Listen, Service
from ostrov.core.reference import load
from ostrov.core.settings.secrets import masked
from ostrov.core.supervisor.errors import PortTaken

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

Sockets = dict[str, list[socket.socket]]
"""By service, in the order of its `listens`."""


def bind_all(application: Ostrov, services: Iterable[Service]) -> Sockets:
    """The sockets of every service that listens. Raises PortTaken, and then keeps none."""
    bound: Sockets = {}
    try:
        for service in services:
            if service.listens and service.name not in bound:
                bound[service.name] = []
                for listen in load(service.listens)(application):
                    bound[service.name] += bind(listen)
    except BaseException:
        close_all(bound)
        raise
    return bound


def close_all(sockets: Sockets) -> None:
    for listening in [one for some in sockets.values() for one in some]:
        listening.close()


def bind(listen: Listen) -> list[socket.socket]:
    """A socket for each address the host's name has; with port 0 they share the one that the first was given."""
    try:
        found = socket.getaddrinfo(listen.host or None, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as problem:
        raise PortTaken(
            f"cannot listen on {listen.host}: there is no such address",
            cause=problem.strerror or str(problem),
            tip=f"change {listen.setting.replace('port', 'host')}" if listen.setting else "",
        ) from problem
    sockets: list[socket.socket] = []
    port = listen.port
    for family, kind, protocol, _, address in dict.fromkeys(found):
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind((address[0], port, *address[2:]))
            listening.listen(listen.backlog)
        except OSError as problem:
            listening.close()
            if sockets and problem.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                continue  # a machine without IPv6
            for other in sockets:
                other.close()
            raise _refused(listen, problem) from problem
        listening.setblocking(False)
        sockets.append(listening)
        port = listening.getsockname()[1]
    return sockets


def _refused(listen: Listen, problem: OSError) -> PortTaken:
    where = f"{listen.host}:{listen.port}"
    if problem.errno == errno.EADDRINUSE:
        return PortTaken(
            f"port {listen.port} is in use",
            cause=port_holder(listen.port) or f"another process listens on {where}",
            tip=f"stop it, or choose another port: {listen.setting}={_free_port(listen)}" if listen.setting else "",
        )
    if problem.errno == errno.EACCES:
        return PortTaken(
            f"this user may not listen on port {listen.port}",
            cause="ports below 1024 belong to root",
            tip=f"choose another: {listen.setting}=8000, or put a proxy before it" if listen.setting else "",
        )
    return PortTaken(
        f"cannot listen on {where}",
        cause=problem.strerror or str(problem),
        tip=f"change {listen.setting.replace('port', 'host')}" if listen.setting else "",
    )


def _free_port(listen: Listen) -> int:
    """The next port that is free this moment."""
    for port in range(listen.port + 1, min(listen.port + 50, 65536)):
        with socket.socket() as trial:
            try:
                trial.bind((listen.host if ":" not in listen.host else "127.0.0.1", port))
            except OSError:
                continue
            return port
    return 0


def port_holder(port: int) -> str:
    """Who listens on a TCP port, as far as /proc tells this user: "pid 12 (nginx -g daemon off)", or an empty text."""
    inodes = {inode for table in ("tcp", "tcp6") for inode in _listening_inodes(Path("/proc/net") / table, port)}
    if not inodes:
        return ""
    wanted = {f"socket:[{inode}]" for inode in inodes}
    holders = []
    for process in sorted((entry for entry in Path("/proc").iterdir() if entry.name.isdigit()), key=lambda p: int(p.name)):
        try:
            if any(os.readlink(entry.path) in wanted for entry in os.scandir(process / "fd")):
                words = (process / "cmdline").read_bytes().decode("utf-8", "replace").replace("\0", " ").strip()
                holders.append(f"pid {process.name} ({str(masked(words))[:120]})")
        except OSError:
            continue
    return f"it is held by {holders[0]}" if holders else "it is held by another user's process"


def _listening_inodes(table: Path, port: int) -> list[str]:
    try:
        lines = table.read_text().splitlines()[1:]
    except OSError:
        return []
    rows = [line.split() for line in lines]
    return [row[9] for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port]  # 0A: TCP_LISTEN
