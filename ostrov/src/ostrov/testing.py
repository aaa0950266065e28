"""For tests of projects and components: a project in a temporary folder, on SQLite and on PostgreSQL, migrated and open.

Use it as a pytest plugin: `pytest_plugins = ["ostrov.testing"]`, then ask for the fixture `application`, which is a factory,
or `database`, which runs a test once on each database.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ostrov.core.application import Ostrov
from ostrov.core.store.testing import Databases, make_tables

if TYPE_CHECKING:
    from ostrov.run.tasks.worker_process import WorkerProcess

MakeDatabase = Callable[..., AbstractContextManager[str]]
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
    make_tables(application)
    await application.channel.start()
    try:
        yield application
    finally:
        await application.close()


@pytest.fixture
def components() -> Sequence[str] | None:
    """Whose tables a PostgreSQL `database` has from the start, beside Ostrov's own; override it: None is an empty database."""
    return ()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeDatabase]:
    """`with databases(components) as url`: a PostgreSQL database of one's own with the tables of these components."""
    folder = tmp_path_factory.mktemp("templates")
    made = Databases(os.environ[POSTGRES], lambda name, components: make_project(folder / name, components))
    yield made.one
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgresql"))])
def database(request: pytest.FixtureRequest, components: Sequence[str] | None) -> Iterator[list[str]]:
    """Settings overrides of a database without rows: the test runs once on each engine."""
    if request.param == "sqlite":
        yield ["db.engine=sqlite"]
        return
    with request.getfixturevalue("databases")(components) as url:
        yield ["db.engine=postgresql", f"db.url={url}"]


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
