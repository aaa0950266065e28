"""The supervisor's end of the control socket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from ostrov.core.errors import OstrovError, UsageError
from ostrov.core.supervisor.control import SOCKET, peer, rendezvous
from ostrov.core.supervisor.logbook import SUPERVISOR, Line
from ostrov.core.supervisor.supervisor import Supervisor
from ostrov.core.unix_address import short_address

Answer = dict[str, Any]
BEHIND = 5000
"""Lines a follower may be behind before some are left out."""


@asynccontextmanager
async def serving_control(supervisor: Supervisor) -> AsyncIterator[None]:
    """Serve the control socket inside."""
    path = supervisor.application.run_dir / SOCKET
    sockets = [_by_project(supervisor)]
    try:
        sockets.append(_in_folder(path))
    except OSError as problem:
        supervisor.say(f"{path} cannot be made ({problem.strerror}); commands find the project by its folder instead")
    clients: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.add(writer)
        try:
            await _serve(supervisor, reader, writer)
        except (ConnectionError, ValueError):
            pass
        finally:
            clients.discard(writer)
            writer.close()

    servers = []
    for listening in sockets:
        listening.setblocking(False)
        servers.append(await asyncio.start_unix_server(serve, sock=listening))
    try:
        yield
    finally:
        for server in servers:
            server.close()
        if clients:
            await asyncio.sleep(0.05)  # let followers have the last lines
        for writer in list(clients):
            with contextlib.suppress(Exception):
                await asyncio.wait_for(writer.drain(), 0.2)
            writer.close()
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def _in_folder(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with short_address(path) as address:
            listening.bind(address)
        path.chmod(0o600)
    except OSError:
        listening.close()
        raise
    return listening


def _by_project(supervisor: Supervisor) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind("\0" + rendezvous(supervisor.application.project.root, os.getpid()))
    return listening


async def _serve(supervisor: Supervisor, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    data = await reader.readline()
    if not data:
        return
    _, uid = peer(writer.get_extra_info("socket"))
    if uid not in (0, os.getuid()):
        writer.write(_encoded({"error": "only the user the project runs as may control it", "kind": "Denied"}))
        await writer.drain()
        return
    try:
        request = msgspec.json.decode(data, type=dict[str, Any])
        command = request.pop("command", "")
        if command == "follow":
            await _follow(supervisor, reader, writer, **request)
            return
        if command not in COMMANDS:
            raise UsageError(f"the supervisor knows no command {command!r}", tip=f"it knows {', '.join([*COMMANDS, 'follow'])}")
        answer = await COMMANDS[command](supervisor, **request)
    except OstrovError as problem:
        answer = {**problem.as_dict(), "kind": type(problem).__name__}
    except (msgspec.DecodeError, TypeError, ValueError) as problem:
        answer = {"error": "the request is malformed", "cause": str(problem), "kind": "UsageError"}
    writer.write(_encoded(answer))
    await writer.drain()


def _encoded(answer: Any) -> bytes:
    return msgspec.json.encode(answer) + b"\n"


async def _status(supervisor: Supervisor) -> Answer:
    application = supervisor.application
    rows = supervisor.rows()
    return {
        "project": application.settings.name or application.project.name,
        "root": str(application.project.root),
        "data_dir": str(application.data_dir),
        "pid": os.getpid(),
        "url": supervisor.url,
        "since": supervisor.started_at,
        "uptime": supervisor.seconds,
        "ready": all(row.state == "ready" for row in rows),
        "rss": sum(row.rss for row in rows),
        "pss": sum(row.pss for row in rows),
        "processes": rows,
    }


async def _wait(supervisor: Supervisor, names: list[str], timeout: float | None = None) -> Answer:
    """Until the processes are ready, or one of them will not be, or the time is over."""
    chosen = supervisor.chosen(names)

    async def settle() -> None:
        while not all(process.state in ("ready", "stopped", "failed") for process in chosen):
            waits = [asyncio.ensure_future(process.change()) for process in chosen]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()

    in_time = True
    try:
        await asyncio.wait_for(settle(), timeout)
    except TimeoutError:
        in_time = False
    rows = [process.row(supervisor.listens(process.spec.services)) for process in chosen]
    return {"ready": all(row.state == "ready" for row in rows), "in_time": in_time, "url": supervisor.url, "processes": rows}


async def _restart(supervisor: Supervisor, names: list[str], wait: bool = True) -> Answer:
    chosen = [process.spec.name for process in supervisor.chosen(names)]
    work = supervisor.do_later(supervisor.restart(names))
    if wait:
        await asyncio.shield(work)
    return {"restarted": chosen}


async def _stop(supervisor: Supervisor, names: list[str], wait: bool = True) -> Answer:
    chosen = [process for name in names for process in supervisor.find(name)]
    works = [supervisor.do_later(process.stop()) for process in chosen]
    if wait:
        await asyncio.gather(*map(asyncio.shield, works))
    return {"stopped": [process.spec.name for process in chosen]}


async def _start(supervisor: Supervisor, names: list[str], wait: bool = True) -> Answer:
    chosen = [process for process in supervisor.chosen(names) if process.state in ("stopped", "failed")]
    for process in chosen:
        process.start()
    if wait and chosen:
        await _wait(supervisor, [process.spec.name for process in chosen])
    return {"started": [process.spec.name for process in chosen]}


async def _signal(supervisor: Supervisor, names: list[str], signal_name: str) -> Answer:
    try:
        number = signal.Signals[f"SIG{signal_name.upper().removeprefix('SIG')}"]
    except KeyError:
        raise UsageError(f"there is no signal {signal_name!r}") from None
    chosen = supervisor.chosen(names)
    for process in chosen:
        for child in process.children():
            child.signal(number)
    return {"signalled": [process.spec.name for process in chosen]}


async def _logs(supervisor: Supervisor, name: str = "", lines: int = 100) -> Answer:
    names = _logged(supervisor, name)
    found = [line.as_dict() for line in supervisor.logbook.tail(names, lines)]
    return {"lines": found, "processes": names, "folder": str(supervisor.logbook.folder)}


async def _down(supervisor: Supervisor) -> Answer:
    supervisor.down("asked by `ostrov down`")
    return {"pid": os.getpid(), "data_dir": str(supervisor.application.data_dir)}


async def _follow(
    supervisor: Supervisor, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str = "", lines: int = 0
) -> None:
    names = set(_logged(supervisor, name))
    waiting: asyncio.Queue[Line] = asyncio.Queue(BEHIND)
    skipped = 0

    def take(line: Line) -> None:
        nonlocal skipped
        if line.process in names:
            try:
                waiting.put_nowait(line)
            except asyncio.QueueFull:
                skipped += 1

    writer.write(_encoded({"following": sorted(names)}))
    for line in supervisor.logbook.tail(names, lines):
        writer.write(_encoded(line.as_dict()))
    supervisor.logbook.followers.add(take)
    gone = asyncio.ensure_future(reader.read())
    try:
        while not gone.done():
            next_line = asyncio.ensure_future(waiting.get())
            await asyncio.wait([gone, next_line], return_when=asyncio.FIRST_COMPLETED)
            if not next_line.done():
                next_line.cancel()
                return
            writer.write(_encoded(next_line.result().as_dict()))
            if skipped and waiting.empty():
                text = f"… {skipped} lines were skipped: the reader is slower than the project"
                skipped = 0
                writer.write(_encoded(Line(next_line.result().at, SUPERVISOR, text).as_dict()))
            await writer.drain()
    finally:
        supervisor.logbook.followers.discard(take)
        gone.cancel()


def _logged(supervisor: Supervisor, name: str) -> list[str]:
    """The processes whose lines are meant by a name."""
    if name == SUPERVISOR:
        return [SUPERVISOR]
    if name:
        return [process.spec.name for process in supervisor.find(name)]
    return [SUPERVISOR, *supervisor.processes]


COMMANDS: dict[str, Callable[..., Awaitable[Answer]]] = {
    "status": _status,
    "wait": _wait,
    "restart": _restart,
    "stop": _stop,
    "start": _start,
    "signal": _signal,
    "logs": _logs,
    "down": _down,
}
