"""The celery engine: run ids as Celery's messages, in RabbitMQ or in Redis.

A message is one of a Celery task that has the run's name; its id and its only argument are the run's id. In RabbitMQ a batch is
published in one transaction. A worker is Celery's own (`consumer.py`), so that what watches Celery, as Flower does, sees
it, its runs and what becomes of them, and can cancel them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from ostrov.run.tasks.claim import READY_QUEUES
from ostrov.run.tasks.engine import Publication
from ostrov.run.tasks.engines.celery import held
from ostrov.run.tasks.engines.celery.names import application_for, connected, kind_of, level, queue_name
from ostrov.run.tasks.engines.celery.receiver import Receiver
from ostrov.run.tasks.engines.remote import RemoteEngine
from ostrov.run.tasks.worker import SPARE

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.run.tasks.worker import Worker

QUEUES = "SELECT name FROM task_queue"


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
        self._hand: ThreadPoolExecutor
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
        """The names in the broker of all queues that workers have served, or that have runs now."""
        connection = self.application.store.connect()
        try:
            names = {str(name) for sql in (QUEUES, READY_QUEUES) for (name,) in connection.rows(sql)}
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
        return depth + (held.count(self._channel.client, self.project) if self.kind == "redis" else 0)

    def _purge(self) -> int:
        with self._declared() as queues:
            return sum(queue.purge() for queue in queues)
