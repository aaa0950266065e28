"""For tests: the tables of a project in an empty database, copied from one that was migrated before.

Alembic needs a quarter of a second for a project of a hundred tables, PostgreSQL a second for their making; a copy needs a
hundredth of it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from ostrov.core.store.migrations import Pending, migrate, pending

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store.emptied import Remembered

JOURNAL = 18
"""Where the header of an SQLite file says how it is written (SQLite file format §1.3.3)."""
Kind = tuple[tuple[str, ...], Callable[[str], None] | None]
"""Whose tables a database has, and what made more of them."""
_files: dict[tuple[Pending, ...], bytes] = {}


def make_tables(application: Ostrov) -> None:
    """`migrate`; an empty SQLite database becomes a copy of the last one that the same components made."""
    behind = pending(application)
    if application.store.dialect != "sqlite" or not behind or any(step.have for step in behind):
        migrate(application)
        return
    key = tuple(behind)
    if key in _files:
        _fill(application, _files[key])
        return
    migrate(application)
    with closing(sqlite3.connect(application.store.path)) as connection:
        content = connection.serialize()
    _files[key] = content[:JOURNAL] + b"\1\1" + content[JOURNAL + 2 :]  # a copy in memory has no write-ahead log


def _fill(application: Ostrov, content: bytes) -> None:
    with closing(sqlite3.connect(":memory:")) as source, closing(sqlite3.connect(application.store.path)) as empty:
        empty.execute("PRAGMA synchronous = OFF")  # nothing is lost that a power cut could take: it is copied anew
        source.deserialize(content)
        source.backup(empty)


class Databases:
    """Databases of a PostgreSQL server, each for one test at a time.

    Those of the same components are copies of one template; one that a test is done with is brought back to what it was when
    the next test asks: whatever the last one had running has ended by then.
    """

    def __init__(self, url: str, project: Callable[[str, Sequence[str]], Path]) -> None:
        """`project(name, components)` is the folder of a project of these components."""
        self._server, _, _ = url.rpartition("/")
        self._url = url
        self._project = project
        self._templates: dict[Kind, tuple[str, Remembered]] = {}
        self._free: dict[Kind, list[str]] = defaultdict(list)

    @contextmanager
    def one(self, components: Sequence[str] | None, prepare: Callable[[str], None] | None = None) -> Iterator[str]:
        """The address of a database with the tables of these components, an empty one for None.

        `prepare`, called with the address of the template, makes more tables.
        """
        kind = None if components is None else (tuple(components), prepare)
        name = self._made(None) if kind is None else self._used(kind) or self._made(kind)
        try:
            yield f"{self._server}/{name}"
        finally:
            if kind is None:
                self._drop(name)
            else:
                self._free[kind].append(name)

    def close(self) -> None:
        """Drop them all."""
        for name in [*(template for template, _ in self._templates.values()), *chain(*self._free.values())]:
            self._drop(name)
        self._templates.clear()
        self._free.clear()

    def _made(self, kind: Kind | None) -> str:
        name = f"t_{uuid4().hex[:12]}"
        self._create(name, None if kind is None else self._template(kind)[0])
        return name

    def _used(self, kind: Kind) -> str | None:
        """One that a test is done with, as good as new; None when there is none."""
        import psycopg

        from ostrov.core.store.emptied import bring_back

        while self._free[kind]:
            name = self._free[kind].pop()
            with psycopg.connect(f"{self._server}/{name}", autocommit=True) as connection:
                if bring_back(connection, self._template(kind)[1]):
                    return name
            self._drop(name)
        return None

    def _template(self, kind: Kind) -> tuple[str, Remembered]:
        if kind not in self._templates:
            import psycopg

            from ostrov.core.application import Ostrov
            from ostrov.core.store.emptied import remember

            components, prepare = kind
            name = self._made(None)
            url = f"{self._server}/{name}"
            application = Ostrov.open(self._project(name, components), ["db.engine=postgresql", f"db.url={url}"], environ={})
            migrate(application)
            asyncio.run(application.close())
            if prepare:
                prepare(url)
            with psycopg.connect(url, autocommit=True) as connection:
                self._templates[kind] = name, remember(connection)
        return self._templates[kind]

    def _create(self, name: str, template: str | None) -> None:
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")

    def _drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql)
