"""What a person does with a running project, as functions: each returns data, and text for a person is made of it elsewhere."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ostrov.core.application import Ostrov
from ostrov.core.errors import NotFound
from ostrov.core.supervisor.errors import NotUp, StartFailed
from ostrov.core.supervisor.lock import holder
from ostrov.core.supervisor.logbook import Line, logged, read_tail
from ostrov.core.supervisor.row import ProcessRow
from ostrov.core.supervisor.up import up

__all__ = ["Status", "down", "follow", "logs", "restart", "send_signal", "start", "status", "stop", "up", "wait"]


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """A running project. `since` is epoch seconds, memory is bytes; the first of `processes` is the supervisor."""

    project: str
    root: str
    data_dir: str
    pid: int
    url: str
    since: float
    uptime: float
    ready: bool
    rss: int
    pss: int
    processes: list[ProcessRow]


def status(application: Ostrov) -> Status:
    """How the project is now. Raises NotUp."""
    return msgspec.convert(_ask(application, "status"), Status)


def wait(application: Ostrov, names: Sequence[str] = (), timeout: float = 60.0) -> list[ProcessRow]:
    """Wait until the project is up and these processes or services (all without a name) are ready; their rows.

    Raises NotUp when there is no supervisor after `timeout` seconds, StartFailed when one is not ready by then or cannot be.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            answer = _ask(application, "wait", names=list(names), timeout=max(0.0, deadline - time.monotonic()))
            break
        except NotUp:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.1)
    rows = msgspec.convert(answer["processes"], list[ProcessRow])
    if not answer["ready"]:
        late = [row for row in rows if row.state != "ready"]
        raise StartFailed(
            f"not ready{'' if answer['in_time'] is False else ' and will not be'}: {', '.join(row.name for row in late)}",
            cause="; ".join(f"{row.name} is {row.state}{f', {row.last_exit}' if row.last_exit else ''}" for row in late),
            tip=f"see `ostrov logs {late[0].name}`",
        )
    return rows


def down(application: Ostrov, timeout: float = 60.0) -> bool:
    """Stop the project, back when its last process has ended; False when it was not up. Raises StartFailed if it goes on."""
    try:
        pid = int(_ask(application, "down", 5.0)["pid"])
    except (NotUp, TimeoutError):
        found = holder(application.data_path / "run")
        if found is None or not found.pid:
            return False
        pid = found.pid  # its control socket is gone or does not answer: ask it by signal
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    if not _wait_for_exit(pid, timeout):
        raise StartFailed(
            f"process {pid} has not stopped within {timeout:g} s",
            tip=f"`ostrov ps` shows what it waits for; kill -9 {pid} ends it all",
        )
    return True


def restart(application: Ostrov, names: Sequence[str] = ()) -> list[str]:
    """Restart processes (all without a name), back when they are ready; their names. Raises NotUp, StartFailed."""
    restarted: list[str] = _ask(application, "restart", names=list(names))["restarted"]
    return restarted


def stop(application: Ostrov, names: Sequence[str]) -> list[str]:
    """Stop processes and leave them stopped until they are started; their names. Raises NotUp."""
    stopped: list[str] = _ask(application, "stop", names=list(names))["stopped"]
    return stopped


def start(application: Ostrov, names: Sequence[str]) -> list[str]:
    """Start processes that were stopped or have failed; their names. Raises NotUp."""
    started: list[str] = _ask(application, "start", names=list(names))["started"]
    return started


def send_signal(application: Ostrov, names: Sequence[str], signal_name: str) -> list[str]:
    """Send a signal (`HUP`, `USR1`) to processes; their names. Raises NotUp."""
    signalled: list[str] = _ask(application, "signal", names=list(names), signal_name=signal_name)["signalled"]
    return signalled


def logs(application: Ostrov, name: str = "", lines: int = 100) -> list[Line]:
    """The last lines of a process or service, of all without a name; also of a project that is down. Raises NotFound."""
    try:
        answer = _ask(application, "logs", name=name, lines=lines)
    except NotUp:
        return read_tail(application.data_path / "logs", _files(application, name), lines)
    recent = [Line(**line) for line in answer["lines"]]
    if len(recent) >= lines:
        return recent
    first = recent[0].at if recent else float("inf")
    older = [line for line in read_tail(Path(answer["folder"]), answer["processes"], lines) if line.at < first]
    return [*older, *recent][-lines:]


def follow(application: Ostrov, name: str = "", lines: int = 10) -> Iterator[Line]:
    """The last lines, then each new one until the project stops. Raises NotUp."""
    import asyncio

    from ostrov.core.supervisor.control import follow_logs

    with asyncio.Runner() as runner:
        stream = follow_logs(application, name, lines)
        while True:
            try:
                yield runner.run(anext(stream))  # type: ignore[arg-type]
            except StopAsyncIteration:
                return


def _files(application: Ostrov, name: str) -> list[str]:
    from ostrov.core.supervisor.specification import project_processes

    known = logged(application.data_path / "logs")
    if not name:
        return known
    specs = project_processes(application)
    if name in known or name in {spec.name for spec in specs}:
        return [name]
    found = [spec.name for spec in specs if name in spec.service_names]
    if not found:
        raise NotFound(f"there is no process or service {name!r}", tip=f"there are {', '.join(spec.name for spec in specs)}")
    return found


def _ask(application: Ostrov, command: str, patience: float | None = None, **arguments: Any) -> dict[str, Any]:
    import asyncio  # here, because `up` imports it in a way of its own

    from ostrov.core.supervisor.control import ask

    return asyncio.run(asyncio.wait_for(ask(application, command, **arguments), patience))


def _wait_for_exit(pid: int, timeout: float) -> bool:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], timeout)[0])
    finally:
        os.close(descriptor)
