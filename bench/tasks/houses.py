"""Where Ostrov's tasks can live: the settings of each engine, over the servers that `bin/services` starts."""

from __future__ import annotations

import os
from urllib.parse import quote

HOUSES = ("sqlite", "pg", "procrastinate", "taskiq", "celery_redis", "celery_rabbitmq")


def settings_of(house: str, schema: str) -> list[str]:
    """Overrides for a house. Its PostgreSQL schema is made anew; `schema` also names what it has in a broker."""
    chosen = []
    if house in ("pg", "procrastinate"):
        chosen += _postgresql(schema)
    if house == "procrastinate":
        chosen += ["tasks.engine=procrastinate"]
    elif house == "taskiq":
        chosen += ["tasks.engine=taskiq", f"tasks.broker={os.environ['OSTROV_TEST_NATS']}/{schema}"]
    elif house == "celery_redis":
        chosen += ["tasks.engine=celery", f"tasks.broker={os.environ['OSTROV_TEST_REDIS']}/9"]
    elif house == "celery_rabbitmq":
        chosen += ["tasks.engine=celery", f"tasks.broker={os.environ['OSTROV_TEST_RABBITMQ']}"]
    return chosen


def _postgresql(schema: str) -> list[str]:
    import psycopg

    server = os.environ["OSTROV_TEST_POSTGRES"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.execute(f"CREATE SCHEMA {schema}")
    return ["db.engine=postgresql", f"db.url={server}?options={quote(f'-csearch_path={schema}')}"]
