"""Celery on RabbitMQ, one worker process, results kept in Redis."""

import os

import redis
from celery import Celery

TITLE = "Celery 5.7 (RabbitMQ)"
WORKER = ["celery", "-A", "contenders.celery_rabbitmq", "worker", "-l", "error", "-P", "prefork", "-c", "1"]
N = 2000
SERVERS = ["rabbitmq", "redis"]

server = os.environ["OSTROV_TEST_REDIS"]
app = Celery("bench", broker=os.environ["OSTROV_TEST_RABBITMQ"], backend=f"{server}/2")
app.conf.update(broker_connection_retry_on_startup=True, task_default_queue="bench_celery")


@app.task(name="noop")
def noop(i):
    return i


def reset():
    redis.Redis.from_url(f"{server}/2").flushdb()
    with app.connection_for_write() as connection:
        connection.default_channel.queue_delete("bench_celery")


def enqueue(n):
    for i in range(n):
        noop.delay(i)


def done():
    return redis.Redis.from_url(f"{server}/2").dbsize()
