"""Procrastinate on PostgreSQL: the peer with a ledger in the database, ten at a time."""

import asyncio
import os

import procrastinate
import psycopg
from procrastinate.schema import SchemaManager

TITLE = "Procrastinate 3.10 (PostgreSQL)"
WORKER = ["procrastinate", "-a", "contenders.procrastinate_pg.app", "worker", "-c", "10"]
N = 1500
SERVERS = ["pg"]

server = os.environ["BENCH_POSTGRES"]
app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=server))


@app.task(name="noop")
async def noop(i):
    return i


def reset():
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()[0] is None:
            connection.execute(SchemaManager.get_schema())
        connection.execute("TRUNCATE procrastinate_jobs, procrastinate_events RESTART IDENTITY CASCADE")


def enqueue(n):
    async def one_by_one():
        async with app.open_async():
            for i in range(n):
                await noop.defer_async(i=i)

    asyncio.run(one_by_one())


def enqueue_many(n):
    async def at_once():
        async with app.open_async():
            await noop.batch_defer_async(*[{"i": i} for i in range(n)])

    asyncio.run(at_once())


def done():
    with psycopg.connect(server, autocommit=True) as connection:
        return connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'").fetchone()[0]
