"""Celery on Redis, one worker process, results kept in Redis."""

import os

import redis
from celery import Celery

TITLE = "Celery 5.7 (Redis)"
WORKER = ["celery", "-A", "contenders.celery_redis", "worker", "-l", "error", "-P", "prefork", "-c", "1"]
N = 2000
SERVERS = ["redis"]

server = os.environ["OSTROV_TEST_REDIS"]
app = Celery("bench", broker=f"{server}/0", backend=f"{server}/1")
app.conf.update(broker_connection_retry_on_startup=True)


@app.task(name="noop")
def noop(i):
    return i


def reset():
    for number in (0, 1):
        redis.Redis.from_url(f"{server}/{number}").flushdb()


def enqueue(n):
    for i in range(n):
        noop.delay(i)


def done():
    return redis.Redis.from_url(f"{server}/1").dbsize()
