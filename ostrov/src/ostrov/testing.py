"""For tests of projects and components: a project in a temporary folder, on SQLite and on PostgreSQL, migrated and open.

Use it as a pytest plugin: `pytest_plugins = ["ostrov.testing"]`, then ask for the fixture `application`, which is a factory,
or `database`, which runs a test once on each database.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from ostrov.core.application import Ostrov
from ostrov.core.store.migrations import migrate

if TYPE_CHECKING:
    from ostrov.run.tasks.worker_process import WorkerProcess

POSTGRES = "OSTROV_TEST_POSTGRES"
"""The environment variable that names a PostgreSQL server for tests, as `bin/services start` prints it."""


def make_project(folder: Path, components: Iterable[str] = (), name: str = "test") -> Path:
    """Write an `ostrov.toml` into `folder`; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(f'"{component}"' for component in components)
    (folder / "ostrov.toml").write_text(f'name = "{name}"\ncomponents = [{listed}]\n')
    return folder


@asynccontextmanager
async def running(folder: Path, components: Iterable[str] = (), overrides: Iterable[str] = ()) -> AsyncIterator[Ostrov]:
    """An open, migrated application of a project in `folder`; its channel is started."""
    application = Ostrov.open(make_project(folder, components), overrides, environ={})
    migrate(application)
    await application.channel.start()
    try:
        yield application
    finally:
        await application.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgresql"))])
def database(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Settings overrides of an empty database: the test runs once on each engine. PostgreSQL gets a schema of its own."""
    if request.param == "sqlite":
        yield ["db.engine=sqlite"]
        return
    import psycopg

    server = os.environ[POSTGRES]
    schema = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        try:
            yield ["db.engine=postgresql", f"db.url={server}?options={quote(f'-csearch_path={schema}')}"]
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


RunApplication = Callable[..., object]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[..., WorkerProcess]]:
    """Start a worker process for the project in `tmp_path`; all are ended after the test."""
    from ostrov.run.tasks.worker_process import WorkerProcess

    started: list[WorkerProcess] = []

    def start(overrides: list[str], *, ready: bool = True) -> WorkerProcess:
        worker = WorkerProcess(tmp_path, overrides, tmp_path / "workers.log")
        started.append(worker)
        if ready:
            worker.wait_ready()
        return worker

    yield start
    for worker in started:
        worker.close()
