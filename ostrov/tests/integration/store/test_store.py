"""The store's promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from ostrov.tests.integration.store.cups import add_cup, count_cups, make_table

from ostrov.core.errors import StoreBusy, StoreFull, StoreIntegrity
from ostrov.core.store import Connection, DatabaseSettings, Store
from ostrov.core.store.sqlite import ROWS, SqliteConnection
from ostrov.core.store.writer import Writer
from ostrov.testing import running


async def test_writes_that_wait_together_share_a_commit(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, overrides=database) as application:
        store = application.store
        await store.write(make_table)
        before, _ = store.commits
        assert await asyncio.gather(*[store.write(add_cup, i) for i in range(100)]) == list(range(100))
        commits, _ = store.commits
        assert commits - before <= 3
        assert await store.read(count_cups) == 100


async def test_the_log_of_a_writer_that_does_not_wait_for_the_disk_stays_small(tmp_path: Path) -> None:
    writer = Writer(lambda: SqliteConnection(tmp_path / "quick.db", synchronous="NORMAL"), 8)
    text = "raf " * 100

    def add(connection: Connection, first: int) -> None:
        connection.many("INSERT INTO cup VALUES (?, ?)", [(first + number, text) for number in range(100)])

    await writer.submit(make_table, ())
    for first in range(0, 100_000, 100):
        await writer.submit(add, (first,))
    for number in range(100):  # few rows, and large ones
        await writer.submit(add_cup, (200_000 + number, "raf " * 250_000))
    assert (tmp_path / "quick.db").stat().st_size > 40_000_000
    assert (tmp_path / "quick.db-wal").stat().st_size < 12_000_000
    await writer.close()


async def test_a_checkpoint_that_the_disk_refuses_makes_no_failure_of_what_is_committed(tmp_path: Path) -> None:
    class Refusing:
        """A connection of SQLite's on a disk that takes the log, and no page of the database."""

        def __init__(self, raw: sqlite3.Connection) -> None:
            self._raw = raw

        def __getattr__(self, name: str) -> object:
            return getattr(self._raw, name)

        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
            if "wal_checkpoint(" in sql:
                raise sqlite3.OperationalError("database or disk is full")
            return self._raw.execute(sql, *values)  # type: ignore[arg-type]

    def connect() -> SqliteConnection:
        connection = SqliteConnection(tmp_path / "quick.db", synchronous="NORMAL")
        connection.raw = Refusing(connection.raw)  # type: ignore[assignment]
        return connection

    writer = Writer(connect, 8)
    await writer.submit(make_table, ())
    rows = [(number, "raf") for number in range(ROWS + 1)]
    assert await writer.submit(lambda connection: connection.many("INSERT INTO cup VALUES (?, ?)", rows), ()) == len(rows)
    assert await writer.submit(count_cups, ()) == len(rows)
    await writer.close()


async def test_a_write_that_fails_leaves_nothing_and_takes_nobody_with_it(tmp_path: Path, database: list[str]) -> None:
    def add_two_and_fail(connection: Connection) -> None:
        add_cup(connection, 100)
        add_cup(connection, 1)

    async with running(tmp_path, overrides=database) as application:
        store = application.store
        await store.write(make_table)
        outcomes = await asyncio.gather(
            store.write(add_cup, 1), store.write(add_two_and_fail), store.write(add_cup, 2), return_exceptions=True
        )
        assert outcomes[0] == 1
        assert outcomes[2] == 2
        assert isinstance(outcomes[1], StoreIntegrity)
        assert await store.read(count_cups) == 2


async def test_callbacks_run_after_the_commit_and_never_for_what_was_undone(tmp_path: Path, database: list[str]) -> None:
    called: list[str] = []

    def write(connection: Connection, id: int, fail: bool) -> None:
        add_cup(connection, id)
        connection.after_commit(lambda: called.append(f"cup {id}"))
        if fail:
            raise ValueError("spilt")

    async with running(tmp_path, overrides=database) as application:
        store = application.store
        await store.write(make_table)
        await asyncio.gather(store.write(write, 1, False), store.write(write, 2, True), return_exceptions=True)
        with pytest.raises(ValueError, match="spilt"):
            store.write_sync(write, 3, True)
        store.write_sync(write, 4, False)
        assert called == ["cup 1", "cup 4"]


async def test_a_failed_savepoint_undoes_its_own_part_only(tmp_path: Path, database: list[str]) -> None:
    def write(connection: Connection) -> None:
        add_cup(connection, 1)
        with contextlib.suppress(ValueError), connection.savepoint():
            add_cup(connection, 2)
            raise ValueError("spilt")
        add_cup(connection, 3)

    async with running(tmp_path, overrides=database) as application:
        await application.store.write(make_table)
        await application.store.write(write)
        assert await application.store.read(lambda c: c.rows("SELECT id FROM cup ORDER BY id")) == [(1,), (3,)]


async def test_threads_and_the_loop_write_side_by_side(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path, overrides=database) as application:
        store = application.store
        await store.write(make_table)
        await asyncio.gather(
            *[store.write(add_cup, i) for i in range(50)],
            *[asyncio.to_thread(store.write_sync, add_cup, i) for i in range(50, 80)],
        )
        assert await store.read(count_cups) == 80


async def test_the_loop_answers_while_another_process_holds_the_write_lock(tmp_path: Path) -> None:
    async with running(tmp_path, overrides=["db.busy_timeout=5"]) as application:
        store = application.store
        await store.write(make_table)
        other = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(store.write(add_cup, 1))
        for _ in range(50):  # the loop turns although the write cannot begin
            await asyncio.sleep(0)
        assert await store.read(count_cups) == 0
        assert not writing.done()
        other.execute("COMMIT")
        assert await writing == 1


async def test_a_lock_held_too_long_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    async with running(tmp_path, overrides=["db.busy_timeout=0.05"]) as application:
        store = application.store
        await store.write(make_table)
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="busy"):
            await store.write(add_cup, 1)
        other.execute("ROLLBACK")
        assert await store.write(add_cup, 1) == 1


async def test_a_full_disk_refuses_clearly_and_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    async with running(tmp_path) as application:
        store = application.store
        await store.write(make_table)
        await store.write(add_cup, 1)
        limit = "PRAGMA max_page_count=1"  # SQLite's own word for a disk that is full
        await store.write(lambda connection: connection.rows(limit))
        with pytest.raises(StoreFull, match="full"):
            await store.write(add_cup, 2, "x" * 1_000_000)
        await store.write(lambda connection: connection.rows("PRAGMA max_page_count=1000000"))
        await store.write(add_cup, 3)
        assert await store.read(lambda c: c.rows("SELECT id FROM cup ORDER BY id")) == [(1,), (3,)]


@pytest.mark.long
def test_a_killed_process_loses_no_acknowledged_write(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import asyncio, sys
        from pathlib import Path
        from ostrov.core.store import DatabaseSettings, Store

        def add(connection, id):
            connection.execute("INSERT INTO cup (id) VALUES (?)", (id,))

        async def main():
            store = Store(DatabaseSettings(), Path(sys.argv[1]))
            first = (store.read_sync(lambda c: c.value("SELECT max(id) FROM cup")) or 0) + 1
            async def one(id):
                await store.write(add, id)
                print(id, flush=True)
            for start in range(first, first + 100_000, 20):
                await asyncio.gather(*[one(id) for id in range(start, start + 20)])

        asyncio.run(main())
        """
    )
    store = Store(DatabaseSettings(), tmp_path)
    store.write_sync(lambda c: c.execute("CREATE TABLE cup (id INTEGER PRIMARY KEY)"))
    acknowledged: set[int] = set()
    for lines in (1, 57, 133, 400):
        child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(lines):
            acknowledged.add(int(child.stdout.readline()))
        child.kill()
        acknowledged |= {int(line) for line in child.stdout if line.endswith("\n")}
        child.wait()
        kept = {id for (id,) in store.read_sync(lambda c: c.rows("SELECT id FROM cup"))}
        assert acknowledged <= kept
    asyncio.run(store.close())
