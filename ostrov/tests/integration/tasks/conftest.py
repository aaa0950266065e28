"""What tests of two transactions on PostgreSQL share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest

from ostrov import Ostrov
from ostrov.core.store.postgresql import PostgresConnection

Pair = tuple[PostgresConnection, PostgresConnection]


@pytest.fixture
def postgresql(database: list[str]) -> list[str]:
    """Settings of a project on PostgreSQL."""
    if database == ["db.engine=sqlite"]:
        pytest.skip("SQLite has one writer at a time")
    return database


@pytest.fixture
def two_transactions() -> Callable[[Ostrov], AbstractContextManager[Pair]]:
    """Begin two transactions on an application's database."""

    @contextmanager
    def begin(application: Ostrov) -> Iterator[Pair]:
        one, two = application.store.connect(), application.store.connect()
        assert isinstance(one, PostgresConnection)
        assert isinstance(two, PostgresConnection)
        with closing(one), closing(two):
            one.begin()
            two.begin()
            yield one, two

    return begin
