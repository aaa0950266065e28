"""A supervised process: started when what it needs is ready, kept alive, replaced, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

from ostrov.core.supervisor.child import Child, Launch
from ostrov.core.supervisor.errors import MISCONFIGURED, StartFailed
from ostrov.core.supervisor.logbook import SUPERVISOR
from ostrov.core.supervisor.resources import usage
from ostrov.core.supervisor.restarts import Restarts
from ostrov.core.supervisor.row import ASKED, REPLACED, ProcessRow, State
from ostrov.core.supervisor.settings import SupervisorSettings
from ostrov.core.supervisor.specification import ProcessSpec

SETTLED = ("ready", "stopped", "failed")


class Process:
    """Keeps one process of a specification alive. All its methods belong to the supervisor's event loop.

    `write` takes lines for a log; `changed` is told why it came into its state, None when only its row is another; `needs_met`
    returns when what it comes after is ready.
    """

    def __init__(
        self,
        spec: ProcessSpec,
        settings: SupervisorSettings,
        launch: Launch,
        *,
        write: Callable[[str, list[str]], None],
        changed: Callable[[Process, str | None], None],
        needs_met: Callable[[Process], Awaitable[None]],
    ) -> None:
        self.spec = spec
        self.state: State = "stopped"
        self.since = time.time()
        self.restarts = Restarts(settings)
        self.child: Child | None = None
        self.candidate: Child | None = None
        """While it is replaced: the new life, until it is ready."""
        self.retiring: Child | None = None
        """While it is replaced: the old life, until it has ended."""
        self.start_seconds = 0.0
        self.last_exit = ""
        self.last_exit_at = 0.0
        self.services_ready: dict[str, asyncio.Event] = {name: asyncio.Event() for name in spec.service_names}
        self._launch = launch
        self._write = write
        self._changed = changed
        self._needs_met = needs_met
        self.closing = False
        """The whole project stops: nothing is started any more."""
        self._wanted = False
        self._keeping: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._watchers: set[asyncio.Event] = set()
        self._cpu = (time.monotonic(), 0.0, 0.0)

    # What others ask of it

    def start(self) -> None:
        """Begin to keep it alive."""
        if not self.closing and (self._keeping is None or self._keeping.done()):
            self._wanted = True
            self.restarts.forget()
            self._set("waiting" if self.spec.after else "starting")
            self._keeping = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        """Stop it and leave it stopped. Back when it has ended."""
        self._wanted = False
        if self.candidate is not None:
            self.candidate.kill()
        if self.child is not None and self.child.alive:
            self._set("stopping")
            await self.child.stop(self.spec.stop_timeout)
        elif self._keeping is not None:
            self._keeping.cancel()
        if self._keeping is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        if self.retiring is not None:
            await self.retiring.exited.wait()
        self._set("stopped")

    async def restart(self) -> None:
        """Start it anew, back when it is ready. Raises StartFailed.

        A process whose services all listen is replaced without a gap: the new one is ready before the old one stops, and when
        it does not become ready the old one stays.
        """
        async with self._turn:
            if self.spec.replaceable and self.state == "ready":
                await self._replace()
                return
            await self.stop()
            self.start()
            self.restarts.count += 1
            while self.state not in (*SETTLED, "backoff"):
                await self.change()
            if self.state != "ready":
                raise StartFailed(f"{self.spec.name} did not become ready", cause=self.last_exit, tip=self._see_logs())

    def block(self, why: str) -> None:
        """What it needs cannot be had; it is failed until that comes."""
        if self.state == "waiting":
            self._set("failed", why)

    async def settled(self) -> State:
        """The state once it is ready, failed or stopped."""
        while self.state not in SETTLED:
            await self.change()
        return self.state

    async def change(self) -> None:
        """Wait for the next change of state."""
        event = asyncio.Event()
        self._watchers.add(event)
        try:
            await event.wait()
        finally:
            self._watchers.discard(event)

    def kill(self) -> None:
        """Kill it now, with its group."""
        for child in self.children():
            child.kill()

    def children(self) -> list[Child]:
        """The lives under way: one, or two while one replaces the other."""
        return [child for child in (self.child, self.candidate, self.retiring) if child is not None and child.alive]

    def told(self, child: Child, lines: list[tuple[str, str]]) -> None:
        """Take an `sd_notify` message of one of its children."""
        before = child.status
        child.told(lines)
        if child is self.child:
            for name in child.services_ready & self.services_ready.keys():
                self.services_ready[name].set()
            if child.status != before:
                self._changed(self, None)

    def row(self, listens: tuple[str, ...] = ()) -> ProcessRow:
        """How it is now."""
        child = self.child if self.child is not None and self.child.alive else None
        used = usage(child.pid) if child else None
        return ProcessRow(
            name=self.spec.name,
            services=self.spec.service_names,
            state=self.state,
            pid=child.pid if child else None,
            status=child.status if child else "",
            since=self.since,
            uptime=time.monotonic() - child.started if child else 0.0,
            start_seconds=self.start_seconds,
            restarts=self.restarts.count,
            last_exit=self.last_exit,
            last_exit_at=self.last_exit_at,
            rss=used.rss if used else 0,
            pss=used.pss if used else 0,
            cpu_seconds=used.cpu if used else 0.0,
            cpu_percent=self._percent(used.cpu) if used else 0.0,
            critical=self.spec.critical,
            listens=listens,
        )

    # How it is kept alive

    async def _keep(self) -> None:
        await self._needs_met(self)
        while self._wanted:
            code = await self._life()
            if not self._wanted:
                return
            if code == MISCONFIGURED:
                self._set("failed", f"{self.last_exit}, and starting it again will not help; {self._see_logs()}")
                return
            wait = self.restarts.after(self.child.lived if self.child else 0.0)
            if wait is None:
                settings = self.restarts.settings
                often = f"more than {settings.restarts} restarts within {settings.restarts_within:g} s"
                self._set("failed", f"{often}, the last after {self.last_exit}; {self._see_logs()}")
                return
            self._set("backoff", f"{self.last_exit}; starts again in {wait:.1f} s")
            await asyncio.sleep(wait)

    async def _life(self) -> int:
        """From a start to an exit; the exit code."""
        if self.state != "starting":
            self._set("starting")
        try:
            self.child = child = self._spawn()
        except OSError as problem:
            self.child = None
            self._note_exit(f"it cannot be started: {problem.strerror}")
            return -1
        if await self._becomes_ready(child):
            self.start_seconds = time.monotonic() - child.started
            self._set("ready", f"after {self.start_seconds:.2f} s")
        while True:
            await child.exited.wait()
            if self.candidate is not None:
                async with self._turn:
                    pass  # it died while it was being replaced: see whether the new one came to be
            if self.child is child:
                break
            child = self.child  # it was replaced
        for event in self.services_ready.values():
            event.clear()
        self._note_exit(child.reason if self._wanted else ASKED)
        return child.returncode or 0

    def _spawn(self) -> Child:
        return Child(self.spec, self._launch, lambda lines: self._write(self.spec.name, lines))

    async def _becomes_ready(self, child: Child) -> bool:
        """Whether it says it is ready in time; if not it has ended."""
        waits = [asyncio.ensure_future(child.ready.wait()), asyncio.ensure_future(child.exited.wait())]
        done, pending = await asyncio.wait(waits, timeout=self.spec.ready_timeout, return_when=asyncio.FIRST_COMPLETED)
        for wait in pending:
            wait.cancel()
        if not done:
            child.killed_because = f"not ready within {self.spec.ready_timeout:g} s"
            await child.stop(self.spec.stop_timeout)
        return child.alive and self._wanted

    async def _replace(self) -> None:
        old = self.child
        try:
            self.candidate = new = self._spawn()
        except OSError as problem:
            raise StartFailed(f"{self.spec.name} cannot be started", cause=str(problem)) from problem
        self._write(
            SUPERVISOR, [f"{self.spec.name} starts anew, pid {new.pid}; pid {old.pid if old else 0} serves until it is ready"]
        )
        if not await self._becomes_ready(new):
            self.candidate = None
            raise StartFailed(
                f"the new {self.spec.name} did not become ready; the one before goes on",
                cause=new.reason,
                tip=self._see_logs(),
            )
        self.child, self.candidate, self.retiring = new, None, old
        self.start_seconds = time.monotonic() - new.started
        self.restarts.count += 1
        if old is not None:
            await old.stop(self.spec.stop_timeout)
            self._note_exit(REPLACED)
        self.retiring = None
        if self._wanted:
            self._set("ready", f"after {self.start_seconds:.2f} s")

    def _note_exit(self, reason: str) -> None:
        self.last_exit, self.last_exit_at = reason, time.time()

    def _set(self, state: State, why: str = "") -> None:
        self.state, self.since = state, time.time()
        self._changed(self, why)
        for event in list(self._watchers):
            event.set()

    def _see_logs(self) -> str:
        return f"see `ostrov logs {self.spec.name}`"

    def _percent(self, cpu: float) -> float:
        then, before, percent = self._cpu
        now = time.monotonic()
        if now - then >= 0.5 or cpu < before:
            percent = max(0.0, cpu - before) / max(now - then, 0.5) * 100 if before or cpu else 0.0
            self._cpu = (now, cpu, percent)
        return round(percent, 1)
