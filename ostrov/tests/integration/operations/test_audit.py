"""The audit tells when it was tampered with."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ostrov import Connection, Ostrov, Store
from ostrov.core.errors import StoreError
from ostrov.core.operations import audit, runs
from ostrov.testing import running

from .conftest import SHELL, OpenHarbour

ROWS = 12


def write(connection: Connection, count: int = ROWS, actor: str = "ann") -> None:
    for number in range(count):
        audit.append(connection, "started", operation="ships.add", actor=actor, surface="cli", detail={"n": number})


def unlock(connection: Connection) -> None:
    """What somebody who owns the database does first."""
    if connection.dialect == "sqlite":
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER audit_no_{verb}")
    else:
        connection.execute("DROP TRIGGER audit_append_only ON audit")


def tampering(*statements: str) -> Callable[[Connection], None]:
    def tamper(connection: Connection) -> None:
        unlock(connection)
        for statement in statements:
            connection.execute(statement)

    return tamper


async def test_an_untouched_audit_is_whole(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        assert (await h.door.verify_audit()).ok
        await h.application.store.write(write)
        found = await h.door.verify_audit()
        assert (found.ok, found.entries) == (True, ROWS)
        assert found.head == f"{ROWS}:{(await h.door.audit())[0].hash}"


@pytest.mark.parametrize(
    ("statements", "broken", "reason"),
    [
        (["UPDATE audit SET actor = 'bob' WHERE id = 5"], 5, "was changed"),
        (["UPDATE audit SET detail = '{}' WHERE id = 1"], 1, "was changed"),
        (["UPDATE audit SET at = at + 1 WHERE id = 12"], 12, "was changed"),
        (["DELETE FROM audit WHERE id = 5"], 5, "is missing"),
        (["DELETE FROM audit WHERE id = 1"], 1, "is missing"),
        (["DELETE FROM audit WHERE id = 12"], 12, "end of the audit was taken away"),
        (["DELETE FROM audit WHERE id > 4"], 5, "end of the audit was taken away"),
        (["DELETE FROM audit"], 1, "end of the audit was taken away"),
        (["DELETE FROM audit WHERE id = 5", "UPDATE audit SET id = id - 1 WHERE id > 5"], 5, "does not follow"),
        (["DELETE FROM audit WHERE id = 12", "UPDATE audit_head SET sequence = 11"], 11, "head does not belong"),
        (["UPDATE audit_head SET sequence = 10"], 12, "head does not belong"),
        (["DELETE FROM audit_head"], 12, "head does not belong"),
        (
            [
                "INSERT INTO audit (id, at, step, run, operation, actor, surface, reference, detail, previous, hash) "
                "SELECT 13, at, step, run, operation, actor, surface, reference, detail, hash, hash FROM audit WHERE id = 12"
            ],
            13,
            "was changed",
        ),
    ],
)
async def test_tampering_is_found_at_its_first_entry(
    harbour: OpenHarbour, statements: list[str], broken: int, reason: str
) -> None:
    async with harbour() as h:
        await h.application.store.write(write)
        await h.application.store.write(tampering(*statements))
        found = await h.door.verify_audit()
        assert not found.ok
        assert (found.broken, reason in found.reason) == (broken, True), found


async def test_a_whole_chain_written_anew_is_found_by_the_head_that_was_noted(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await h.application.store.write(write)
        noted = (await h.door.verify_audit()).head

        def forge(connection: Connection) -> None:
            unlock(connection)
            connection.execute("DELETE FROM audit")
            connection.execute("UPDATE audit_head SET sequence = 0, hash = ?", (audit.GENESIS,))
            write(connection, ROWS + 3, "bob")

        await h.application.store.write(forge)
        assert (await h.door.verify_audit()).ok
        found = await h.door.verify_audit(noted)
        assert (found.ok, found.broken) == (False, ROWS)
        number, _, fingerprint = noted.partition(":")
        assert not (await h.door.verify_audit(f"{number}:{fingerprint[:12]}")).ok


async def test_a_shorter_chain_than_was_noted_is_found(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await h.application.store.write(write)
        found = await h.door.verify_audit(f"{ROWS + 1}:{'a' * 64}")
        assert (found.ok, found.broken) == (False, ROWS + 1)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'bob'", "DELETE FROM audit WHERE id = 3"])
async def test_by_accident_nothing_is_changed(harbour: OpenHarbour, statement: str) -> None:
    async with harbour() as h:
        await h.application.store.write(write)

        def careless() -> Any:
            return h.application.store.write_sync(lambda connection: connection.execute(statement))

        with pytest.raises(StoreError, match="append-only"):
            await asyncio.to_thread(careless)
        assert (await h.door.verify_audit()).entries == ROWS


async def test_a_long_chain_is_checked_in_chunks(harbour: OpenHarbour, monkeypatch: pytest.MonkeyPatch) -> None:
    async with harbour() as h:
        monkeypatch.setattr(audit, "CHUNK", 4)
        await h.application.store.write(write)
        assert (await h.door.verify_audit()).entries == ROWS
        assert (await h.application.store.read(audit.verify)).ok


async def test_a_rolled_back_call_leaves_no_gap(harbour: OpenHarbour) -> None:
    async with harbour() as h:

        def fails(connection: Connection) -> None:
            write(connection, 3)
            raise RuntimeError("undone")

        store = h.application.store
        outcomes = await asyncio.gather(store.write(write), store.write(fails), store.write(write), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [type(None), RuntimeError, type(None)]
        found = await h.door.verify_audit()
        assert (found.ok, found.entries) == (True, 2 * ROWS)


async def test_entries_are_found_by_actor_operation_and_step_and_paged(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        await h.application.store.write(write)
        await h.door.call("ships.add", {"name": "100%"}, SHELL, "cli")
        assert [entry.step for entry in await h.door.audit(query="finish")] == ["finished"]
        assert len(await h.door.audit(query="root")) == 2
        assert await h.door.audit(query="%") == []
        page = await h.door.audit(limit=5, before=ROWS)
        assert [entry.id for entry in page] == [11, 10, 9, 8, 7]


async def test_writers_in_one_process_make_one_chain(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        calls = [h.door.call("ships.add", {"name": f"ship {number}"}, SHELL, "http") for number in range(40)]
        await asyncio.gather(*calls)
        found = await h.door.verify_audit()
        assert (found.ok, found.entries) == (True, 80)


WRITER = """
import sys
from pathlib import Path
from ostrov import Ostrov
from ostrov.core.operations import audit, runs

application = Ostrov.open(Path(sys.argv[1]), sys.argv[3:], environ={})
def one(connection, number):
    audit.append(connection, "started", operation="ships.add", actor=sys.argv[2], surface="cli", detail={"n": number})
print("ready", flush=True)
sys.stdin.readline()
for number in range(50):
    application.store.write_sync(one, number)
"""


def _writer(words: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def test_writers_in_many_processes_make_one_chain(tmp_path: Path, database: list[str]) -> None:
    async with running(tmp_path / "project", overrides=database) as application:
        assert isinstance(application, Ostrov)
        words = [sys.executable, "-c", WRITER, str(tmp_path / "project")]
        writers = [_writer([*words, name, *database]) for name in ("ann", "bob", "cid")]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            writer.communicate("go\n", timeout=60)
        assert [writer.returncode for writer in writers] == [0, 0, 0]
        found = await application.store.read(audit.verify)
        assert (found.ok, found.entries) == (True, 150)
        entries = await application.store.read(audit.entries, 1000)
        for name in ("ann", "bob", "cid"):
            assert [e.detail["n"] for e in reversed(entries) if e.actor == name] == list(range(50))


async def test_entries_about_one_run_from_two_processes_do_not_wait_for_each_other_for_ever(harbour: OpenHarbour) -> None:
    async with harbour() as h:
        asked = await h.door.call("ships.sink", {"name": "aurora"}, SHELL, "cli")
        run = await h.door.run(asked.run)
        store, running = h.application.store, threading.Event()

        def close(state: str) -> bool:
            other = store.connect()
            try:
                running.set()
                other.begin()
                moved = runs.move(other, run, state, actor="bob", surface="http", came_from=("pending",))
                other.commit()
            finally:
                other.close()
            return moved

        def race() -> list[bool]:
            ours = store.connect()
            with ThreadPoolExecutor(1) as pool:
                ours.begin()
                write(ours, 1)
                theirs = pool.submit(close, "stale")
                running.wait(10)
                until_blocked(store)
                moved = runs.move(ours, run, "rejected", actor="ann", surface="http", came_from=("pending",))
                ours.commit()
                ours.close()
                return [moved, theirs.result(20)]

        assert await asyncio.to_thread(race) == [True, False]
        assert (await h.door.verify_audit()).ok


def until_blocked(store: Store) -> None:
    """PostgreSQL: until the other transaction waits for a lock. On SQLite it waits before it begins."""
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    deadline = time.monotonic() + 20
    while store.dialect == "postgresql" and not store.read_sync(lambda connection: connection.value(blocked)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
