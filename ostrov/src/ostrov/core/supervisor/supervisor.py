"""The supervisor of one project: all its processes, from the first start to the last exit."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from ostrov.core.component import Service
from ostrov.core.errors import NotFound
from ostrov.core.supervisor.child import Launch
from ostrov.core.supervisor.listening import Sockets
from ostrov.core.supervisor.logbook import SUPERVISOR, Logbook
from ostrov.core.supervisor.notify import Notifier, NotifyListener
from ostrov.core.supervisor.orphans import adopt_orphans, kill_children
from ostrov.core.supervisor.process import Process
from ostrov.core.supervisor.resources import usage
from ostrov.core.supervisor.row import ProcessRow
from ostrov.core.supervisor.specification import ProcessSpec, needed

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

TOPIC = "processes"
"""The channel topic of changes of state; the body is the JSON of the ProcessRow."""


class Supervisor:
    """Runs the processes of `specs` until it is told to stop. `run` is called once, in the main thread."""

    def __init__(
        self,
        application: Ostrov,
        specs: list[ProcessSpec],
        sockets: Sockets,
        environ: dict[str, str],
        logbook: Logbook,
        *,
        url: str = "",
        settled: Callable[[Supervisor], None] = lambda supervisor: None,
        on_terminal: bool = False,
    ) -> None:
        self.application = application
        self.sockets = sockets
        self.logbook = logbook
        self.url = url
        self.started_at = time.time()
        self.exit_code = 0
        self.why_stopped = ""
        self.stopping = asyncio.Event()
        self._started = time.monotonic()
        self._settled = settled
        self._on_terminal = on_terminal
        self._interrupts = 0
        self._background: set[asyncio.Task[Any]] = set()
        self._systemd = Notifier(environ.pop("NOTIFY_SOCKET", ""))
        self._notify = NotifyListener()
        self._lifeline, self._lifeline_end = os.pipe()  # we alone keep the writing end; children see it close when we die
        launch = Launch(application.project.root, environ, self._notify.address, self._lifeline, sockets)
        self.processes = {
            spec.name: Process(
                spec,
                application.settings.supervisor,
                launch,
                write=logbook.write,
                changed=self._changed,
                needs_met=self._needs_met,
            )
            for spec in specs
        }

    @property
    def seconds(self) -> float:
        """Since its start."""
        return time.monotonic() - self._started

    async def run(self, control: Callable[[Supervisor], contextlib.AbstractAsyncContextManager[None]]) -> int:
        """Start everything, keep it alive, stop it in reverse order; the exit code."""
        adopt_orphans()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGCHLD, self._reap)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupted, number)
        loop.add_signal_handler(signal.SIGHUP, self._hung_up)
        loop.add_reader(self._notify.socket, self._told)
        try:
            async with control(self):
                for process in self.processes.values():
                    process.start()
                announce = self.do_later(self._announce())
                await self.stopping.wait()
                announce.cancel()
                self._systemd.tell("STOPPING=1")
                await self._stop_all()
        finally:
            loop.remove_reader(self._notify.socket)
            self._notify.close()
            self.kill_everything()
            kill_children()
        return self.exit_code

    # What the control socket, signals and operations ask for

    def down(self, why: str, exit_code: int = 0) -> None:
        """Begin to stop everything."""
        if not self.stopping.is_set():
            self.why_stopped = why
            self.exit_code = exit_code
            self.say(f"stopping: {why}")
            self.stopping.set()

    def find(self, name: str) -> list[Process]:
        """The processes of this name, else those that run the service of this name. Raises NotFound."""
        if name in self.processes:
            return [self.processes[name]]
        found = [process for process in self.processes.values() if name in process.spec.service_names]
        if not found:
            raise NotFound(f"there is no process or service {name!r}", tip=f"there are {', '.join(self.names())}")
        return found

    def names(self) -> list[str]:
        """Processes, and services that are not called as their process."""
        services = (name for process in self.processes.values() for name in process.spec.service_names)
        return list(dict.fromkeys([*self.processes, *services]))

    def chosen(self, names: Iterable[str]) -> list[Process]:
        """The processes of these names, each once; all of them without a name."""
        wanted = [process for name in names for process in self.find(name)]
        return list(dict.fromkeys(wanted)) or list(self.processes.values())

    async def restart(self, names: Iterable[str]) -> None:
        """Restart processes one after another. Raises StartFailed at the first that does not become ready."""
        for process in self.chosen(names):
            await process.restart()

    def rows(self) -> list[ProcessRow]:
        """Itself and all its processes."""
        used = usage(os.getpid())
        own = ProcessRow(
            name=SUPERVISOR,
            services=(),
            state="stopping" if self.stopping.is_set() else "ready",
            pid=os.getpid(),
            since=self.started_at,
            uptime=self.seconds,
            rss=used.rss if used else 0,
            pss=used.pss if used else 0,
            cpu_seconds=used.cpu if used else 0.0,
            cpu_percent=round(used.cpu / max(self.seconds, 0.001) * 100, 1) if used else 0.0,
        )
        return [own, *(process.row(self.listens(process.spec.services)) for process in self.processes.values())]

    def listens(self, services: Iterable[Service]) -> tuple[str, ...]:
        """The addresses that services accept connections at, as `host:port`."""
        addresses = (one.getsockname() for service in services for one in self.sockets.get(service.name, ()))
        return tuple(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port, *_ in addresses)

    def say(self, text: str) -> None:
        """A line of the supervisor's own."""
        self.logbook.write(SUPERVISOR, [text])

    def do_later(self, work: Any) -> asyncio.Task[Any]:
        """Run a coroutine beside; an error in it is said, not lost."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._done)
        return task

    def kill_everything(self) -> None:
        """Now, without asking."""
        for process in self.processes.values():
            process.kill()

    # What happens to it

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            self.say(str(problem).replace("\n", "; ") or repr(problem))

    async def _announce(self) -> None:
        for process in self.processes.values():
            await process.settled()
        failed = [name for name, process in self.processes.items() if process.state == "failed"]
        self._systemd.tell("READY=1", f"STATUS={'failed: ' + ', '.join(failed) if failed else 'all processes are ready'}")
        self._settled(self)

    async def _needs_met(self, process: Process) -> None:
        """Wait until what the process comes after is ready; it is failed for as long as that has failed."""
        specs = [other.spec for other in self.processes.values()]
        for spec in needed(process.spec, specs):
            other = self.processes[spec.name]
            for name in set(process.spec.after) & set(spec.service_names):
                while not other.services_ready[name].is_set():
                    if other.state in ("failed", "stopped") and not other.closing:
                        process.block(
                            f"it comes after {name}, which {'has failed' if other.state == 'failed' else 'is stopped'}"
                        )
                    waits = [asyncio.ensure_future(other.change()), asyncio.ensure_future(other.services_ready[name].wait())]
                    try:
                        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        for wait in waits:
                            wait.cancel()

    async def _stop_all(self) -> None:
        """Each process once all that need it have stopped."""
        for process in self.processes.values():
            process.closing = True
        specs = [process.spec for process in self.processes.values()]
        needers: dict[str, list[str]] = {spec.name: [] for spec in specs}
        for spec in specs:
            for need in needed(spec, specs):
                needers[need.name].append(spec.name)
        stopped = {spec.name: asyncio.Event() for spec in specs}

        async def stop(name: str) -> None:
            for needer in needers[name]:
                await stopped[needer].wait()
            await self.processes[name].stop()
            stopped[name].set()

        await asyncio.gather(*(stop(spec.name) for spec in specs))

    def _changed(self, process: Process, why: str | None) -> None:
        name, state = process.spec.name, process.state
        if state == "ready" and why and process.child is not None:
            self.say(f"{name} is ready {why}, pid {process.child.pid}")
        elif why or (why is not None and state in ("stopping", "stopped")):
            self.say(f"{name} {'failed: ' if state == 'failed' else ''}{why or state}")
        row = process.row(self.listens(process.spec.services))
        with contextlib.suppress(OSError):
            self.application.channel.publish(TOPIC, msgspec.json.encode(row))
        if state == "failed" and process.spec.critical:
            self.down(f"{process.spec.name} cannot be kept alive", exit_code=1)

    def _told(self) -> None:
        children = {child.pid: (process, child) for process in self.processes.values() for child in process.children()}
        for pid, lines in self._notify.receive():
            if pid in children:
                process, child = children[pid]
                process.told(child, lines)

    def _reap(self) -> None:
        self._told()  # the last words come before the exit
        while True:
            try:
                result = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if result is None:
                return
            # Not reaped yet: its number, and its group's, are still its own while we end what it left.
            code = result.si_status if result.si_code == os.CLD_EXITED else -result.si_status
            for process in self.processes.values():
                for child in process.children():
                    if child.pid == result.si_pid:
                        child.ended(code)
            os.waitpid(result.si_pid, 0)

    def _interrupted(self, number: int) -> None:
        self._interrupts += 1
        if self._interrupts == 1:
            self.down("Ctrl-C (again: kill at once)" if number == signal.SIGINT else signal.Signals(number).name)
        else:
            self.say("killing everything")
            self.kill_everything()

    def _hung_up(self) -> None:
        """SIGHUP: the terminal is gone, so stop; or somebody asks for a restart of everything."""
        if self._on_terminal and not _terminal_lives():
            self.down("the terminal was closed")
        else:
            self.say("SIGHUP: restarting everything")
            self.do_later(self.restart(()))


def _terminal_lives() -> bool:
    import termios

    try:
        termios.tcgetattr(0)
    except (termios.error, OSError):
        return False
    return True
