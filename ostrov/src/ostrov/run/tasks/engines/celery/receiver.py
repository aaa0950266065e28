"""What one worker has from Celery: requests on offer, requests whose runs are under way, and what became of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from celery.worker import state

from ostrov.core.errors import OstrovError
from ostrov.run.tasks import publisher, roster
from ostrov.run.tasks.engines.celery import held, lost
from ostrov.run.tasks.engines.celery.consumer import CeleryWorker
from ostrov.run.tasks.engines.celery.names import application_for, connected, queue_name
from ostrov.run.tasks.engines.celery.orders import Orders
from ostrov.run.tasks.engines.remote import explained
from ostrov.run.tasks.outcome import Ending
from ostrov.run.tasks.tasks import open_tasks
from ostrov.run.tasks.worker import SPARE

if TYPE_CHECKING:
    from celery.worker.request import Request

    from ostrov.run.tasks.engines.celery.engine import CeleryEngine
    from ostrov.run.tasks.outcome import Outcome
    from ostrov.run.tasks.worker import Worker

SHOWN = 1024
"""Characters of a result that an event carries, as many as Celery's own."""
BEAT = 0.5
"""Seconds between two looks for new queues and for what dead workers held."""


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
        options = held.options(engine.project, worker.id) if self._redis else {}
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
        holders = await asyncio.to_thread(held.present, channel.client, self._project, self._worker.id)
        gone = holders - set(await self._store.read(roster.present)) - {self._worker.id}
        for worker in gone:
            await self._tell_again(await asyncio.to_thread(held.take, channel.client, self._project, worker))
        if gone:
            await self._look_for_lost(channel)

    async def _look_for_lost(self, channel: Any) -> None:
        following = await self._store.read(lost.next_runs, sorted(await self._worker.queue_names()))
        if following:
            known = await asyncio.to_thread(lost.known, channel, self._project, self._named)
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
