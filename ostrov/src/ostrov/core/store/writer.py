"""Group commit: every write of a process shares one connection, and writes that arrive together share one commit.

A commit costs an fsync, a statement some microseconds. So up to `batch` waiting commands run in one transaction, each in a
savepoint of its own; then the commit waits for the disk in a thread while the event loop goes on reading and collecting the
next batch. Only the commit leaves the loop: handing single statements to a thread costs more than they do (the GIL is
handed over at each). With `synchronous` below FULL a commit does not wait for the disk and stays in the loop, too, which
starts a run 0.1 ms earlier; the checkpoints, which do wait, are done in the thread.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from ostrov.core.store.connection import raise_explained
from ostrov.core.store.sqlite import SqliteConnection

if TYPE_CHECKING:
    from ostrov.core.store.postgresql import PostgresConnection  # its driver is 9 MB that a process on SQLite has no use for

Command = tuple[Callable[..., Any], tuple[Any, ...], "asyncio.Future[Any]"]
Outcome = tuple["asyncio.Future[Any]", Any, BaseException | None]


class Writer:
    """The write queue of one process. `submit` returns once the command's transaction is durable."""

    def __init__(self, connect: Callable[[], SqliteConnection | PostgresConnection], batch: int) -> None:
        self._connect = connect
        self._batch = batch
        self._queue: deque[Command] = deque()
        self._connection: SqliteConnection | PostgresConnection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._draining: asyncio.Task[None] | None = None
        self.commits = 0
        self.commands = 0

    def submit(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> asyncio.Future[Any]:
        """Queue `function(connection, *arguments)`; the future holds its result after the commit, or its error."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._queue.append((function, arguments, future))
        if self._draining is None or self._draining.done():
            self._draining = loop.create_task(self._drain())
        return future

    async def close(self) -> None:
        """Write what is queued, then close."""
        if self._draining is not None:
            await asyncio.wait([self._draining])
        if self._connection is not None:
            await self._in_thread(self._connection.close)
            self._connection = None
        self._thread.shutdown()

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    async def _drain(self) -> None:
        while self._queue:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), self._batch))]
            batch = [command for command in batch if not command[2].cancelled()]
            try:
                if self._connection is None:
                    self._connection = await self._in_thread(self._connect)
                    if isinstance(self._connection, SqliteConnection):
                        self._connection.leave_checkpoints_to_me()
                outcomes, callbacks = await self._run(self._connection, batch)
            except BaseException as problem:  # the transaction is gone: nobody was acknowledged
                for _, _, future in batch:
                    _resolve(future, None, problem)
                self._forget_broken_connection()
                if not isinstance(problem, Exception):
                    raise
                continue
            self.commits += 1
            self.commands += len(batch)
            for callback in callbacks:
                callback()
            for future, result, error in outcomes:
                _resolve(future, result, error)

    async def _run(
        self, connection: SqliteConnection | PostgresConnection, batch: list[Command]
    ) -> tuple[list[Outcome], list[Callable[[], Any]]]:
        if not isinstance(connection, SqliteConnection):
            outcomes, callbacks = await self._in_thread(_whole, connection, batch)
            return outcomes, callbacks
        if not connection.try_begin():
            await self._in_thread(connection.begin)
        try:
            outcomes = _commands(connection, batch)
        except BaseException:
            connection.rollback()
            raise
        if not connection.quick:
            return outcomes, await self._in_thread(connection.commit)
        callbacks = connection.commit()
        if connection.checkpoint_is_due():
            await self._in_thread(connection.checkpoint)
        return outcomes, callbacks

    def _forget_broken_connection(self) -> None:
        connection = self._connection
        if connection is not None and not isinstance(connection, SqliteConnection) and connection.raw.broken:
            self._connection = None


def _whole(connection: PostgresConnection, batch: list[Command]) -> tuple[list[Outcome], list[Callable[[], Any]]]:
    connection.begin()
    try:
        outcomes = _commands(connection, batch)
    except BaseException:
        connection.rollback()
        raise
    return outcomes, connection.commit()


def _commands(connection: SqliteConnection | PostgresConnection, batch: list[Command]) -> list[Outcome]:
    """Run each command in a savepoint, so one that fails leaves no trace in the transaction of the others."""
    outcomes: list[Outcome] = []
    for function, arguments, future in batch:
        try:
            with connection.savepoint():
                result = function(connection, *arguments)
        except Exception as problem:
            if isinstance(connection, SqliteConnection):
                if not connection.raw.in_transaction:  # SQLite undid the whole transaction (disk full, I/O error)
                    raise_explained(connection, problem)
            elif connection.raw.broken:
                raise_explained(connection, problem)
            outcomes.append((future, None, connection.explained(problem)))
        else:
            outcomes.append((future, result, None))
    return outcomes


def _resolve(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
