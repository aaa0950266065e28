"""Huey on SQLite: the embedded peer."""

import os

from huey import SqliteHuey

TITLE = "Huey 3.5 (SQLite)"
WORKER = ["huey_consumer", "contenders.huey_sqlite.huey", "-q", "-n", "-w", "1"]
N = 2000
SERVERS = []

huey = SqliteHuey(filename=os.environ["BENCH_WORK"] + "/huey.db")


@huey.task(name="noop")
def noop(i):
    return i


def reset():
    huey.storage.flush_all()


def enqueue(n):
    for i in range(n):
        noop(i)


def done():
    return huey.storage.result_store_size()
