"""A PostgreSQL server that is away, refuses, or is named in vain."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ostrov.tests.integration.store.cups import count_cups

from ostrov.core.errors import SettingsError, StoreUnreachable
from ostrov.core.store import DatabaseSettings, Store
from ostrov.core.store.postgresql import translate
from ostrov.testing import POSTGRES, running


def test_an_unreachable_server_is_named_by_its_setting() -> None:
    store = Store(DatabaseSettings(engine="postgresql", url="postgresql://nobody:hush@127.0.0.1:1/x"), Path())
    with pytest.raises(StoreUnreachable) as caught:
        store.read_sync(count_cups)
    assert "db.url" in caught.value.tip
    assert "hush" not in str(caught.value)


@pytest.mark.server("postgresql")
def test_a_server_that_answers_and_refuses_is_told_apart() -> None:
    url = os.environ[POSTGRES].rpartition("/")[0] + "/there_is_no_such_database"
    store = Store(DatabaseSettings(engine="postgresql", url=url), Path())
    with pytest.raises(StoreUnreachable, match="does not let us in") as caught:
        store.read_sync(count_cups)
    assert "db.url" in caught.value.tip


def test_an_address_that_is_none_is_refused_without_being_repeated() -> None:
    for address in ("postgres:/ann:hush@127.0.0.1/x", "mysql://ann:hush@h/x", "hush"):
        with pytest.raises(SettingsError) as caught:
            Store(DatabaseSettings(engine="postgresql", url=address), Path())
        assert "hush" not in str(caught.value)
        assert "postgresql://" in caught.value.tip


async def test_a_server_that_is_named_and_would_not_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"db\.engine is sqlite") as caught:
        async with running(tmp_path, overrides=["db.url=postgresql://ann@127.0.0.1/x"]):
            pass
    assert "db.engine=postgresql" in caught.value.tip
    async with running(tmp_path, overrides=["db.url=postgresql://ann@127.0.0.1/x", "db.engine=sqlite"]) as application:
        assert application.store.dialect == "sqlite"


def test_placeholders_are_translated_outside_quotes_only() -> None:
    assert translate("SELECT '?', \"a?\", x % 2 FROM t WHERE a = ? AND b LIKE '50%'") == (
        "SELECT '?', \"a?\", x %% 2 FROM t WHERE a = %s AND b LIKE '50%%'"
    )
