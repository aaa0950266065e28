"""A database file that was removed, replaced, or is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from ostrov.tests.integration.store.cups import add_cup, count_cups, make_table

from ostrov.core.errors import StoreError, StoreUnreachable
from ostrov.core.store import DatabaseSettings, Store
from ostrov.testing import running


async def test_a_file_that_was_removed_takes_no_more_writes_until_it_is_back(tmp_path: Path) -> None:
    async with running(tmp_path) as application:
        store = application.store
        await store.write(make_table)
        await store.write(add_cup, 1)
        aside = store.path.rename(tmp_path / "aside.db")
        with pytest.raises(StoreUnreachable, match="is gone"):
            await store.write(add_cup, 2)
        with pytest.raises(StoreUnreachable, match="is gone"):
            store.write_sync(add_cup, 3)
        aside.rename(store.path)
        await store.write(add_cup, 4)
        assert await store.read(lambda c: c.rows("SELECT id FROM cup ORDER BY id")) == [(1,), (4,)]


async def test_a_file_that_was_replaced_takes_no_writes_of_those_who_had_the_old_one(tmp_path: Path) -> None:
    async with running(tmp_path) as application:
        store = application.store
        await store.write(make_table)
        store.path.rename(tmp_path / "aside.db")
        store.path.write_bytes(b"")
        with pytest.raises(StoreUnreachable) as caught:
            await store.write(add_cup, 1)
        assert "another file" in caught.value.cause


def test_what_runs_under_a_supervisor_makes_no_new_file_for_one_that_was_lost(tmp_path: Path) -> None:
    store = Store(DatabaseSettings(), tmp_path)
    store.creates = False
    with pytest.raises(StoreUnreachable, match="is gone"):
        store.read_sync(count_cups)
    assert not store.path.exists()


def test_a_file_that_is_no_database_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "ostrov.db").write_bytes(b"not a database, but long enough to look like a file of some sort" * 20)
    store = Store(DatabaseSettings(), tmp_path)
    with pytest.raises(StoreError) as caught:
        store.read_sync(count_cups)
    assert "damaged" in caught.value.error
    assert "ostrov.db" in str(caught.value)
    assert "backup" in caught.value.tip
