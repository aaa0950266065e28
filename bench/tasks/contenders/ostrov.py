"""What Ostrov's contenders share: a project with one no-op task, driven from a program without an event loop."""

import os
from pathlib import Path

from houses import settings_of
from process import until

from ostrov import Component, Ostrov, task
from ostrov.core.store.migrations import migrate
from ostrov.run.tasks.engines.remote import RemoteEngine
from ostrov.run.tasks.tasks import open_tasks
from ostrov.testing import make_project


@task(name="noop")
async def noop(i: int) -> int:
    return i


component = Component(name="jobs", tasks=[noop])


class Ledger:
    """A project in `BENCH_WORK`, its tasks on the given engine."""

    def __init__(self, house: str) -> None:
        folder = make_project(Path(os.environ["BENCH_WORK"]), ["contenders.ostrov:component"])
        sections: dict[str, list[str]] = {}
        for key, _, value in (setting.partition("=") for setting in settings_of(house, "bench_tasks")):
            section, name = key.split(".")
            sections.setdefault(section, []).append(f'{name} = "{value}"\n')
        with (folder / "ostrov.toml").open("a") as settings:
            settings.writelines(f"\n[{section}]\n{''.join(lines)}" for section, lines in sections.items())
        self.application = Ostrov.open(folder, environ={})
        migrate(self.application)
        self.engine = self.application.part(open_tasks).engine

    def reset(self) -> None:
        def delete(connection):
            for table in ("task_run", "task_finished_run", "task_attempt"):
                connection.execute(f"DELETE FROM {table}")

        self.application.store.write_sync(delete)
        if isinstance(self.engine, RemoteEngine):
            self.engine.call_sync(self.engine.purge())

    def enqueue(self, n: int) -> None:
        for i in range(n):
            noop.enqueue_sync(i=i)
        self._passed_on(n)

    def enqueue_many(self, n: int) -> None:
        for begin in range(0, n, 1000):
            rows = [{"i": i} for i in range(begin, min(begin + 1000, n))]
            self.application.store.write_sync(noop.enqueue_many_in, rows)
        self._passed_on(n)

    def done(self) -> int:
        return self.application.store.read_sync(lambda c: c.value("SELECT count(*) FROM task_finished_run"))

    def _passed_on(self, n: int) -> None:
        """Until the broker has them all."""
        engine = self.engine
        if isinstance(engine, RemoteEngine):
            until(lambda: engine.call_sync(engine.depth()) >= n, 10, 0.005)
