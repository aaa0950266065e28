"""A taskiq broker over NATS JetStream with queues, priorities, and messages that can be kept and given back.

taskiq-nats (0.7) has a `PullBasedJetStreamBroker`, and this is one: its connection and its stream are used as they are.
Publishing and pulling are replaced, for it publishes on one subject (no queues, no priorities); its stream keeps finished
messages for ever unless told otherwise; its `fetch` without a timeout waits for ever once a restarted server has forgotten
the request, and any other error ends its `listen`; what it hands out can be acknowledged, but neither held on to (`in
progress`) nor given back.

One stream a project, a work queue: an acknowledged message is gone. A subject, `STREAM.QUEUE.LEVEL`, and a consumer for each
queue and level. A pull asks the consumers level by level, those only that may have something: one that has nothing keeps an
open request for a single message, which the server answers when there is one. Queues of one level get equal shares.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncGenerator, Iterable
from typing import Any

from nats.aio.msg import Msg
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as Unanswered
from nats.js import api
from nats.js.errors import BadRequestError, NoStreamResponseError, ServiceUnavailableError
from taskiq import AckableMessage, BrokerMessage
from taskiq_nats import PullBasedJetStreamBroker

from ostrov.core.errors import OstrovError
from ostrov.run.tasks.engines.pulls import Asked, Delivery, Lane, Pulls
from ostrov.run.tasks.engines.subjects import LEVELS, level, queue_of, token

ACK_WAIT = 1.0
"""Seconds after which a message that a dead worker held is delivered again. One that only seems dead does no harm: what comes
twice starts once."""
HOLD = 0.25
"""Seconds between two signs that a message is still held."""
OPEN = 30.0
"""Seconds that a request for a message stays open."""
ANSWER = 5.0
"""Seconds within which a server answers."""


class JetStreamBroker(PullBasedJetStreamBroker):
    """A taskiq broker whose labels `queue` and `priority` say where a message goes. `listen` and `pull` serve the queues that
    `serve` named."""

    def __init__(self, servers: list[str], stream: str, replicas: int = 1, **connection: Any) -> None:
        config = api.StreamConfig(
            name=stream,
            subjects=[f"{stream}.*.*"],
            retention=api.RetentionPolicy.WORK_QUEUE,
            storage=api.StorageType.FILE,
            num_replicas=replicas,
        )
        super().__init__(servers=servers, stream_name=stream, stream_config=config, **connection)
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._numbers = itertools.count()
        self._turn = 0
        self._news = asyncio.Event()
        self._pulls = Pulls("")
        self._doubtful = False
        """Whether the server may have lost the stream."""
        self._back = asyncio.Event()
        self._others = False
        self._told: set[str] = set()
        """Queues that workers were told of."""

    def lost(self) -> None:
        """The connection is gone; nats-py makes it again."""
        self._back.clear()

    async def kick(self, message: BrokerMessage) -> None:
        """Publish a message; returns when JetStream has it."""
        queue, priority = str(message.labels.get("queue", "default")), int(message.labels.get("priority", 0))
        subject = f"{self.stream_name}.{token(queue)}.{level(priority)}"
        try:
            await self.js.publish(subject, message.message, timeout=ANSWER)
        except NoStreamResponseError:  # the server has lost it
            await self._add_or_reuse_stream()
            await self.js.publish(subject, message.message, timeout=ANSWER)
        if queue not in self._told:
            self._told.add(queue)
            await self.client.publish(f"{self.stream_name}.{token(queue)}")

    async def depth(self) -> int:
        """Messages that will be delivered, or are delivered and not acknowledged yet.

        A server that was killed can come back with messages that its consumers know to be acknowledged: it delivers them no
        more, and keeps them. They do not count, and are deleted here.
        """
        subjects = (await self.js.stream_info(self.stream_name, subjects_filter=">")).state.subjects or {}
        depth = sum(subjects.values())
        for consumer in await self.js.consumers_info(self.stream_name) if subjects else ():
            subject = consumer.config.filter_subject or ""
            live = (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
            if not live and subjects.get(subject) and consumer.ack_floor is not None:
                depth -= subjects[subject]
                await self.js.purge_stream(self.stream_name, subject=subject, seq=consumer.ack_floor.stream_seq + 1)
        return depth

    async def queues(self) -> set[str]:
        """The queues that have messages now."""
        subjects = (await self.js.stream_info(self.stream_name, subjects_filter=">")).state.subjects or {}
        return {queue_of(subject.split(".")[1]) for subject in subjects}

    async def serve(self, queues: Iterable[str], others: bool = False) -> None:
        """Pull from these queues; with `others` from any that have messages, now or later."""
        self._others = others
        self._add(queues)
        if others:
            self._add(await self.queues())

    def reconnected(self) -> None:
        """The server has forgotten what it was asked, and perhaps more: ask again."""
        for lane in self._lanes.values():
            lane.idle_until, lane.ready = 0.0, False
        for asked in self._pulls.asked.values():
            asked.end()
        self._pulls.asked.clear()
        self._doubtful = True
        self._back.set()
        self._news.set()

    async def returned(self) -> None:
        """Until the connection that was lost is there again."""
        await self._back.wait()

    async def pull(self, most: int, wait: float) -> list[Delivery]:
        """Up to `most` messages, those of the highest level first; none when none came in `wait` seconds.

        A few more can come, one for each consumer that had none before. Raises what nats-py raises when the server is away.
        """
        self._news.clear()
        self._turn += 1
        if self._doubtful:
            await self._add_or_reuse_stream()
            if self._others:
                self._add(await self.queues())
            self._doubtful = False
        lanes = self._in_order()
        for number, lane in enumerate(lanes):
            if (need := most - len(self._pulls.arrived)) <= 0:
                break
            sharing = sum(other.level == lane.level for other in lanes[number:])
            await self._take(lane, -(-need // sharing))
        if not self._pulls.arrived:
            try:
                async with asyncio.timeout(wait):
                    await self._news.wait()
            except TimeoutError:
                return []
        arrived, self._pulls.arrived = self._pulls.arrived, []
        return arrived

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Messages one by one, for taskiq's own worker."""
        while True:
            for delivery in await self.pull(1, OPEN):
                yield delivery

    async def hold(self, delivery: Delivery) -> None:
        """Tell the server that this worker still has the message: its time starts again."""
        await self.client.publish(delivery.reply, b"+WPI")

    async def settle(self, delivery: Delivery) -> None:
        """Acknowledge a message: it is gone."""
        await self.client.publish(delivery.reply, b"+ACK")

    async def give_back(self, delivery: Delivery) -> None:
        """Have the message delivered again, to whoever asks next."""
        await self.client.publish(delivery.reply, b"-NAK")

    async def _add_or_reuse_stream(self) -> None:
        try:
            await super()._add_or_reuse_stream()
            kept = (await self.js.stream_info(self.stream_name)).config
        except BadRequestError as problem:
            raise OstrovError(
                f"NATS refuses the stream {self.stream_name}",
                cause=problem.description or "",
                tip="name another one in tasks.broker",
            ) from problem
        except (ServiceUnavailableError, NoRespondersError, Unanswered) as problem:
            raise OstrovError(
                "NATS answers, but JetStream does not",
                cause=str(problem),
                tip="start the server with JetStream: nats-server -js",
            ) from problem
        if kept.retention != api.RetentionPolicy.WORK_QUEUE or kept.subjects != [f"{self.stream_name}.*.*"]:
            raise OstrovError(
                f"the NATS stream {self.stream_name} is not a work queue of ours",
                cause=f"it has retention {kept.retention} and subjects {', '.join(kept.subjects or [])}",
                tip="name another one in tasks.broker: nats://HOST:PORT/STREAM",
            )

    async def _startup_consumer(self) -> None:
        self._pulls = Pulls(self.client.new_inbox())
        await self.client.subscribe(f"{self._pulls.inbox}.*", cb=self._received)
        await self.client.subscribe(f"{self.stream_name}.*", cb=self._heard_of)

    async def _heard_of(self, message: Msg) -> None:
        """A publisher has put its first message into a queue."""
        if self._others:
            self._add([queue_of(message.subject.split(".")[1])])

    def _add(self, queues: Iterable[str]) -> None:
        for queue in set(queues) - {queue for queue, _ in self._lanes}:
            self._lanes |= {(queue, level): Lane(queue, level) for level in LEVELS}
            self._news.set()

    def _in_order(self) -> list[Lane]:
        now = time.monotonic()
        lanes = [lane for lane in self._lanes.values() if lane.idle_until <= now]
        lanes = lanes[self._turn % len(lanes) :] + lanes[: self._turn % len(lanes)] if lanes else []
        return sorted(lanes, key=lambda lane: LEVELS.index(lane.level))

    async def _take(self, lane: Lane, wanted: int) -> None:
        """Take what there is; when there is less, leave a request open."""
        if not lane.ready:
            await self.js.add_consumer(
                self.stream_name,
                durable_name=lane.name,
                filter_subject=f"{self.stream_name}.{token(lane.queue)}.{lane.level}",
                ack_policy=api.AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT,
                max_deliver=-1,
                max_ack_pending=-1,
                max_waiting=4096,
            )
            lane.ready = True
        asked = Asked(lane, wanted, asyncio.get_running_loop().create_future())
        assert asked.over is not None
        await self._ask(asked, {"batch": wanted, "no_wait": True})
        async with asyncio.timeout(ANSWER):
            await asked.over
        if asked.got < wanted and lane.ready:
            lane.idle_until = time.monotonic() + OPEN + ANSWER
            await self._ask(Asked(lane, 1), {"batch": 1, "expires": int(OPEN * 1e9)})

    async def _ask(self, asked: Asked, request: dict[str, Any]) -> None:
        number = str(next(self._numbers))
        self._pulls.asked[number] = asked
        await self.client.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{self.stream_name}.{asked.lane.name}",
            json.dumps(request).encode(),
            f"{self._pulls.inbox}.{number}",
        )

    async def _received(self, message: Msg) -> None:
        if (number := message.subject.removeprefix(f"{self._pulls.inbox}.")) != message.subject:
            self._answered(number, message)
            return
        _, queue, level = message.subject.split(".")
        lane = self._lanes.get((queue_of(queue), level))
        for number, asked in self._pulls.asked.items():
            if asked.lane is lane:
                asked.got += 1
                if asked.got == asked.wanted:
                    del self._pulls.asked[number]
                    asked.end()
                break
        self._pulls.arrived.append(Delivery(data=message.data, ack=message.ack, queue=queue_of(queue), reply=message.reply))
        self._news.set()

    def _answered(self, number: str, message: Msg) -> None:
        """The server has nothing (404, 408), or no such consumer (409, 503: it was deleted)."""
        asked = self._pulls.asked.pop(number, None)
        if asked is None:
            return
        if (message.headers or {}).get("Status") not in ("404", "408"):
            asked.lane.ready = False
        asked.end()
        self._news.set()
