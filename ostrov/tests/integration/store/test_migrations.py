"""Migrations: each component's own line, on both databases."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ostrov.core.application import Ostrov
from ostrov.core.errors import StoreNewer
from ostrov.core.store.migrations import Pending, migrate, pending
from ostrov.testing import make_project

FIRST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.create_table("bean", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("name", sa.Text, nullable=False))
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.add_column("bean", sa.Column("origin", sa.Text, nullable=False, server_default=""))
"""
BROKEN = SECOND + "    op.execute('SELECT nothing FROM nowhere')\n"


@pytest.fixture
def components() -> None:
    """The databases are empty."""


@pytest.fixture
def roastery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A component in a package of its own; the folder of its migrations."""
    name = f"roastery_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / "code" / name / "migrations"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("")
    (folder.parent / "component.py").write_text(
        f"from ostrov import Component\ncomponent = Component(name='roastery', migrations='{name}:migrations')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    make_project(tmp_path / "project", [name])
    yield folder
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]


def open_at(tmp_path: Path, database: list[str]) -> Ostrov:
    return Ostrov.open(tmp_path / "project", database, environ={})


def own(steps: list[Pending]) -> list[Pending]:
    return [step for step in steps if step.component == "roastery"]


async def test_tables_come_to_the_newest_version_step_by_step(roastery: Path, tmp_path: Path, database: list[str]) -> None:
    (roastery / "0001_first.py").write_text(FIRST)
    application = open_at(tmp_path, database)
    assert own(pending(application)) == [Pending("roastery", "", "0001")]
    assert own(migrate(application)) == [Pending("roastery", "", "0001")]
    assert migrate(application) == []
    application.store.write_sync(lambda c: c.execute("INSERT INTO bean (id, name) VALUES (1, 'arabica')"))
    (roastery / "0002_second.py").write_text(SECOND)
    assert own(migrate(application)) == [Pending("roastery", "0001", "0002")]
    assert application.store.read_sync(lambda c: c.rows("SELECT id, name, origin FROM bean")) == [(1, "arabica", "")]
    await application.close()


async def test_a_database_of_a_newer_version_is_refused_and_untouched(
    roastery: Path, tmp_path: Path, database: list[str]
) -> None:
    (roastery / "0001_first.py").write_text(FIRST)
    (roastery / "0002_second.py").write_text(SECOND)
    application = open_at(tmp_path, database)
    migrate(application)
    (roastery / "0002_second.py").unlink()
    with pytest.raises(StoreNewer, match="roastery is at 0002, this software knows 0001") as caught:
        migrate(application)
    assert "newer" in caught.value.tip
    await application.close()


async def test_a_migration_that_fails_changes_nothing(roastery: Path, tmp_path: Path, database: list[str]) -> None:
    (roastery / "0001_first.py").write_text(FIRST)
    application = open_at(tmp_path, database)
    migrate(application)
    (roastery / "0002_broken.py").write_text(BROKEN)
    with pytest.raises(Exception, match="nowhere"):
        migrate(application)
    assert own(pending(application)) == [Pending("roastery", "0001", "0002")]
    application.store.write_sync(lambda c: c.execute("INSERT INTO bean (id, name) VALUES (1, 'arabica')"))
    with pytest.raises(Exception, match="origin"):
        application.store.read_sync(lambda c: c.rows("SELECT origin FROM bean"))
    await application.close()
