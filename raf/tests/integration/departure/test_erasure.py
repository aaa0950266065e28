"""What becomes of each place where an account's number can stand, when its person is gone: erased, or kept for a reason."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path
from typing import Any

from ostrov import Connection, run_tasks
from raf.departure.departure import open_departure
from raf.media.library import GRACE
from raf.testing import network, tables

from raf.tests.integration.lives import PASSWORD, SECRETS, live, member  # isort: skip

NAMED = re.compile(r"(account|target|moderator|actor|assigned|.*_by)_id|.*_(account|target)_id")
MODERATION = "what moderators wrote down, and what they were told of others"
OF_OTHERS = "in what others said; it goes when they delete it, and leads to an empty account"
KEPT = {
    "account.id": "its name, which nobody is to get again",
    "departure.account_id": "that it is gone",
    "tombstone.account_id": "that its posts are gone, whoever asks for them",
    "status.in_reply_to_account_id": OF_OTHERS,
    "mention.account_id": OF_OTHERS,
    "quote.quoted_account_id": OF_OTHERS,
    "canonical_email_block.account_id": "whom moderators shut out shall not come in again; it is a digest",
    **dict.fromkeys(
        (
            *("report.account_id", "report.target_id", "report.assigned_id", "report.resolved_by_id"),
            *("report_note.account_id", "strike.account_id", "strike.moderator_id", "moderation_act.actor_id"),
            *("appeal.account_id", "appeal.decided_by_id"),
        ),
        MODERATION,
    ),
}


def columns(connection: Connection) -> dict[str, list[tuple[str, str, bool]]]:
    """By table: columns as (name, type, whether it must be filled)."""
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for table in tables(connection):
        if connection.dialect == "sqlite":
            rows = connection.rows(f'PRAGMA table_info("{table}")')
            found[table] = [(row[1], row[2].lower(), bool(row[3] or row[5]) and row[4] is None) for row in rows]
        else:
            sql = (
                "SELECT column_name, data_type, is_nullable = 'NO' AND column_default IS NULL FROM information_schema.columns"
                " WHERE table_schema = current_schema() AND table_name = ?"
            )
            found[table] = [(str(name), str(kind), bool(needed)) for name, kind, needed in connection.rows(sql, (table,))]
    return found


def places(connection: Connection) -> dict[str, tuple[str, str]]:
    """Where the number of an account may stand: `table.column`."""
    found = {
        f"{table}.{name}": (table, name)
        for table, all_ in columns(connection).items()
        for name, _, _ in all_
        if NAMED.fullmatch(name)
    }
    return {**found, "account.id": ("account", "id")}


def holding(connection: Connection, account_id: int) -> set[str]:
    """The places where this account's number stands."""
    sql = 'SELECT 1 FROM "{}" WHERE "{}" = ? LIMIT 1'
    return {
        place for place, where in places(connection).items() if connection.row(sql.format(*where), (account_id,)) is not None
    }


NUMBERS = itertools.count(10**15)


def plant(connection: Connection, account_id: int) -> None:
    """Write a row with the account's number into every place that has none: nothing may be missed for being seldom used."""
    shape = columns(connection)
    for place, (table, column) in places(connection).items():
        if place in holding(connection, account_id):
            continue
        filled: dict[str, Any] = {column: account_id}
        for name, kind, needed in shape[table]:
            if needed and name != column:
                number = next(NUMBERS)
                is_number = any(word in kind for word in ("int", "double", "float", "numeric", "real"))
                filled[name] = number % 1000 if kind == "smallint" else number if is_number else f"axolotl {number}"
                if any(word in kind for word in ("blob", "bytea", "binary")):
                    filled[name] = str(number).encode()
        marks = ", ".join("?" * len(filled))
        names = ", ".join(f'"{name}"' for name in filled)
        connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(filled.values()))


def telling(connection: Connection) -> set[str]:
    """Tables that still hold a secret word, but for what moderators keep."""
    found = set()
    for table, all_ in columns(connection).items():
        if table.startswith("task_") or table in ("report", "search_post_words", "search_person_words"):
            continue
        said_to_moderators = " WHERE topic <> 'raf.report_filed'" if table == "stored_events" else ""
        texts = ", ".join(f'"{name}"' for name, kind, _ in all_ if not any(word in kind for word in ("int", "double", "float")))
        for row in connection.rows(f'SELECT {texts} FROM "{table}"{said_to_moderators}') if texts else ():
            words = " ".join(
                bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value) for value in row
            )
            found |= {f"{table}: {secret}" for secret in SECRETS if secret.lower() in words}
    return found


def _text(value: Any) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)


def files(folder: Path) -> list[Path]:
    """Pictures, archives and what is being made of them."""
    return [path for name in ("media", "archives") for path in (folder / name).rglob("*") if path.is_file()]


async def test_every_place_of_an_account_is_erased_or_kept_for_a_reason(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path / "house", database) as raf:
        anna, vera, mod = [await member(raf, name) for name in ("anna", "vera", "judith")]
        await live(raf, anna, vera, mod, tmp_path)
        assert await raf.store.read(telling) != set()
        await raf.store.write(plant, anna)
        assert await raf.store.read(holding, anna) == set(await raf.store.read(places))
        await raf.application.part(open_departure).close(anna, PASSWORD)
        await run_tasks(raf.application)
        left = await raf.store.read(holding, anna)
        assert left - set(KEPT) == set(), "erase it in raf.departure, or say here why it is kept"
        assert set(KEPT) - left <= {"status.in_reply_to_account_id", "mention.account_id", "quote.quoted_account_id"}
        assert await raf.store.read(telling) == set()
        assert await raf.store.read(lambda connection: raf.events.streams(connection, f"t{anna}.")) == []


async def test_no_file_of_it_stays_for_longer_than_others_need_to_take_it_over(tmp_path: Path) -> None:
    async with network(tmp_path / "house") as raf:
        anna, vera, mod = [await member(raf, name) for name in ("anna", "vera", "judith")]
        await live(raf, anna, vera, mod, tmp_path)
        assert len(files(raf.application.data_dir)) >= 7
        await raf.application.part(open_departure).close(anna, PASSWORD)
        await run_tasks(raf.application)
        for path in files(raf.application.data_dir):
            os.utime(path, (0, 0))
        await run_tasks(raf.application, ahead=GRACE + 120)
        assert files(raf.application.data_dir) == []
