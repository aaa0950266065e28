"""What engines with a broker have in common: announcing from any thread, and a worker that starts only what was brought to it.

An engine of this kind fills in five coroutines. `open`, `publish`, `depth`, `purge` and `shut` are called one at a time in an
event loop of the engine's own, in a thread of its own: they may block. `receive` runs in the worker's event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ostrov.core.errors import OstrovError, SettingsError
from ostrov.run.tasks import publisher
from ostrov.run.tasks.bell import Bell
from ostrov.run.tasks.engine import Publication
from ostrov.run.tasks.engines.exchanging import exchange_until_stopped
from ostrov.run.tasks.engines.parts import end

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store import Connection
    from ostrov.run.tasks.run import NewRun
    from ostrov.run.tasks.settings import TasksSettings
    from ostrov.run.tasks.worker import Worker

T = TypeVar("T")
log = logging.getLogger("ostrov.tasks")
WAITING = 20_000
"""Announced runs that may wait for the broker in memory; the others wait in the ledger."""
PATIENCE = 10.0
"""Seconds that the broker has for one batch before the runs are left to the publisher."""
FAREWELL = 5.0
"""Seconds that a closing engine has to pass on what was announced."""


class RemoteEngine(ABC):
    """An Engine over a broker. `name` is what `tasks.engine` calls it."""

    name = ""

    def __init__(self, application: Ostrov) -> None:
        self.application = application
        self.settings: TasksSettings = application.settings.tasks
        self._bell = Bell(application.run_dir / "tasks")
        self._announced: deque[Publication] = deque()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._turns: asyncio.Lock | None = None
        self._opened = False
        self._sending = False
        self._under_way: list[Publication] = []

    # What an engine fills in. ------------------------------------------------------------------------------------------

    @abstractmethod
    async def open(self) -> None:
        """Connect for publishing; called before the first of the others, and again after one of them has raised."""

    @abstractmethod
    async def publish(self, runs: Sequence[Publication]) -> None:
        """Hand these to the broker; back when it has all of them for good. Raises anything when that is not certain."""

    @abstractmethod
    async def depth(self) -> int:
        """Messages of this project in the broker: waiting ones and, where it can tell, those in workers' hands."""

    @abstractmethod
    async def purge(self) -> int:
        """Take this project's waiting messages from the broker; how many there were."""

    @abstractmethod
    async def shut(self) -> None:
        """Disconnect what `open` connected."""

    @abstractmethod
    async def receive(self, worker: Worker) -> None:
        """Take messages from the broker and call `worker.offer(run_id, done)` for each, while `worker.window` leaves room.

        Runs in the worker's loop until it is cancelled; then what was offered and is not done goes back to the broker. What it
        raises is logged, and it is called again after a moment.
        """

    # What they all have. -----------------------------------------------------------------------------------------------

    @property
    def broker(self) -> str:
        """The setting tasks.broker. Raises SettingsError when it is empty."""
        if not self.settings.broker:
            raise SettingsError("tasks.broker is empty", tip=f"the engine {self.name} needs the address of its broker there")
        return self.settings.broker

    def enlist(self, connection: Connection, runs: Sequence[NewRun]) -> bool:
        return False

    def announce(self, runs: Sequence[NewRun]) -> None:
        ready = [Publication(run.id, run.task, run.queue, run.priority) for run in runs if run.state == "ready"]
        with self._lock:
            room = max(0, WAITING - len(self._announced))
            self._announced.extend(ready[:room])
            start, self._sending = not self._sending and bool(self._announced), self._sending or bool(self._announced)
        if len(ready) > room:
            self._leave_to_publisher(ready[room:])
        if len(ready) < len(runs):  # a publisher is to know when they are due
            self._bell.ring_soon()
        if start:
            self._submit(self._send())

    def knock(self) -> None:
        self._bell.ring_soon(b"!")

    async def call(self, what: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
        """Await one of the engine's coroutines from another event loop. Raises OstrovError when the broker does not serve."""
        answer: T = await asyncio.wrap_future(self._submit(self._in_turn(what, patience)))
        return answer

    def call_sync(self, what: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
        """The same from a thread."""
        answer: T = self._submit(self._in_turn(what, patience)).result()
        return answer

    async def feed(self, worker: Worker) -> None:
        async def idle() -> float:
            return self.settings.poll

        worker.by_offer = True
        receiving = asyncio.create_task(self._receive(worker))
        try:
            await exchange_until_stopped(worker, self._bell, idle)
        finally:
            await end([receiving])

    def close(self) -> None:
        loop, thread = self._loop, self._thread
        if loop is not None and thread is not None:
            until = time.monotonic() + FAREWELL
            while self._sending and time.monotonic() < until:
                time.sleep(0.005)
            with contextlib.suppress(Exception):
                self._submit(self._end()).result(0.1 if self._sending else FAREWELL)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(FAREWELL)
            self._loop = self._thread = None
        if self._sending and (left := [*self._under_way, *self._announced]):
            self._leave_to_publisher(left)
        self._bell.close()

    async def _receive(self, worker: Worker) -> None:
        pause = 0.1
        while True:
            begun = time.monotonic()
            try:
                await self.receive(worker)
            except Exception as problem:
                pause = 0.1 if time.monotonic() > begun + 30 else min(pause * 2, 5.0)
                log.warning("the broker does not serve, trying again in %.1f s: %s", pause, explained(problem))
                worker.withdraw()
            await asyncio.sleep(pause)

    async def _send(self) -> None:
        """Publish what was announced until there is no more."""
        while True:
            with self._lock:
                batch = [self._announced.popleft() for _ in range(min(publisher.BATCH, len(self._announced)))]
                if not batch:
                    self._sending = False
                    return
            self._under_way = batch
            try:
                await self._in_turn(self.publish(batch), PATIENCE)
            except Exception as problem:
                log.warning("the broker does not take %d runs, they wait in the ledger: %s", len(batch), explained(problem))
                with self._lock:
                    batch += self._announced
                    self._announced.clear()
                self._leave_to_publisher(batch)

    def _leave_to_publisher(self, runs: Sequence[Publication]) -> None:
        try:
            connection = self.application.store.connect()
            try:
                connection.begin()
                publisher.untold(connection, [run.id for run in runs])
                connection.commit()
            finally:
                connection.close()
        except Exception as problem:  # the republisher finds them
            log.warning("%d runs could not be noted as unpublished: %s", len(runs), problem)

    async def _in_turn(self, what: Coroutine[Any, Any, T], patience: float) -> T:
        assert self._turns is not None
        try:
            async with self._turns:
                return await self._opened_and(what, patience)
        finally:
            what.close()  # it never began when this was cancelled before its turn

    async def _opened_and(self, what: Coroutine[Any, Any, T], patience: float) -> T:
        try:
            if not self._opened:
                await asyncio.wait_for(self.open(), PATIENCE)
                self._opened = True
            return await asyncio.wait_for(what, patience)
        except Exception as problem:
            self._opened = False
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self.shut(), FAREWELL)
            if isinstance(problem, OstrovError):
                raise
            raise OstrovError(
                f"the broker of the engine {self.name} does not serve",
                cause=explained(problem),
                tip="check tasks.broker and that the server runs; nothing is lost, runs wait in the ledger",
            ) from problem

    async def _end(self) -> None:
        assert self._turns is not None
        async with self._turns:
            if self._opened:
                self._opened = False
                await self.shut()

    def _submit(self, what: Coroutine[Any, Any, T]) -> Any:
        with self._lock:
            if self._loop is None:
                started = threading.Event()
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._live, args=(self._loop, started), name="tasks-engine", daemon=True)
                self._thread.start()
                started.wait()
            loop = self._loop
        return asyncio.run_coroutine_threadsafe(what, loop)

    def _live(self, loop: asyncio.AbstractEventLoop, started: threading.Event) -> None:
        asyncio.set_event_loop(loop)
        self._turns = asyncio.Lock()
        started.set()
        loop.run_forever()
        loop.close()


def explained(problem: BaseException) -> str:
    """An error of a broker's library in one line, without what it may say of addresses' passwords."""
    import re

    text = " ".join(str(problem).split()) or type(problem).__name__
    return re.sub(r"//[^/@\s]*@", "//…@", text)
