"""`ostrov up`: everything that must hold before the first process starts, then the supervisor, in front or in the background.

Nothing here may import what is heavy: this process lives as long as the project.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import msgspec

from ostrov.core.application import Ostrov, unwritable
from ostrov.core.component import Service
from ostrov.core.reference import load
from ostrov.core.supervisor.addresses import address_url, remove_addresses, write_addresses
from ostrov.core.supervisor.detach import Report, detach
from ostrov.core.supervisor.errors import AlreadyUp
from ostrov.core.supervisor.listening import Sockets, bind_all, close_all
from ostrov.core.supervisor.lock import ALIVE, Holder, ProjectLock
from ostrov.core.supervisor.logbook import SUPERVISOR, Logbook, read_tail
from ostrov.core.supervisor.preflight import first_use, prepare_database
from ostrov.core.supervisor.specification import ProcessSpec, project_processes

if TYPE_CHECKING:
    from ostrov.core.supervisor.row import ProcessRow
    from ostrov.core.supervisor.supervisor import Supervisor
    from ostrov.core.supervisor.terminal import Terminal

OVERRIDES = "OSTROV_OVERRIDES"


def up(
    root: Path | None = None, overrides: Iterable[str] = (), *, in_background: bool = False, out: TextIO | None = None
) -> int:
    """Run the project; the exit code. In front it returns when the project has stopped, in the background when it is ready.

    The calling process becomes the supervisor and is its alone: at the end its children are killed.

    Raises OstrovError before anything has started: wrong settings, unwritable data, AlreadyUp, PortTaken, StoreNewer.
    """
    started = time.monotonic()
    os.umask(0o077)  # data, logs and sockets are this user's alone, whatever the folder they lie in allows
    _import_asyncio_without_tls()
    out = out or sys.stdout
    overrides = list(overrides)
    application = Ostrov.open(root, overrides)
    prepared = Prepared(application, overrides, started)
    if not in_background:
        return prepared.run_in_front(out)
    logs = application.data_dir / "logs"
    report = detach(prepared.run_in_background, logs / f"{SUPERVISOR}.log")
    if report is None:
        tail = "\n".join(line.text for line in read_tail(logs, [SUPERVISOR], 15))
        report = Report(text=f"the supervisor died before the project was ready\n{tail}".strip(), exit_code=1)
    print(report.text, file=sys.stderr if report.exit_code else out)
    return report.exit_code


class Prepared:
    """A project that may start: its data is ours, its ports are bound, its tables are of this version."""

    def __init__(self, application: Ostrov, overrides: list[str], started: float) -> None:
        self.application = application
        self.overrides = overrides
        self.started = started
        self.name: str = application.settings.name or application.project.name
        self.specs: list[ProcessSpec] = project_processes(application)
        self.run_dir = _writable_run_dir(application)
        self.lock = ProjectLock(self.run_dir)
        self.sockets: Sockets = {}
        services = [service for spec in self.specs for service in spec.services]
        self.lock.take(self.name)
        try:
            self._wait_for_leftovers()
            self.sockets = bind_all(application, services)
            self.migrated = prepare_database(application)
        except BaseException:
            close_all(self.sockets)
            self.lock.release()
            raise
        ports = {name: some[0].getsockname()[1] for name, some in self.sockets.items() if some}
        with contextlib.suppress(OSError):
            write_addresses(self.run_dir, ports)
        self.url = _url(application, services, self.sockets)
        self.link = first_use(application) if self._has_console() else ""

    def _wait_for_leftovers(self) -> None:
        patience = max((spec.stop_timeout for spec in self.specs), default=0.0) + 2.0  # they have that long to stop
        if not self.lock.wait_for_leftovers(patience):
            raise AlreadyUp(
                "processes of a supervisor that was killed still run",
                cause=f"they hold {self.run_dir / ALIVE}",
                tip="end them, then try again",
            )

    def run_in_front(self, out: TextIO) -> int:
        """Until it stops, with all its lines on `out`."""
        from ostrov.core.supervisor.terminal import Terminal

        terminal = Terminal(out, [spec.name for spec in self.specs])
        try:
            return self._run(lambda supervisor: self._announce(terminal, supervisor), terminal)
        finally:
            terminal.close()

    def run_in_background(self, report: Callable[[Report], None]) -> int:
        """Until it stops; `report` is told when it is ready or has failed."""

        def settled(supervisor: Supervisor) -> None:
            failed = [process.spec.name for process in supervisor.processes.values() if process.state == "failed"]
            text = self.banner(supervisor.rows(), in_background=True)
            if failed:
                text = f"{self._why_failed(supervisor, failed)}\n{text}"
            report(Report(text=text, exit_code=1 if failed else 0))

        def stopped(supervisor: Supervisor) -> None:
            failed = [process.spec.name for process in supervisor.processes.values() if process.last_exit]
            report(Report(text=self._why_failed(supervisor, failed), exit_code=supervisor.exit_code or 1))

        return self._run(settled, None, stopped)

    def banner(self, rows: list[ProcessRow], *, in_background: bool = False) -> str:
        """What a person wants to know first."""
        from ostrov.core.supervisor.presentation import banner

        return banner(
            self.name,
            url=self.url,
            console=self._has_console(),
            data_dir=self.application.data_dir,
            seconds=time.monotonic() - self.started,
            rows=rows,
            link=self.link,
            in_background=in_background,
        )

    def _has_console(self) -> bool:
        return any(
            mount.prefix == "/console" for component in self.application.components.values() for mount in component.mounts
        )

    def _announce(self, terminal: Terminal, supervisor: Supervisor) -> None:
        failed = [process.spec.name for process in supervisor.processes.values() if process.state == "failed"]
        if failed:
            terminal.say(f"{self.name} is up without {', '.join(failed)}; `ostrov logs` says why, `ostrov restart` tries again")
        terminal.say(f"\n{self.banner(supervisor.rows())}\n")

    def _why_failed(self, supervisor: Supervisor, failed: list[str]) -> str:
        lines = supervisor.logbook.tail([*failed, SUPERVISOR], 25)
        shown = "\n".join(f"  {line.process} │ {line.text}" for line in lines)
        what = f"{', '.join(failed)} did not start" if failed else f"{self.name} did not start"
        return f"{what}\n{shown}\ntip: `ostrov logs` shows more; the files are in {supervisor.logbook.folder}"

    def _run(
        self,
        settled: Callable[[Supervisor], None],
        terminal: Terminal | None,
        stopped: Callable[[Supervisor], None] = lambda supervisor: None,
    ) -> int:
        import asyncio

        from ostrov.core.supervisor.control_server import serving_control
        from ostrov.core.supervisor.supervisor import Supervisor

        settings = self.application.settings.supervisor
        logbook = Logbook(self.application.data_dir / "logs", settings.log_bytes, settings.log_files)
        if terminal is not None:
            logbook.followers.add(terminal.line)
        supervisors: list[Supervisor] = []

        async def run() -> int:
            supervisor = Supervisor(
                self.application,
                self.specs,
                self.sockets,
                self._environ(),
                logbook,
                url=self.url,
                settled=settled,
                on_terminal=terminal is not None and sys.stdin is not None and sys.stdin.isatty(),
            )
            supervisors.append(supervisor)
            self.lock.describe(Holder(os.getpid(), self.url, supervisor.started_at))
            for step in self.migrated:
                supervisor.say(f"tables: {step}")
            return await supervisor.run(serving_control)

        try:
            code = asyncio.run(run())
            if supervisors:
                stopped(supervisors[0])
            return code
        finally:
            remove_addresses(self.run_dir)
            logbook.close()
            close_all(self.sockets)
            self.lock.release()

    def _environ(self) -> dict[str, str]:
        """The environment of the children: ours, with the project and the words of the command line."""
        inherited = msgspec.json.decode(os.environ.get(OVERRIDES) or "[]", type=list[str])
        environ = {**os.environ, "OSTROV_PROJECT": str(self.application.project.root)}
        environ[OVERRIDES] = msgspec.json.encode([*inherited, *self.overrides]).decode()
        for variable in ("LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"):
            environ.pop(variable, None)
        return environ


def _writable_run_dir(application: Ostrov) -> Path:
    run_dir = application.run_dir
    if not os.access(run_dir, os.W_OK | os.X_OK):
        raise unwritable(application.data_path, PermissionError(13, "Permission denied"))
    return run_dir


def _url(application: Ostrov, services: Iterable[Service], sockets: Sockets) -> str:
    """The address people reach the project at: that of the first service that listens; empty when none does."""
    for service in services:
        if service.listens and sockets.get(service.name):
            listen = load(service.listens)(application)[0]
            url: str = listen.url.rstrip("/") or address_url(listen.host, sockets[service.name][0].getsockname()[1])
            return url
    return ""


def _import_asyncio_without_tls() -> None:
    """4 MB of OpenSSL that a supervisor has no use for: asyncio does without when `import ssl` fails."""
    if "ssl" in sys.modules or "asyncio" in sys.modules:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment]
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]
