"""Migrations: each component owns a folder of Alembic scripts for its own tables, and a version table of its own.

Scripts are named `0001_what_it_does.py` with `revision = "0001"`, one straight line, so what a database still needs is read
from file names alone; Alembic and SQLAlchemy are imported only when there is something to do. Every script runs on SQLite and
on PostgreSQL, in one transaction a component. They lead forward only: an older version of the software does not start with
newer tables (`StoreNewer`), and the way back is the backup that was made before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ostrov.core.component import Component
from ostrov.core.errors import ProjectError, StoreNewer
from ostrov.core.store.connection import Connection

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

SCRIPT = re.compile(r"(\d{4})_\w+\.py")
LOCK = 0x05742076  # one migrator at a time on PostgreSQL


class Pending(NamedTuple):
    """A component whose tables are behind: the version they have ("" for none) and the one this software wants."""

    component: str
    have: str
    want: str


def pending(application: Ostrov) -> list[Pending]:
    """The components whose tables are behind. Raises StoreNewer when one is ahead of this software."""
    versions = application.store.read_sync(_versions, [c.name for c in _migrated(application)])
    behind = []
    for component in _migrated(application):
        have, want = versions[component.name], newest(component)
        if have > want:
            raise StoreNewer(
                f"the database was written by a newer version: {component.name} is at {have}, this software knows {want}",
                cause=f"database {application.store.path if application.store.dialect == 'sqlite' else 'of db.url'}",
                tip="install the newer version, or restore the backup that was made before it",
            )
        if have < want:
            behind.append(Pending(component.name, have, want))
    return behind


def migrate(application: Ostrov) -> list[Pending]:
    """Bring every component's tables to this version; what was done."""
    behind = pending(application)
    if behind:
        with _migrator(application) as connection:
            for component in _migrated(application):
                if any(step.component == component.name for step in behind):
                    _upgrade(connection, component)
    return behind


def newest(component: Component) -> str:
    """The newest revision a component has a script for."""
    found = [match[1] for path in folder(component).iterdir() if (match := SCRIPT.fullmatch(path.name))]
    return max(found, default="")


def folder(component: Component) -> Path:
    """The folder of a component's scripts. Raises ProjectError when its `migrations` names none."""
    package, _, name = component.migrations.partition(":")
    spec = find_spec(package)
    for location in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(location) / name).is_dir():
            return path
    raise ProjectError(f"component {component.name}: no migrations in {component.migrations}")


def _migrated(application: Ostrov) -> list[Component]:
    ordered: list[Component] = []

    def visit(component: Component) -> None:
        if component in ordered or not component.migrations:
            return
        for name in component.after:
            visit(application.components[name])
        ordered.append(component)

    for component in application.components.values():
        visit(component)
    return ordered


def _versions(connection: Connection, components: list[str]) -> dict[str, str]:
    if connection.dialect == "sqlite":
        tables = connection.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    else:
        tables = connection.rows("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    present = {name for (name,) in tables}
    return {
        name: (connection.value(f"SELECT version_num FROM {table}") or "") if (table := f"{name}_version") in present else ""
        for name in components
    }


@contextmanager
def _migrator(application: Ostrov) -> Iterator[Any]:
    import sqlalchemy

    store = application.store
    if store.dialect == "sqlite":
        raw = store.connect(synchronous="FULL").raw
        engine = sqlalchemy.create_engine("sqlite://", creator=lambda: raw, poolclass=sqlalchemy.pool.StaticPool)

        @sqlalchemy.event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        url = store.settings.url.replace("postgresql://", "postgresql+psycopg://", 1)
        engine = sqlalchemy.create_engine(url)
    try:
        with engine.begin() as connection:
            if store.dialect == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            yield connection
    finally:
        engine.dispose()


def _upgrade(connection: Any, component: Component) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(folder(component)))
    config.set_main_option("version_locations", str(folder(component)))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)

    def steps(revision: Any, _: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(config, script, fn=steps, destination_rev="head") as environment:
        environment.configure(
            connection=connection,
            version_table=f"{component.name}_version",
            transactional_ddl=True,
            transaction_per_migration=False,
        )
        environment.run_migrations()
