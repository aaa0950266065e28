"""Where Ostrov's tasks can live: the settings of each engine, over the servers that `bin/services` starts."""

from __future__ import annotations

import os
from urllib.parse import quote

HOUSES = ("sqlite", "pg", "procrastinate", "taskiq")


def settings_of(house: str, schema: str) -> list[str]:
    """Overrides for a house. Its PostgreSQL schema is made anew; `schema` also names what it has in a broker."""
    chosen = []
    if house in ("pg", "procrastinate"):
        chosen += _postgresql(schema)
    if house == "procrastinate":
        chosen += ["tasks.engine=procrastinate"]
    elif house == "taskiq":
        chosen += ["tasks.engine=taskiq", f"tasks.broker={os.environ['OSTROV_TEST_NATS']}/{schema}"]
    return chosen


def _postgresql(schema: str) -> list[str]:
    import psycopg

    server = os.environ["OSTROV_TEST_POSTGRES"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.execute(f"CREATE SCHEMA {schema}")
    return ["db.engine=postgresql", f"db.url={server}?options={quote(f'-csearch_path={schema}')}"]
