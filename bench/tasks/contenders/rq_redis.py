"""RQ on Redis with its worker that does not fork a job, its fastest."""

import os

import redis
import rq
from rq.registry import FinishedJobRegistry

TITLE = "RQ 3.0 (Redis, SimpleWorker)"
server = os.environ["OSTROV_TEST_REDIS"] + "/3"
WORKER = ["rq", "worker", "-q", "-w", "rq.worker.SimpleWorker", "-u", server, "default"]
N = 2000
SERVERS = ["redis"]

connection = redis.Redis.from_url(server)
queue = rq.Queue("default", connection=connection)


def noop(i):
    return i


def reset():
    connection.flushdb()


def enqueue(n):
    for i in range(n):
        queue.enqueue("contenders.rq_redis.noop", i)


def enqueue_many(n):
    queue.enqueue_many([rq.Queue.prepare_data("contenders.rq_redis.noop", (i,)) for i in range(n)])


def done():
    return connection.zcard(FinishedJobRegistry(queue=queue).key)
