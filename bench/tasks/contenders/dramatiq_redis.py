"""Dramatiq on Redis, one process of eight threads, results kept in Redis."""

import os

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend

TITLE = "Dramatiq 2.2 (Redis)"
WORKER = ["dramatiq", "contenders.dramatiq_redis", "-p", "1", "-t", "8"]
N = 3000
SERVERS = ["redis"]

server = os.environ["OSTROV_TEST_REDIS"]
broker = RedisBroker(url=f"{server}/5")
broker.add_middleware(Results(backend=RedisBackend(url=f"{server}/6"), store_results=True))
dramatiq.set_broker(broker)


@dramatiq.actor(actor_name="noop")
def noop(i):
    return i


def reset():
    for number in (5, 6):
        redis.Redis.from_url(f"{server}/{number}").flushdb()


def enqueue(n):
    for i in range(n):
        noop.send(i)


def done():
    return redis.Redis.from_url(f"{server}/6").dbsize()
