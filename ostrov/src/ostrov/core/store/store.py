"""Reading and writing the project's database: `await store.read(function, …)` and `await store.write(function, …)`.

A function takes a Connection first and is plain, synchronous SQL: the same one serves both databases, the event loop,
threads, the command line and tests.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from ostrov.core.errors import SettingsError
from ostrov.core.store.connection import Connection, Dialect, raise_explained
from ostrov.core.store.settings import DatabaseSettings
from ostrov.core.store.sqlite import SqliteConnection

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov
    from ostrov.core.store.postgresql import PostgresConnection
    from ostrov.core.store.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")
ADDRESS = "postgresql://user:password@host/database"


class Store:
    """The database of a project, opened lazily: readers and one group-committing writer a process."""

    def __init__(self, settings: DatabaseSettings, folder: Path) -> None:
        self.settings = settings
        self.dialect: Dialect = settings.engine
        self.path = folder / settings.path
        if settings.engine == "postgresql" and not settings.url:
            raise SettingsError("db.url is empty", tip=f"set db.url={ADDRESS}")
        if settings.engine == "postgresql" and not settings.url.startswith("postgresql://"):
            raise SettingsError("db.url is no address of PostgreSQL", tip=f"it looks like {ADDRESS}")  # may hold a password
        self.creates = True
        """SQLite: whether a missing file is made. Not by what runs under a supervisor, which made it: there it was lost."""
        self._reader: SqliteConnection | None = None
        self._writer: Writer | None = None
        self._local = threading.local()
        self._opened: list[Connection] = []
        self._pool: ThreadPoolExecutor | None = None

    def connect(self, *, synchronous: str | None = None, read_only: bool = False) -> SqliteConnection | PostgresConnection:
        """A connection of the caller's own, to be closed by it. `synchronous` overrides the setting (SQLite only)."""
        if self.dialect == "sqlite":
            return SqliteConnection(
                self.path,
                synchronous=synchronous or self.settings.synchronous,
                busy_timeout=self.settings.busy_timeout,
                read_only=read_only,
                create=self.creates,
            )
        from ostrov.core.store.postgresql import PostgresConnection

        return PostgresConnection(self.settings.url, busy_timeout=self.settings.busy_timeout)

    @property
    def reader(self) -> SqliteConnection:
        """SQLite: the event loop's own connection for reading, for code too hot for `read`."""
        if self._reader is None:
            self._reader = SqliteConnection(
                self.path,
                synchronous="NORMAL",
                busy_timeout=self.settings.busy_timeout,
                read_only=self.path.exists(),
                create=self.creates,
            )
            self._opened.append(self._reader)
        return self._reader

    async def read(self, function: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs) -> T:
        """`function(connection, …)`: in the loop on SQLite, in a pool thread on PostgreSQL."""
        if self.dialect == "sqlite":
            try:
                return function(self.reader, *arguments, **options)
            except sqlite3.Error as problem:
                raise_explained(self.reader, problem)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.settings.pool, thread_name_prefix="store-reader")
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: self.read_sync(function, *arguments, **options)
        )

    async def write(self, function: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs) -> T:
        """`function(connection, …)` in a transaction, back when it is durable. Waiting writes share one commit.

        What the function raises undoes its own writes only. Keep it short and free of waiting: it holds the write lock.
        """
        if self._writer is None:
            from ostrov.core.store.writer import Writer

            self._writer = Writer(self.connect, self.settings.batch)
        if options:
            keywords = options

            def called(connection: Connection, *values: Any) -> T:
                return function(connection, *values, **keywords)

            outcome = await self._writer.submit(called, arguments)
        else:
            outcome = await self._writer.submit(function, arguments)
        result: T = outcome
        return result

    def read_sync(self, function: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs) -> T:
        """The same from a thread or a program without an event loop."""
        connection = self._of_thread()
        try:
            return function(connection, *arguments, **options)
        except Exception as problem:
            raise_explained(connection, problem)

    def write_sync(self, function: Callable[Concatenate[Connection, P], T], *arguments: P.args, **options: P.kwargs) -> T:
        """The same from a thread or a program without an event loop: a transaction of its own."""
        connection = self._of_thread()
        try:
            connection.begin()
            try:
                result = function(connection, *arguments, **options)
            except BaseException:
                connection.rollback()
                raise
            callbacks = connection.commit()
        except Exception as problem:
            raise_explained(connection, problem)
        for callback in callbacks:
            callback()
        return result

    @property
    def commits(self) -> tuple[int, int]:
        """(commits, commands) of this process's writer so far."""
        return (self._writer.commits, self._writer.commands) if self._writer else (0, 0)

    async def close(self) -> None:
        """Finish the queued writes and close every connection."""
        if self._writer is not None:
            await self._writer.close()
            self._writer = None
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
        while self._opened:
            self._opened.pop().close()
        self._reader = None
        self._local = threading.local()

    def _of_thread(self) -> SqliteConnection | PostgresConnection:
        connection: SqliteConnection | PostgresConnection | None = getattr(self._local, "connection", None)
        if connection is not None and self.dialect == "postgresql" and connection.raw.closed:  # type: ignore[union-attr]
            connection = None
        if connection is None:
            connection = self._local.connection = self.connect()
            self._opened.append(connection)
        return connection


def open_store(application: Ostrov) -> Store:
    """The store of an application, closed with it. Raises SettingsError when an address is given that nothing would use."""
    engine = application.tree.origin("db.engine")
    if application.settings.db.url and application.settings.db.engine == "sqlite" and engine.startswith("default"):
        raise SettingsError(
            "db.url names a server, but db.engine is sqlite",
            cause=f"{application.tree.origin('db.url')}; nothing says db.engine",
            tip="add db.engine=postgresql, or db.engine=sqlite to keep the file",
        )
    store = Store(application.settings.db, application.data_dir)
    application.on_close(store.close)
    return store
