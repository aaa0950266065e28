"""A database that a test is done with is as good as new for the next one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from ostrov.core.store.testing import Databases
from ostrov.testing import POSTGRES, make_project

pytestmark = pytest.mark.server("postgresql")
OPERATOR = "INSERT INTO operator (name, role, password, created_at) VALUES (%s, 'owner', '', 0) RETURNING id"
CONTENT = "SELECT (SELECT count(*) FROM operator), (SELECT version_num FROM core_version), (SELECT count(*) FROM audit)"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Databases that no other file uses."""
    tmp_path = tmp_path_factory.mktemp("templates")
    made = Databases(os.environ[POSTGRES], lambda name, components: make_project(tmp_path / name, components))
    yield made
    made.close()


def ask(url: str, statement: str, *values: Any) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement, values).fetchone()


def test_rows_numbers_and_what_migrations_wrote_are_as_they_were(own: Databases) -> None:
    with own.one(()) as first:
        before = ask(first, CONTENT)
        assert ask(first, OPERATOR, "vera") == (1,)
        ask(first, "UPDATE core_version SET version_num = 'of old' RETURNING 1")
    with own.one(()) as second:
        assert second == first
        assert ask(second, CONTENT) == before
        assert ask(second, OPERATOR, "boris") == (1,), "numbers begin anew"


def test_rows_that_a_trigger_holds_fast_go_too_and_the_next_are_held_fast_again(own: Databases) -> None:
    entry = "INSERT INTO audit VALUES (1, 0, 'done', 1, 'x', 'x', 'x', '', '{}', '', '') RETURNING id"
    with own.one(()) as url:
        ask(url, entry)
    with own.one(()) as url:
        assert ask(url, "SELECT count(*) FROM audit") == (0,)
        ask(url, entry)
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            ask(url, "DELETE FROM audit")


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE boat (id int)",
        "DROP TABLE operator",
        "ALTER TABLE operator ADD boat int",
        "CREATE INDEX boat ON operator (role)",
    ],
)
def test_one_whose_tables_were_altered_is_thrown_away(change: str, own: Databases) -> None:
    with own.one(()) as first, psycopg.connect(first, autocommit=True) as connection:
        connection.execute(change.encode())
    with own.one(()) as second:
        assert second != first
        assert ask(second, OPERATOR, "vera") == (1,)


def test_whoever_is_still_connected_is_put_out(own: Databases) -> None:
    with own.one(()) as first:
        left = psycopg.connect(first)
        left.execute("SELECT 1 FROM operator")
    with own.one(()) as second:
        assert second == first
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")


def test_two_at_once_are_two_databases(own: Databases) -> None:
    with own.one(()) as first, own.one(()) as second:
        assert first != second


def test_tables_that_refer_to_each_other_are_emptied_together(own: Databases) -> None:
    def more(url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE harbour (name text PRIMARY KEY)")
            connection.execute("CREATE TABLE ship (name text, harbour text REFERENCES harbour)")
            connection.execute("INSERT INTO ship VALUES ('aurora', NULL)")

    with own.one((), more) as first:
        ask(first, "INSERT INTO harbour VALUES ('north') RETURNING 1")
    with own.one((), more) as second:
        assert second == first
        assert ask(second, "SELECT count(*), (SELECT name FROM ship) FROM harbour") == (0, "aurora")
