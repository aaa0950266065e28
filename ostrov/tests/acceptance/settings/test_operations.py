"""Looking at the settings through the one door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ostrov import Actor, Ostrov, open_operations
from ostrov.core.errors import Denied, SettingsError
from ostrov.testing import running

OWNER = Actor("ann", frozenset({"*"}))
VIEWER = Actor("bob", frozenset({"*.view"}))
URL = "postgresql://ann:hunter2@h/db"


@asynccontextmanager
async def island(folder: Path) -> AsyncIterator[Ostrov]:
    (folder / "conf/db").mkdir(parents=True)
    (folder / "conf/db/sqlite.toml").write_text('engine = "sqlite"\n')
    (folder / ".secrets.toml").write_text('[extra]\nword = "hunter2"\n')
    async with running(folder, (), ["db.engine=sqlite", f"db.url={URL}", "db.pool=7"]) as application:
        yield application


async def call(application: Ostrov, name: str, actor: Actor = OWNER, surface: str = "http", **arguments: Any) -> Any:
    return (await application.part(open_operations).call(name, arguments, actor, surface)).result


async def test_show_tells_every_setting_masked(tmp_path: Path) -> None:
    async with island(tmp_path) as application:
        rows = await call(application, "config.show", VIEWER)
        assert {"key": "db.pool", "value": 7} in rows
        assert {"key": "extra.word", "value": "********"} in rows
        assert "hunter2" not in str(rows)


async def test_show_tells_origin_and_history_when_asked(tmp_path: Path) -> None:
    async with island(tmp_path) as application:
        assert await call(application, "config.show", origin=True, history=True, prefix="db.pool") == [
            {"key": "db.pool", "value": 7, "origin": "argument db.pool", "history": ["4 (default in code)"]}
        ]


async def test_show_refuses_a_prefix_that_is_nothing(tmp_path: Path) -> None:
    async with island(tmp_path) as application:
        with pytest.raises(SettingsError, match=r"unknown setting db\.pol"):
            await call(application, "config.show", prefix="db.pol")


async def test_get_masks_and_reveals_to_whom_may(tmp_path: Path) -> None:
    async with island(tmp_path) as application:
        assert await call(application, "config.get", VIEWER, key="extra.word") == "********"
        assert await call(application, "config.get", VIEWER, key="extra") == {"word": "********"}
        assert await call(application, "config.get", VIEWER, key="db.url") == "postgresql://ann:********@h/db"
        assert await call(application, "config.get", key="db.url", reveal=True) == URL
        assert await call(application, "config.get", key="extra.word", reveal=True) == "hunter2"
        with pytest.raises(Denied):
            await call(application, "config.get", VIEWER, key="extra.word", reveal=True)


async def test_revealing_is_audited_and_the_secret_is_not(tmp_path: Path) -> None:
    async with island(tmp_path) as application:
        await call(application, "config.get", key="extra.word", reveal=True)
        entries = await application.part(open_operations).audit(query="config.reveal")
        assert entries
        assert "hunter2" not in str(entries)
        assert "hunter2" not in str(await application.part(open_operations).runs())


async def test_nothing_is_revealed_in_chat(tmp_path: Path) -> None:
    async with island(tmp_path) as application:
        with pytest.raises(Exception, match=r"config\.reveal"):
            await call(application, "config.get", surface="chat", key="extra.word", reveal=True)


async def test_check_loads_every_option_of_every_group(tmp_path: Path) -> None:
    async with island(tmp_path) as application:
        rows = await call(application, "config.check", VIEWER)
        assert [row["layers"] for row in rows] == ["as they are", "with db=sqlite"]
        (tmp_path / "conf/db/broken.toml").write_text('engine = "postgresqll"\n')
        with pytest.raises(SettingsError) as caught:
            await call(application, "config.check", VIEWER)
        assert "conf/db/broken.toml:1" in caught.value.cause
