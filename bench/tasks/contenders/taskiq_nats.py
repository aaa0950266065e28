"""TaskIQ on NATS JetStream, one worker process of a hundred at a time that pulls a hundred at once, results kept in Redis."""

import asyncio
import contextlib
import os

import nats
import redis
from nats.js.api import RetentionPolicy, StreamConfig
from nats.js.errors import NotFoundError
from taskiq_nats import PullBasedJetStreamBroker
from taskiq_redis import RedisAsyncResultBackend

TITLE = "TaskIQ 0.13 (NATS JetStream)"
WORKER = ["taskiq", "worker", "contenders.taskiq_nats:broker", "--log-level", "ERROR", "-w", "1"]
N = 2000
SERVERS = ["nats", "redis"]

server = os.environ["OSTROV_TEST_NATS"]
results = os.environ["OSTROV_TEST_REDIS"] + "/7"
broker = PullBasedJetStreamBroker(
    server,
    subject="bench_taskiq",
    stream_name="bench_taskiq",
    stream_config=StreamConfig(retention=RetentionPolicy.WORK_QUEUE),
    pull_consume_batch=100,
    pull_consume_timeout=5,
).with_result_backend(RedisAsyncResultBackend(results))


@broker.task(task_name="noop")
async def noop(i: int) -> int:
    return i


def reset():
    async def forget():
        connection = await nats.connect(server)
        with contextlib.suppress(NotFoundError):
            await connection.jetstream().delete_stream("bench_taskiq")
        await connection.close()

    redis.Redis.from_url(results).flushdb()
    asyncio.run(forget())


def enqueue(n):
    async def one_by_one():
        await broker.startup()
        for i in range(n):
            await noop.kiq(i)
        await broker.client.close()

    asyncio.run(one_by_one())


def done():
    return redis.Redis.from_url(results).dbsize()
