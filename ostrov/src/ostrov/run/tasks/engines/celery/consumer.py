"""A Celery worker, in a thread, that runs nothing: what comes from the broker is offered to a worker of Ostrov.

It is Celery's own `WorkController` with a pool that hands requests over. So it consumes, acknowledges, answers remote control
and sends events as any Celery worker, and Flower shows it and its runs. Everything that touches the connection is done in its
thread: others leave errands there and wake its hub by a pipe.

A message is acknowledged once the start of its run is committed. From then on until the run is put down the prefetch count is
one less, so that the broker brings no more than there are places for, and a few.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Collection
from typing import Any

from celery import Celery, bootsteps
from celery.concurrency.base import BasePool
from celery.worker.consumer import Control
from celery.worker.request import Request
from kombu.asynchronous import set_event_loop

from ostrov.run.tasks.engines.celery.names import stub
from ostrov.run.tasks.identifier import may_be_id

log = logging.getLogger("ostrov.tasks")
LEAVE = 2.0
"""Seconds that a stopping worker has to disconnect."""
_MAKING = threading.Lock()
"""Celery keeps the hub of the worker that is being made in a global variable."""


class CeleryWorker:
    """`brought` is called in its thread with each request; `orders` are remote control commands that replace Celery's."""

    def __init__(
        self,
        application: Celery,
        name: str,
        queues: Collection[str],
        slots: int,
        spare: int,
        brought: Callable[[Request], None],
        orders: dict[str, Callable[..., Any]],
    ) -> None:
        self.orders = orders
        self.slots = slots
        self.spare = spare
        self.problem: BaseException | None = None
        """Why its thread has ended, unless it was told to."""
        self._errands: deque[Callable[[Any], None]] = deque()
        self._ringing = threading.Lock()
        self._gone = False
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)
        application.steps["consumer"].add(Entrance)
        with _MAKING:
            set_event_loop(None)
            self._controller = application.WorkController(
                app=application,
                hostname=name,
                pool_cls=Counter,
                concurrency=slots,
                queues=sorted(queues),
                without_mingle=True,
                without_gossip=True,
                task_events=False,  # whoever watches asks for them, as Flower does
            )
            set_event_loop(None)
        self._controller.ostrov = self
        self._brought = brought
        self._thread = threading.Thread(target=self._work, name="celery", daemon=True)

    def start(self, ended: Callable[[], None]) -> None:
        """Consume; `ended` is called in its thread when that is over."""
        self._ended = ended
        self._thread.start()

    def do(self, errand: Callable[[Any], None]) -> None:
        """Have something done in its thread: it is called with Celery's consumer. Nothing is done once the thread has ended."""
        with self._ringing:  # a closed pipe's number may be another file's by now
            if self._gone:
                return
            self._errands.append(errand)
            with contextlib.suppress(BlockingIOError):  # full: it wakes anyway
                os.write(self._writing, b"!")

    def consume(self, queues: Collection[str]) -> None:
        """Consume from these queues, too."""

        def add(consumer: Any) -> None:
            for queue in queues:
                consumer.add_task_queue(queue)

        self.do(add)

    def resize(self, slots: int) -> None:
        """Have the broker bring as much as so many places need."""
        more, self.slots = slots - self.slots, slots

        def resize(consumer: Any) -> None:
            consumer.pool.limit = slots
            consumer.qos.increment_eventually(more) if more > 0 else consumer.qos.decrement_eventually(-more)

        self.do(resize)

    def leave(self) -> None:
        """Have the thread end after the errands that there are."""
        self.do(_end_loop)

    def stop(self) -> None:
        """The same; back when it has ended, within two seconds."""
        self.leave()
        self._thread.join(LEAVE)

    def run_errands(self, consumer: Any) -> None:
        """Called in its thread when there may be some."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._reading, 4096)
        while self._errands:
            self._errands.popleft()(consumer)

    def listen(self, consumer: Any) -> None:
        """Have the hub listen for errands."""
        consumer.hub.add_reader(self._reading, self.run_errands, consumer)

    def bring(self, request: Request) -> None:
        """A message has come."""
        self._brought(request)

    def _work(self) -> None:
        try:
            self._controller.blueprint.start(self._controller)
        except BaseException as problem:  # Celery says by SystemExit that the broker is gone
            self.problem = problem.__cause__ or problem
        finally:
            with contextlib.suppress(Exception):
                self._controller.stop()
            with self._ringing:
                self._gone = True
                os.close(self._reading)
                os.close(self._writing)
            self._ended()


def _end_loop(consumer: Any) -> None:
    consumer.blueprint.state = bootsteps.CLOSE


class Counter(BasePool):  # type: ignore[misc]
    """A pool that keeps nothing and runs nothing."""

    body_can_be_buffer = True

    @property
    def num_processes(self) -> int:
        return int(self.limit)

    def on_apply(self, target: Any, args: Any = None, kwargs: Any = None, callback: Any = None, **_: Any) -> None:
        request: Request = callback.__self__
        self.bring(request)

    bring: Callable[[Request], None]


class Entrance(bootsteps.StartStopStep):  # type: ignore[misc]
    """What is changed about Celery's consumer, before it begins to consume."""

    requires = (Control,)

    def start(self, consumer: Any) -> None:
        worker: CeleryWorker = consumer.controller.ostrov
        consumer.pool.bring = worker.bring
        consumer.strategies = Strategies(consumer)
        consumer.create_task_handler = _guarded(consumer.create_task_handler)
        consumer.qos.increment_eventually(worker.spare)
        for step in consumer.steps:
            if isinstance(step, Control):
                step.box.node.handlers = {**step.box.node.handlers, **worker.orders}
        worker.listen(consumer)


def _guarded(make: Callable[..., Any]) -> Callable[..., Any]:
    """Celery's handler of messages, but one that it cannot read is dropped: it would end with it each time it is delivered."""

    def handler(*values: Any, **options: Any) -> Callable[[Any], None]:
        receive = make(*values, **options)

        def take(message: Any) -> None:
            try:
                if not may_be_id(message.headers.get("id")):
                    raise ValueError("it has no id of a run")
                receive(message)
            except (ValueError, TypeError, LookupError, AttributeError) as problem:
                log.warning("a message that is not ours is dropped: %s", str(problem)[:200])
                if not message.acknowledged:
                    message.reject()

        return take

    return handler


class Strategies(dict[str, Any]):
    """How a message of each task is taken in; tasks that this worker has no code for too: the ledger knows what to do."""

    def __init__(self, consumer: Any) -> None:
        super().__init__(consumer.strategies)
        self._consumer = consumer

    def __missing__(self, name: str) -> Any:
        self[name] = stub(self._consumer.app, name).start_strategy(self._consumer.app, self._consumer)
        return self[name]
