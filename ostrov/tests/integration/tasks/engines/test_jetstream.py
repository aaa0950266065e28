"""The taskiq broker over NATS JetStream, on a real server: what is published comes by level, once, and is gone then."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

pytest.importorskip("taskiq_nats", reason="taskiq is not installed: pip install 'ostrov[taskiq]'")

from nats.js.api import StreamConfig
from taskiq import AckableMessage
from taskiq.kicker import AsyncKicker

from ostrov.core.errors import OstrovError
from ostrov.run.tasks.engines.jetstream import ACK_WAIT, Delivery, JetStreamBroker
from ostrov.run.tasks.engines.subjects import queue_of, token

pytestmark = pytest.mark.server("nats")


@asynccontextmanager
async def open_broker(stream: str = "", *queues: str) -> AsyncIterator[JetStreamBroker]:
    """A broker on a stream of its own, which is deleted after the test."""
    broker = JetStreamBroker([os.environ["OSTROV_TEST_NATS"]], stream or f"t_{uuid.uuid4().hex[:12]}")
    await broker.startup()
    await broker.serve(queues or ("default",), others=True)
    try:
        yield broker
    finally:
        if not stream:
            await broker.js.delete_stream(broker.stream_name)
        await broker.shutdown()


async def send(broker: JetStreamBroker, *ids: str, queue: str = "default", priority: int = 0) -> None:
    for run in ids:
        await AsyncKicker[..., Any]("task", broker, {"queue": queue, "priority": priority}).with_task_id(run).kiq()


def ids(broker: JetStreamBroker, deliveries: list[Delivery]) -> list[str]:
    return [broker.formatter.loads(delivery.data).task_id for delivery in deliveries]


async def acknowledge(deliveries: list[Delivery]) -> None:
    for delivery in deliveries:
        answer = delivery.ack()
        assert answer is not None
        await answer


async def come(broker: JetStreamBroker, most: int = 10, seconds: float = 5.0) -> list[Delivery]:
    """What comes first."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if arrived := await broker.pull(most, 0.2):
            return arrived
    raise AssertionError("nothing came")


async def test_what_is_published_comes_in_the_order_of_its_level() -> None:
    async with open_broker("", "default", "mail") as broker:
        await send(broker, "low", priority=-1)
        await send(broker, "first", "second")
        await send(broker, "letter", queue="mail", priority=3)
        deliveries = await come(broker)
        assert ids(broker, deliveries) == ["letter", "first", "second", "low"]
        assert [delivery.queue for delivery in deliveries] == ["mail", "default", "default", "default"]


async def test_a_full_queue_leaves_room_for_another() -> None:
    async with open_broker("", "default", "mail") as broker:
        await send(broker, *"abcdef")
        await send(broker, "letter", queue="mail")
        assert sorted(ids(broker, await come(broker, 4)))[-1] == "letter"


async def test_queues_that_nobody_named_are_served_too_now_or_later() -> None:
    async with open_broker() as publisher:
        await send(publisher, "a", queue="one more")
        async with open_broker(publisher.stream_name) as broker:
            assert ids(broker, await come(broker)) == ["a"]
            assert await broker.pull(10, 0.05) == []
            await send(publisher, "b", queue="and another")
            assert ids(broker, await come(broker, seconds=ACK_WAIT / 2)) == ["b"]


async def test_no_more_comes_than_was_asked_for_and_the_rest_stays() -> None:
    async with open_broker() as broker:
        await send(broker, *"abcde")
        assert ids(broker, await come(broker, 2)) == ["a", "b"]
        assert ids(broker, await come(broker, 2)) == ["c", "d"]
        assert await broker.depth() == 5


async def test_a_message_that_was_acknowledged_is_gone() -> None:
    async with open_broker() as broker:
        await send(broker, *"abc")
        await acknowledge(await come(broker))
        await broker.client.flush()
        assert await broker.depth() == 0
        assert await broker.queues() == set()


async def test_a_waiting_pull_ends_at_once_when_a_message_comes() -> None:
    async with open_broker() as broker:
        assert await broker.pull(10, 0.05) == []
        waiting = asyncio.create_task(come(broker))
        await asyncio.sleep(0)
        await send(broker, "a")
        assert ids(broker, await asyncio.wait_for(waiting, 1)) == ["a"]


async def test_a_message_that_is_held_stays_and_one_that_is_not_comes_again() -> None:
    async with open_broker() as broker:
        await send(broker, "held")
        (delivery,) = await come(broker)
        held_until = time.monotonic() + ACK_WAIT * 2
        while time.monotonic() < held_until:
            await broker.hold(delivery)
            assert await broker.pull(10, ACK_WAIT / 4) == []
        assert ids(broker, await come(broker)) == ["held"]


async def test_a_message_that_is_given_back_comes_again_at_once() -> None:
    async with open_broker() as broker:
        await send(broker, "a")
        (delivery,) = await come(broker)
        await broker.give_back(delivery)
        assert ids(broker, await come(broker, seconds=ACK_WAIT / 2)) == ["a"]


async def test_a_consumer_or_a_stream_that_was_deleted_is_made_again() -> None:
    async with open_broker() as broker:
        await send(broker, "a")
        await acknowledge(await come(broker))
        await broker.pull(10, 0.05)
        await broker.js.delete_consumer(broker.stream_name, "default_normal")
        await send(broker, "b")
        await acknowledge(await come(broker))
        await broker.js.delete_stream(broker.stream_name)
        await send(broker, "c")
        broker.reconnected()
        assert ids(broker, await come(broker)) == ["c"]


async def test_it_serves_a_worker_of_taskiqs_own() -> None:
    async with open_broker() as broker:
        await send(broker, "a", "b")
        heard: list[str] = []
        async for message in broker.listen():
            assert isinstance(message, AckableMessage)
            heard.append(broker.formatter.loads(message.data).task_id)
            if len(heard) == 2:
                break
        assert heard == ["a", "b"]


async def test_a_stream_that_keeps_what_is_done_is_refused() -> None:
    async with open_broker() as broker:
        name = f"t_{uuid.uuid4().hex[:12]}"
        await broker.js.add_stream(StreamConfig(name=name, subjects=[f"{name}.*.*"]))
        other = JetStreamBroker([os.environ["OSTROV_TEST_NATS"]], name)
        try:
            with pytest.raises(OstrovError, match="not a work queue of ours"):
                await other.startup()
        finally:
            await broker.js.delete_stream(name)
            await other.shutdown()


@pytest.mark.parametrize("name", ["default", "a b", "почта.*", ">", "", "a=b", "x/y"])
def test_any_queues_name_goes_into_a_subject_and_comes_back(name: str) -> None:
    assert queue_of(token(name)) == name
    assert token(name)
    assert not set(token(name)) & set(" .*>/")
