"""A child process: `python -m ostrov.core.supervisor.host --project DIR PROCESS SERVICE…` runs services on one event loop.

The same command runs under our supervisor and under systemd (`Type=notify`, socket units). When one service fails, the
process says which and why, puts the others down, and exits non-zero; whoever supervises it starts it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import gc
import logging
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from ostrov.core.application import Ostrov
from ostrov.core.component import Service
from ostrov.core.errors import OstrovError, ProjectError, SettingsError, StoreNewer, UsageError
from ostrov.core.reference import load
from ostrov.core.supervisor import orphans
from ostrov.core.supervisor.child import LIFELINE, SUPERVISOR_PID
from ostrov.core.supervisor.context import ServiceContext
from ostrov.core.supervisor.errors import MISCONFIGURED
from ostrov.core.supervisor.listening import bind_all
from ostrov.core.supervisor.lock import hold_alive
from ostrov.core.supervisor.notify import Notifier, inherited_sockets
from ostrov.core.supervisor.specification import in_order
from ostrov.core.trace import log_with_traces

log = logging.getLogger("ostrov.host")
FILES = 65536
"""Open files a process asks for, when the system lets it."""
SETTLED_AFTER = 1.0
"""Seconds after a process is ready that its garbage is first collected."""
COLLECTED = (10_000, 10, 10)
"""How many more containers it takes to look for garbage, and how often for that which is older (`gc.set_threshold`).
With Python's own 700 a process that keeps much in memory stood still for 40 ms every few thousand requests."""
HOPELESS = (SettingsError, ProjectError, StoreNewer, ImportError, SyntaxError)
"""What starting again will not mend."""


def main(words: Sequence[str]) -> int:
    """Run the services named; the exit code."""
    os.umask(0o077)  # as `ostrov up`; systemd starts us with another
    gc.disable()  # imports make much that stays; see _settle_memory
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=True)  # `kill -USR1 PID` writes every stack to the log
    signal.signal(signal.SIGHUP, lambda *_: None)  # ignored here; not by what we start, as SIG_IGN would be
    parent = int(os.environ.pop(SUPERVISOR_PID, "0"))
    if parent:
        orphans.die_with_parent(parent)
    log_with_traces()
    logging.captureWarnings(True)
    notifier = Notifier.from_environment()
    inherited = inherited_sockets()
    _raise_file_limit()
    try:
        project, names = _parse(words)
        application = Ostrov.open(project)
        services = _chosen(application, names)
        _give_way(min(service.nice for service in services))
        if parent:
            _guard(application, services)
            application.store.creates = False  # `ostrov up` has made it: a file that is missing now was lost
        sockets = _divide(application, services, inherited)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(Host(application, services, sockets, notifier).run())
    except OstrovError as problem:
        _print(problem)
        return MISCONFIGURED if isinstance(problem, HOPELESS) else problem.exit_code
    finally:
        if parent:  # the supervisor does the same, but it may have been killed
            _end_family(os.getppid() != parent)


class Host:
    """The services of one process."""

    def __init__(
        self,
        application: Ostrov,
        services: Sequence[Service],
        sockets: dict[str, tuple[socket.socket, ...]],
        notifier: Notifier,
    ) -> None:
        self.application = application
        self.services = in_order(services)
        self.notifier = notifier
        self.contexts = {
            service.name: ServiceContext(application, service.name, sockets=sockets.get(service.name, ()), tell=self._tell)
            for service in self.services
        }
        self.exit_code = 0
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Run all services until told to stop or until one fails; the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        await self.application.channel.start()
        tasks = {service.name: loop.create_task(self._serve(service), name=service.name) for service in self.services}
        stop = loop.create_task(self._stop.wait())
        await asyncio.wait([stop, *tasks.values()], return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        for name, task in tasks.items():
            if task.done() and not self._stop.is_set():
                self._failed(name, task)
        self.notifier.tell("STOPPING=1")
        await self._put_down(tasks)
        await self.application.close()
        return self.exit_code

    async def _serve(self, service: Service) -> None:
        for name in service.after:
            if name in self.contexts:
                await self.contexts[name].is_ready.wait()
        await load(service.run)(self.contexts[service.name])

    async def _put_down(self, tasks: dict[str, asyncio.Task[None]]) -> None:
        """Stop each service once those that need it have stopped. The supervisor sets the limit of time."""
        for service in reversed(self.services):
            needers = [tasks[other.name] for other in self.services if service.name in other.after]
            if needers:
                await asyncio.wait(needers)
            self.contexts[service.name].stopping.set()
            if not self.contexts[service.name].is_ready.is_set():
                tasks[service.name].cancel()  # it does not serve yet: it need not put anything down
        await asyncio.wait(tasks.values())
        for name, task in tasks.items():
            if not task.cancelled() and task.exception() is not None and not self.exit_code:
                self._failed(name, task)

    def _failed(self, name: str, task: asyncio.Task[None]) -> None:
        problem = None if task.cancelled() else task.exception()
        self.exit_code = 1
        if problem is None:
            log.error("service %s ended by itself; the process stops", name)
            return
        log.error("service %s failed: %s", name, _where(problem))
        if isinstance(problem, OstrovError):
            _print(problem)
        else:
            traceback.print_exception(problem)
        if isinstance(problem, HOPELESS) and not self.contexts[name].is_ready.is_set():
            self.exit_code = MISCONFIGURED

    def _tell(self, name: str, verb: str, text: str) -> None:
        if verb == "status":
            self.notifier.tell(f"X_OSTROV_STATUS={name} {text}", f"STATUS={name}: {text}")
        elif all(context.is_ready.is_set() for context in self.contexts.values()):
            self.notifier.tell(f"X_OSTROV_READY={name}", "READY=1")
            asyncio.get_running_loop().call_later(SETTLED_AFTER, _settle_memory)
        else:
            self.notifier.tell(f"X_OSTROV_READY={name}")


def _parse(words: Sequence[str]) -> tuple[Path | None, list[str]]:
    rest = list(words)
    project = None
    if rest[:1] == ["--project"] and len(rest) > 1:
        project = Path(rest[1])
        rest = rest[2:]
    if len(rest) < 2:
        raise UsageError("host: PROCESS and SERVICE are missing", tip="python -m ostrov.core.supervisor.host PROCESS SERVICE…")
    return project, rest[1:]


def _chosen(application: Ostrov, names: Sequence[str]) -> list[Service]:
    known = {service.name: service for component in application.components.values() for service in component.services}
    for name in names:
        if name not in known:
            raise ProjectError(f"there is no service {name!r}", tip=f"the services are {', '.join(known)}")
    return [known[name] for name in names]


def _divide(
    application: Ostrov, services: Sequence[Service], inherited: Sequence[tuple[str, socket.socket]]
) -> dict[str, tuple[socket.socket, ...]]:
    """The sockets of each service: by name; nameless ones are the only listener's. A listener without any binds its own."""
    listeners = [service for service in services if service.listens]
    divided: dict[str, tuple[socket.socket, ...]] = {}
    for name, listening in inherited:
        owner = name if name in {one.name for one in listeners} or len(listeners) != 1 else listeners[0].name
        divided[owner] = (*divided.get(owner, ()), listening)
    alone = [service for service in listeners if service.name not in divided]
    return divided | {name: tuple(some) for name, some in bind_all(application, alone).items()}


def _guard(application: Ostrov, services: Sequence[Service]) -> None:
    """Leave no process behind when the supervisor is killed, and let the next one know when we are gone."""
    with contextlib.suppress(OSError):
        hold_alive(application.run_dir)
    lifeline = int(os.environ.pop(LIFELINE, "-1"))
    if lifeline >= 0:
        patience = application.settings.supervisor.stop_timeout or max(service.stop_timeout for service in services)
        orphans.watch_lifeline(lifeline, patience, _end_family)


def _end_family(with_group: bool = True) -> None:
    """Kill what this process started, and with its group itself."""
    orphans.kill_marked(os.environ.get(orphans.MARK, ""))
    if with_group and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _give_way(nice: int) -> None:
    """Let others have the machine when it is busy; who was started nicer stays so."""
    if nice > os.getpriority(os.PRIO_PROCESS, 0):
        os.setpriority(os.PRIO_PROCESS, 0, nice)


def _settle_memory() -> None:
    """What is alive now stays for good: let no later collection look at it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    gc.enable()


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _where(problem: BaseException) -> str:
    """One line: what it is, and the last place of ours it came through."""
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(problem).__name__}: {str(problem).splitlines()[0] if str(problem) else ''}{place}"


def _print(problem: OstrovError) -> None:
    print(problem, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
