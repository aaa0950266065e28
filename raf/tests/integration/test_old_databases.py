"""Databases that an older Raf wrote: each revision of the tables, with rows, becomes the newest and loses nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ostrov import Component, Ostrov
from ostrov.core.store import migrations
from ostrov.testing import make_project, running
from raf.identity.passwords import Passwords
from raf.identity.settings import IdentitySettings
from raf.web.testing import PASSWORD, visitors

SCRIPTS = sorted((Path(__file__).parents[2] / "src/raf/migrations").glob("0*.py"))
REVISIONS = [path.name[:4] for path in SCRIPTS]
INDEX = ("search_post_words", "search_person_words")
"""The words of the search, in tables of each database's own kind; made anew from the posts by `raf rebuild`."""
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def components() -> None:
    """The databases are empty."""


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`only("0004")`: the software knows no later revision of Raf's tables."""
    whole = migrations.folder

    def limit(revision: str) -> None:
        scripts = tmp_path / "scripts" / revision
        scripts.mkdir(parents=True)
        for path in SCRIPTS:
            if path.name[:4] <= revision:
                shutil.copy(path, scripts)

        def folder(component: Component) -> Path:
            return scripts if component.name == "raf" else whole(component)

        monkeypatch.setattr(migrations, "folder", folder)

    return limit


@contextmanager
def opened(tmp_path: Path, database: list[str]) -> Iterator[tuple[Ostrov, sa.Engine]]:
    application = Ostrov.open(make_project(tmp_path / "project", ["raf"]), database, environ={})
    url = application.store.settings.url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(url if application.store.dialect == "postgresql" else f"sqlite:///{application.store.path}")
    try:
        yield application, engine
    finally:
        engine.dispose()


def tables(connection: sa.Connection) -> dict[str, sa.Table]:
    """What is there now, but Alembic's marks and the index of the search."""
    found = sa.MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith(INDEX) and not name.endswith("_version"))
    return dict(found.tables)


def made_up(table: sa.Table, number: int) -> dict[str, Any]:
    """A row with something in every column, unlike that of another number."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if isinstance(column.type, sa.LargeBinary):
            values[column.name] = f"{table.name} {column.name} {number}".encode()
        elif isinstance(column.type, sa.Integer):
            values[column.name] = number
        elif isinstance(column.type, sa.Float):
            values[column.name] = 1.7e9 + number + 0.25
        else:
            values[column.name] = f"{column.name} {number} ёж"
    return values


def kept(connection: sa.Connection, table: sa.Table, columns: list[str]) -> list[dict[str, Any]]:
    chosen = sa.select(*[table.c[name] for name in columns])
    return sorted((dict(row._mapping) for row in connection.execute(chosen)), key=repr)


@pytest.mark.long
def test_rows_of_every_revision_are_whole_at_the_newest(tmp_path: Path, database: list[str], only: Any) -> None:
    written: Rows = {}
    for revision in REVISIONS:
        only(revision)
        with opened(tmp_path, database) as (application, engine):
            empty = not written
            migrations.migrate(application)
            with engine.begin() as connection:
                ours = tables(connection)
                if empty:
                    others = set(ours) - tables_of_first(connection, ours)
                for name, table in ours.items():
                    if name not in written and name not in others:
                        written[name] = [made_up(table, number) for number in (1, 2)]
                        connection.execute(table.insert(), written[name])
    with opened(tmp_path, database) as (application, engine), engine.begin() as connection:
        assert migrations.pending(application) == []
        now = tables(connection)
        for name, rows in written.items():
            assert kept(connection, now[name], list(rows[0])) == sorted(rows, key=repr), name
        credentials = kept(connection, now["credential"], ["created_at", "confirmed_at"])
        assert all(row["confirmed_at"] == row["created_at"] for row in credentials), "who was here has nothing to prove"
        assert [row["used"] for row in kept(connection, now["oauth_application"], ["used"])] == [1, 1]
    assert len(written) > 70


def tables_of_first(connection: sa.Connection, ours: dict[str, sa.Table]) -> set[str]:
    """The tables that Raf's first revision makes, among those of the house."""
    text = SCRIPTS[0].read_text()
    return {name for name in ours if f'"{name}"' in text}


async def test_who_was_there_logs_in_and_finds_their_posts(
    tmp_path: Path, database: list[str], only: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = ["raf.identity.argon2_memory=64", "raf.identity.argon2_time=1", "web.url=http://raf.test"]
    passwords = Passwords(IdentitySettings(argon2_memory=64, argon2_time=1))
    hashed = await passwords.hash(PASSWORD)
    passwords.close()
    whole = migrations.folder
    with opened(tmp_path, database) as (application, engine):
        only("0002")
        migrations.migrate(application)
        with engine.begin() as connection:
            old = tables(connection)
            own = {
                "id": 1,
                "username": "anna",
                "name_key": "anna",
                "display_name": "Анна",
                "display_key": "анна",
                "created_at": 1.7e9,
            }
            connection.execute(old["account"].insert(), own | {"statuses_count": 1})
            connection.execute(
                old["credential"].insert(),
                {"account_id": 1, "username": "anna", "email": "anna@example.org", "email_key": "anna@example.org"}
                | {"password": hashed, "locale": "en", "created_at": 1.7e9, "password_changed_at": 1.7e9},
            )
            said = {"id": 2, "account_id": 1, "created_at": 1.7e9, "conversation_id": 2, "text": "old beans"}
            connection.execute(old["status"].insert(), said | {"content": "<p>old beans</p>", "visibility": "public"})
    monkeypatch.setattr(migrations, "folder", whole)
    async with running(tmp_path / "project", ["raf"], [*database, *quick]) as application, visitors(application) as site:
        anna = site.visitor()
        page = await (await anna.get("/log-in")).submit("/log-in", name="anna", password=PASSWORD)
        assert page.path == "/home"
        assert "old beans" in (await anna.get("/@anna")).text
        await anna.write("new beans")
        page = await site.visitor().get("/@anna")
        assert "old beans" in page.text
        assert "new beans" in page.text
