"""What Ostrov's two contenders share: a project with one no-op task, driven from a program without an event loop."""

import os
from pathlib import Path

from ostrov import Component, Ostrov, task
from ostrov.core.store.migrations import migrate
from ostrov.testing import make_project


@task(name="noop")
async def noop(i: int) -> int:
    return i


component = Component(name="jobs", tasks=[noop])


class Ledger:
    """A project in `BENCH_WORK` on the given database."""

    def __init__(self, overrides: list[str]) -> None:
        folder = make_project(Path(os.environ["BENCH_WORK"]), ["contenders.ostrov:component"])
        listed = "\n".join(f'{key.split(".")[1]} = "{value}"' for key, _, value in (o.partition("=") for o in overrides))
        with (folder / "ostrov.toml").open("a") as settings:
            settings.write(f"\n[db]\n{listed}\n")
        if overrides:
            import psycopg

            with psycopg.connect(os.environ["BENCH_POSTGRES"], autocommit=True) as connection:
                connection.execute("DROP SCHEMA IF EXISTS bench_tasks CASCADE")
                connection.execute("CREATE SCHEMA bench_tasks")
        self.application = Ostrov.open(folder, environ={})
        migrate(self.application)

    def reset(self) -> None:
        def delete(connection):
            for table in ("task_run", "task_finished_run", "task_attempt"):
                connection.execute(f"DELETE FROM {table}")

        self.application.store.write_sync(delete)

    def enqueue(self, n: int) -> None:
        for i in range(n):
            noop.enqueue_sync(i=i)

    def enqueue_many(self, n: int) -> None:
        for begin in range(0, n, 1000):
            rows = [{"i": i} for i in range(begin, min(begin + 1000, n))]
            self.application.store.write_sync(noop.enqueue_many_in, rows)

    def done(self) -> int:
        return self.application.store.read_sync(lambda c: c.value("SELECT count(*) FROM task_finished_run"))
