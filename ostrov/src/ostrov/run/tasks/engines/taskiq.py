"""The taskiq engine: run ids as taskiq messages on NATS JetStream.

A message is a taskiq message whose id is the run's, without arguments; its labels are the run's queue and priority. taskiq's
own kicker publishes it, and it is acknowledged once the run's start is committed. While a worker has it on offer, the worker
says so every moment; when the worker dies, JetStream gives the message to another a second later.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nats.errors import Error as NatsError
from taskiq.exceptions import SendTaskError
from taskiq.kicker import AsyncKicker

from ostrov.core.errors import OstrovError
from ostrov.run.tasks.engine import Publication
from ostrov.run.tasks.engines.jetstream import HOLD, OPEN, JetStreamBroker
from ostrov.run.tasks.engines.parts import end
from ostrov.run.tasks.engines.pulls import Delivery
from ostrov.run.tasks.engines.remote import RemoteEngine, explained
from ostrov.run.tasks.engines.subjects import address

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.run.tasks.outcome import Outcome
    from ostrov.run.tasks.worker import Worker

log = logging.getLogger("ostrov.tasks")
CONNECT = 3.0
"""Seconds that a server has to answer at the start."""
FULL = 0.25
"""Seconds after which a worker that was full is asked again."""
FAREWELL = 2.0
"""Seconds to give messages back in."""
GATHER = 0.002
"""Seconds in which places that become free are gathered before messages for them are asked for."""
AWAY = (NatsError, TimeoutError, OSError)


class TaskiqEngine(RemoteEngine):
    """An Engine over taskiq and NATS JetStream."""

    name = "taskiq"
    _broker: JetStreamBroker

    def __init__(self, application: Ostrov) -> None:
        super().__init__(application)
        self._address = address(self.broker, application.settings.name)  # a wrong one is told at once, not in a log

    async def open(self) -> None:
        self._broker = await self._connected("publisher")

    async def shut(self) -> None:
        await self._broker.shutdown()

    async def publish(self, runs: Sequence[Publication]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for run in runs:
                    group.create_task(self._kick(run))
        except ExceptionGroup as problems:
            problem = problems.exceptions[0]
            raise (problem.__cause__ if isinstance(problem, SendTaskError) and problem.__cause__ else problem) from None

    async def depth(self) -> int:
        return await self._broker.depth()

    async def purge(self) -> int:
        waiting = await self._broker.depth()
        await self._broker.js.purge_stream(self._broker.stream_name)
        return waiting

    async def receive(self, worker: Worker) -> None:
        broker = await self._connected("worker")
        try:
            await broker.serve(await worker.queue_names(), others=not worker.queues)
            await Receiver(broker, worker).go()
        finally:
            await broker.shutdown()

    async def _kick(self, run: Publication) -> None:
        kicker = AsyncKicker[[], Any](run.task, self._broker, {"queue": run.queue, "priority": run.priority})
        await kicker.with_task_id(run.id).kiq()

    async def _connected(self, role: str) -> JetStreamBroker:
        """A broker that is connected, and connects again by itself. Raises OstrovError when it cannot be now."""
        servers, stream, replicas = self._address

        async def disconnected() -> None:
            if not broker.client.is_closed:
                broker.lost()
                log.warning("the %s has lost NATS; runs wait in the ledger until it answers", role)

        async def reconnected() -> None:
            log.info("the %s has NATS again", role)
            broker.reconnected()

        async def failed(problem: Exception) -> None:
            log.debug("NATS: %s", explained(problem))

        broker = JetStreamBroker(
            servers,
            stream,
            replicas,
            name=f"ostrov {self.application.settings.name} {role}",
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,
            connect_timeout=2,
            disconnected_cb=disconnected,
            reconnected_cb=reconnected,
            error_cb=failed,
        )
        try:
            async with asyncio.timeout(CONNECT):
                await broker.startup()
        except BaseException as problem:
            cause = broker.client.last_error
            with contextlib.suppress(Exception):
                await broker.shutdown()
            if isinstance(problem, AWAY):
                raise OstrovError(
                    "NATS does not answer", cause=explained(cause or problem), tip="check tasks.broker and that the server runs"
                ) from problem
            raise
        return broker


class Receiver:
    """What one worker has taken from the stream: `held` is on offer, `done` is to be acknowledged."""

    def __init__(self, broker: JetStreamBroker, worker: Worker) -> None:
        self._broker = broker
        self._worker = worker
        self._held: dict[str, Delivery] = {}
        self._done: list[Delivery] = []
        self._some_done = asyncio.Event()
        self._room = asyncio.Event()

    async def go(self) -> None:
        """Take and offer until cancelled; then give back what is still on offer."""
        self._worker.on_ended.append(self._ended)
        errands = [asyncio.create_task(self._acknowledge()), asyncio.create_task(self._hold())]
        try:
            while True:
                await self._take()
        finally:
            self._worker.on_ended.remove(self._ended)
            await end(errands)
            with contextlib.suppress(*AWAY):
                async with asyncio.timeout(FAREWELL):
                    await self._leave()

    async def _take(self) -> None:
        self._room.clear()
        if (room := self._worker.window) <= 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FULL):  # wait_for of Python 3.11 can swallow a cancellation
                    await self._room.wait()
            await asyncio.sleep(GATHER)
            return
        try:
            deliveries = await self._broker.pull(room, OPEN)
        except AWAY:
            if not self._broker.client.is_reconnecting:
                raise
            await self._broker.returned()
            return
        for delivery in deliveries:
            self._offer(delivery)

    def _offer(self, delivery: Delivery) -> None:
        try:
            run = self._broker.formatter.loads(delivery.data).task_id
        except ValueError:
            log.warning("a message in %s that is not ours is dropped", self._broker.stream_name)
            self._finish(delivery)
            return
        self._held[delivery.reply] = delivery
        self._worker.offer(run, lambda started: self._finish(delivery))

    def _finish(self, delivery: Delivery) -> None:
        self._held.pop(delivery.reply, None)
        self._done.append(delivery)
        self._some_done.set()
        self._room.set()

    def _ended(self, outcome: Outcome) -> None:
        self._room.set()

    async def _acknowledge(self) -> None:
        while True:
            await self._some_done.wait()
            self._some_done.clear()
            await self._flush()

    async def _flush(self) -> None:
        done, self._done = self._done, []
        for delivery in done:
            with contextlib.suppress(*AWAY):  # it comes again, and its start fails
                await self._broker.settle(delivery)

    async def _hold(self) -> None:
        while True:
            await asyncio.sleep(HOLD)
            if self._broker.client.is_connected:
                for delivery in list(self._held.values()):
                    with contextlib.suppress(*AWAY):
                        await self._broker.hold(delivery)

    async def _leave(self) -> None:
        if self._broker.client.is_connected:
            await self._flush()
            for delivery in self._held.values():
                await self._broker.give_back(delivery)
            await self._broker.client.flush()
