"""Talking to a project's supervisor: JSON lines over a Unix socket in its `run_dir`.

A request is one line, `{"command": …}`; an answer is one line, `{"error": …}` when it failed; `follow` goes on with a line for
every line logged. Only the user the project runs as, and root, are answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.core import errors
from ostrov.core.errors import Conflict, OstrovError
from ostrov.core.supervisor.errors import NotUp, StartFailed
from ostrov.core.supervisor.lock import holder
from ostrov.core.supervisor.logbook import Line
from ostrov.core.supervisor.row import ProcessRow
from ostrov.core.unix_address import short_address

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

SOCKET = "control.sock"
LONGEST_ANSWER = 16 * 1024 * 1024
_CREDENTIALS = struct.Struct("3i")
_ERRORS: dict[str, type[OstrovError]] = {
    **{name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, OstrovError)},
    "StartFailed": StartFailed,
}


async def ask(application: Ostrov, command: str, **arguments: Any) -> dict[str, Any]:
    """The supervisor's answer to one command. Raises NotUp, or the error it answered with."""
    reader, writer = await _connect(application)
    try:
        return await _request(reader, writer, command, arguments)
    finally:
        writer.close()


async def process_rows(application: Ostrov) -> list[ProcessRow]:
    """All processes, the supervisor first; an empty list when the project is not up."""
    try:
        answer = await ask(application, "status")
    except NotUp:
        return []
    return msgspec.convert(answer["processes"], list[ProcessRow])


async def follow_logs(application: Ostrov, name: str = "", lines: int = 0) -> AsyncIterator[Line]:
    """The last `lines` lines of a process or service (of all without a name), then every new one until the project stops."""
    reader, writer = await _connect(application)
    try:
        await _request(reader, writer, "follow", {"name": name, "lines": lines})
        while data := await reader.readline():
            yield Line(**msgspec.json.decode(data))
    finally:
        writer.close()


async def _request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, command: str, arguments: dict[str, Any]
) -> dict[str, Any]:
    writer.write(msgspec.json.encode({"command": command, **arguments}) + b"\n")
    data = await reader.readline()
    if not data:
        raise NotUp("the supervisor stopped before it answered", tip="see `ostrov logs supervisor`")
    answer: dict[str, Any] = msgspec.json.decode(data)
    if "error" in answer:
        kind = _ERRORS.get(answer.get("kind", ""), OstrovError)
        raise kind(answer["error"], cause=answer.get("cause", ""), tip=answer.get("tip", ""))
    return answer


async def _connect(application: Ostrov) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Through the socket in `run_dir`; when `data_dir` was not said, also to the one supervisor this project has elsewhere."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with short_address(application.data_path / "run" / SOCKET) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        connection = _elsewhere(application)
    connection.setblocking(False)
    return await asyncio.open_unix_connection(sock=connection, limit=LONGEST_ANSWER)


def _elsewhere(application: Ostrov) -> socket.socket:
    name = application.settings.name or application.project.name
    found = running_elsewhere(application.project.root)
    if _data_dir_was_said(application):  # then only the one whose folder, with its socket, was removed under it
        mine = {pid for connection, pid in found if _data_of(connection) == str(application.data_path)}
        found = running_elsewhere(application.project.root, mine) if mine else []  # a connection answers once
    if len(found) > 1:
        up = [f"on {_data_of(connection)} (process {pid})" for connection, pid in found]
        raise Conflict(
            f"{name} is up {len(found)} times, on different data",
            cause=", ".join(up),
            tip="say which one is meant: data_dir=DIR",
        )
    if not found:
        cause = "" if application.data_path.is_dir() else "there is no such folder"
        raise NotUp(f"{name} is not up on {application.data_path}", cause=cause, tip="`ostrov up` starts it")
    return found[0][0]


def up_beside(application: Ostrov) -> str:
    """The data of the supervisor this project has elsewhere, when it has none here and `data_dir` was not said; else nothing.

    Who then looks at the data here may mean the other one.
    """
    if _data_dir_was_said(application) or holder(application.data_path / "run") is not None:
        return ""
    return " or ".join(_data_of(connection) for connection, _ in running_elsewhere(application.project.root))


def _data_of(connection: socket.socket) -> str:
    """The `data_dir` of the supervisor at the other end, which is then left."""
    with connection:
        connection.settimeout(2.0)
        try:
            connection.sendall(b'{"command":"status"}\n')
            with connection.makefile("rb") as answer:
                return str(msgspec.json.decode(answer.readline())["data_dir"])
        except (OSError, msgspec.DecodeError, KeyError):
            return "data that it does not tell"


def _data_dir_was_said(application: Ostrov) -> bool:
    """Whether an argument or the environment names the data folder: then no other is meant."""
    origin = application.tree.origin("data_dir")
    return not origin.startswith("default") and ".toml" not in origin


def rendezvous(root: Path, pid: int | str) -> str:
    """The abstract address by which a project's supervisor is found whatever its `data_dir`; it vanishes with the process."""
    folder = root.stat()  # a hash of its path would load 4 MB of OpenSSL into the supervisor
    return f"ostrov/control/{folder.st_dev:x}-{folder.st_ino:x}/{pid}"


def running_elsewhere(root: Path, wanted: Collection[int] = ()) -> list[tuple[socket.socket, int]]:
    """Connections to the supervisors of this project (those wanted, or all) that this user may talk to, with process ids."""
    prefix = "@" + rendezvous(root, "")
    try:
        names = {
            line.split()[-1] for line in Path("/proc/net/unix").read_text("utf-8", "replace").splitlines() if prefix in line
        }
    except OSError:
        return []
    found = []
    for name in sorted(names):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with contextlib.suppress(OSError):
            connection.connect("\0" + name[1:])
            pid, uid = peer(connection)
            if (uid in (0, os.getuid()) or os.getuid() == 0) and (not wanted or pid in wanted):
                found.append((connection, pid))
                continue
        connection.close()
    return found


def peer(connection: socket.socket) -> tuple[int, int]:
    """The process id and the user id at the other end."""
    pid, uid, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return pid, uid
