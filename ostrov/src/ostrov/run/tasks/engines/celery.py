"""The celery engine: run ids as Celery's messages, in RabbitMQ or in Redis.

A message is one of a Celery task that has the run's name; its id and its only argument are the run's id. In RabbitMQ a batch is
published in one transaction. A worker is Celery's own (`celery_worker.py`), so that what watches Celery, as Flower does, sees
it, its runs and what becomes of them, and can cancel them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from celery.worker import state

from ostrov.core.errors import OstrovError
from ostrov.run.tasks import publisher, roster
from ostrov.run.tasks.engine import Publication
from ostrov.run.tasks.engines import celery_held, celery_lost
from ostrov.run.tasks.engines.celery_app import application_for, kind_of, level, queue_name
from ostrov.run.tasks.engines.celery_orders import Orders
from ostrov.run.tasks.engines.celery_worker import CeleryWorker
from ostrov.run.tasks.engines.remote import RemoteEngine, explained
from ostrov.run.tasks.outcome import Ending
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.worker import SPARE

if TYPE_CHECKING:
    from celery.worker.request import Request

    from ostrov.core.application import Ostrov
    from ostrov.run.tasks.outcome import Outcome
    from ostrov.run.tasks.worker import Worker

log = logging.getLogger("ostrov.tasks")
QUEUES = "SELECT name FROM task_queue"
SHOWN = 1024
"""Characters of a result that an event carries, as many as Celery's own."""
BEAT = 0.5
"""Seconds between two looks for new queues and for what dead workers held."""


class CeleryEngine(RemoteEngine):
    """An Engine over Celery."""

    name = "celery"

    def __init__(self, application: Ostrov) -> None:
        super().__init__(application)
        self.kind = kind_of(self.broker)  # a wrong address is told at once, not in a log
        self.project = application.settings.name
        self._celery = application_for(self.broker, self.project)
        self._connection: Any = None
        self._channel: Any = None
        self._producer: Any = None
        self._hand = ThreadPoolExecutor(1, "tasks-celery")
        self.leaving: list[Callable[[], None]] = []
        """Workers that have stopped to consume and still tell what becomes of their runs."""

    async def open(self) -> None:
        self._hand = ThreadPoolExecutor(1, "tasks-celery")  # the last one may hang in a call that nobody waits for
        await self._do(self._connect)

    async def publish(self, runs: Sequence[Publication]) -> None:
        await self._do(self._kick, runs)

    async def depth(self) -> int:
        return int(await self._do(self._count))

    async def purge(self) -> int:
        return int(await self._do(self._purge))

    async def shut(self) -> None:
        connection, self._connection = self._connection, None
        self._hand.shutdown(wait=False)
        if connection is not None:
            await asyncio.to_thread(connection.release)

    async def receive(self, worker: Worker) -> None:
        await Receiver(self, worker).go()

    def close(self) -> None:
        while self.leaving:
            self.leaving.pop()()
        super().close()

    def queues(self) -> set[str]:
        """The names in the broker of all queues that the ledger knows of."""
        connection = self.application.store.connect()
        try:
            names = {str(name) for (name,) in connection.rows(QUEUES)}
        finally:
            connection.close()
        return {queue_name(self.project, name) for name in names | {"default"}}

    async def _do(self, what: Callable[..., Any], *values: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._hand, what, *values)

    def _connect(self) -> None:
        self._connection = connected(self._celery)
        self._channel = self._connection.channel()
        if self.kind == "amqp":
            self._channel.tx_select()
        self._producer = self._celery.amqp.Producer(self._channel)

    def _kick(self, runs: Sequence[Publication]) -> None:
        for run in runs:
            self._celery.send_task(
                run.task,
                args=[run.id],
                task_id=run.id,
                queue=queue_name(self.project, run.queue),
                priority=level(self.kind, run.priority),
                producer=self._producer,
                retry=False,
                ignore_result=True,
            )
        if self.kind == "amqp":
            self._channel.tx_commit()

    @contextlib.contextmanager
    def _declared(self) -> Iterator[list[Any]]:
        assert self._connection is not None
        with self._connection.channel() as channel:
            queues = [self._celery.amqp.queues[name](channel) for name in sorted(self.queues())]
            for queue in queues:
                queue.declare()
            yield queues

    def _count(self) -> int:
        """Waiting messages and those in workers' hands; RabbitMQ does not tell those, so as many as there can be."""
        depth = 0
        with self._declared() as queues:
            for queue in queues:
                answer = queue.queue_declare()
                depth += answer.message_count
                if self.kind == "amqp" and answer.message_count:
                    depth += answer.consumer_count * (self.settings.slots + SPARE)
        return depth + (celery_held.count(self._channel.client, self.project) if self.kind == "redis" else 0)

    def _purge(self) -> int:
        with self._declared() as queues:
            return sum(queue.purge() for queue in queues)


class Receiver:
    """What one worker has from Celery. `_offered` are requests that are on offer, `_held` those whose runs are under way here,
    by the run's id; both are Celery's thread's."""

    def __init__(self, engine: CeleryEngine, worker: Worker) -> None:
        self._engine = engine
        self._project = engine.project
        self._store = engine.application.store
        self._worker = worker
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._named: set[str] = set()
        self._offered: set[Request] = set()
        self._held: dict[str, Request] = {}
        self._redis = engine.kind == "redis"
        options = celery_held.options(engine.project, worker.id) if self._redis else {}
        tasks = engine.application.part(open_tasks).registry
        self._celery = application_for(engine.broker, engine.project, tasks, **options)
        self._orders = Orders(engine.application)

    async def go(self) -> None:
        """Take and offer until cancelled; then give back what is still on offer, and stay until the engine is closed, to tell
        what becomes of what is under way. Raises OstrovError when the broker is gone."""
        connection = await asyncio.to_thread(connected, self._celery)  # Celery would only say by its exit that it cannot
        channel = connection.default_channel if self._redis else None
        try:
            self._named = await self._queues()
            if channel is not None:
                await asyncio.to_thread(celery_held.enter, channel.client, self._project, self._worker.id)
                await self._look_for_lost(channel)
            name = f"{self._project}-{self._worker.id}@{socket.gethostname()}"
            self._celery_worker = CeleryWorker(
                self._celery, name, self._named, self._worker.slots, SPARE, self._brought, self._orders.commands
            )
            await self._serve(channel)
        finally:
            await asyncio.to_thread(connection.release)

    async def _serve(self, channel: Any) -> None:
        self._celery_worker.start(self._celery_ended)
        self._worker.on_ended.append(self._ended)
        try:
            while not self._over.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(BEAT):
                        await self._over.wait()
                if new := await self._queues() - self._named:
                    self._named |= new
                    self._celery_worker.consume(new)
                if (slots := self._worker.slots) != self._celery_worker.slots:
                    self._celery_worker.resize(slots)
                if channel is not None:
                    await self._look_after_others(channel)
            problem = self._celery_worker.problem
            raise OstrovError("Celery's worker has ended", cause=explained(problem) if problem else "")
        except asyncio.CancelledError:
            self._celery_worker.do(self._give_back)
            self._engine.leaving.append(self._celery_worker.stop)
            raise
        except BaseException:
            self._worker.on_ended.remove(self._ended)
            self._celery_worker.leave()
            raise

    async def _queues(self) -> set[str]:
        return {queue_name(self._project, name) for name in await self._worker.queue_names()}

    async def _look_after_others(self, channel: Any) -> None:
        """Runs whose messages a worker held that is gone, or that were lost with it, are told of again."""
        holders = await asyncio.to_thread(celery_held.holders, channel.client, self._project)
        gone = holders - set(await self._store.read(roster.present)) - {self._worker.id}
        for worker in gone:
            await self._tell_again(await asyncio.to_thread(celery_held.take, channel.client, self._project, worker))
        if gone:
            await self._look_for_lost(channel)

    async def _look_for_lost(self, channel: Any) -> None:
        following = await self._store.read(celery_lost.next_runs, sorted(await self._worker.queue_names()))
        if following:
            known = await asyncio.to_thread(celery_lost.known, channel, self._project, self._named)
            await self._tell_again(sorted(following - known))

    async def _tell_again(self, runs: Sequence[str]) -> None:
        if runs:
            await self._store.write(publisher.untold, runs)
            self._worker.wake()

    # In Celery's thread. -----------------------------------------------------------------------------------------------

    def _brought(self, request: Request) -> None:
        def done(started: bool) -> None:
            self._celery_worker.do(lambda consumer: self._begin(request, consumer) if started else self._drop(request))

        self._offered.add(request)
        self._loop.call_soon_threadsafe(self._worker.offer, request.id, done)

    def _give_back(self, consumer: Any) -> None:
        consumer.task_consumer.cancel()
        while self._offered:
            self._offered.pop().reject(requeue=True)

    def _drop(self, request: Request) -> None:
        self._offered.discard(request)
        request.acknowledge()
        state.task_ready(request)

    def _begin(self, request: Request, consumer: Any) -> None:
        self._offered.discard(request)
        self._held[request.id] = request
        consumer.qos.decrement_eventually()
        request.on_accepted(os.getpid(), time.time())  # acknowledges it

    def _end(self, run: str, consumer: Any, event: str, fields: dict[str, Any]) -> None:
        if (request := self._held.pop(run, None)) is not None:
            consumer.qos.increment_eventually()
            state.task_ready(request, successful=event == "task-succeeded")
            request.send_event(event, **fields)

    def _celery_ended(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._over.set)

    # In the worker's loop. ---------------------------------------------------------------------------------------------

    def _ended(self, outcome: Outcome) -> None:
        event, fields = happened(outcome)
        self._celery_worker.do(lambda consumer: self._end(outcome.run.id, consumer, event, fields))


def happened(outcome: Outcome) -> tuple[str, dict[str, Any]]:
    """What became of an attempt, as one of Celery's events with its fields."""
    ended = outcome.ended
    if ended.ending is Ending.SUCCESSFUL:
        return "task-succeeded", {"result": (ended.result or "")[:SHOWN], "runtime": outcome.ended_at - outcome.started_at}
    if outcome.final == "cancelled":
        return "task-revoked", {"terminated": True, "signum": None, "expired": False}
    problem = {"exception": ended.error or ended.ending.value, "traceback": ended.traceback or ""}
    return ("task-retried" if outcome.final is None else "task-failed"), problem


def connected(celery: Any) -> Any:
    """A connection that is made. Raises OstrovError when the broker does not answer."""
    connection = celery.connection_for_write()
    try:
        connection.connect()
    except Exception as problem:
        with contextlib.suppress(Exception):
            connection.release()
        raise OstrovError(
            "the broker does not answer",
            cause=explained(problem),
            tip="check tasks.broker and that the server runs",
        ) from problem
    return connection
