"""The read models are what the log says: written again from it, not a row differs, and nothing else is touched."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from raf.tests.integration.lives import PASSWORD, live, member

from ostrov import Connection, run_tasks
from raf.component import component
from raf.demo import populate
from raf.departure.departure import open_departure
from raf.operations import rebuild
from raf.rebuilding import plan
from raf.search.projection import INDEX
from raf.seed import seed_network
from raf.testing import ALL, changed_by_rebuild, differences, network, say, snapshot, tables

PROJECTED = {
    *(table for name in component.projections for table in import_module(name).TABLES),
    *INDEX,
}
"""Written from events alone: a rebuild empties them first."""
PRIMARY = {
    "the log itself": ("stored_events", "event_follower"),
    "secrets, sessions and tries, which no log may hold": (
        *("credential", "session", "login_attempt", "oauth_application", "oauth_code", "oauth_token", "second_factor"),
        *("recovery_code", "passkey", "log_in_step", "open_log_in", "push_subscription", "push_key", "known_device"),
        *("letter", "letter_key", "letter_box", "address_change", "sign_up", "invite", "presence"),
    ),
    "files; only which post has them is projected": ("media",),
    "one's own affairs, which nobody else is shown and no history is kept of": (
        *("marker", "idempotency", "people_list", "people_list_member", "content_filter", "content_filter_keyword"),
        *("content_filter_status", "featured_tag", "account_note", "endorsement", "scheduled_status", "conversation_state"),
        *("account_domain_block", "suggestion_dismissed", "preference"),
    ),
    "told by tasks, which ran once": (
        *("notification", "notification_policy", "notification_request", "notification_permission"),
    ),
    "the house, with an audit of its own": (
        *("domain_block", "domain_allow", "email_domain_block", "ip_block", "canonical_email_block", "moderation_act"),
        *("house_rule", "house_text", "announcement", "announcement_mark", "announcement_reaction", "custom_emoji"),
    ),
    "fetched or packed, and fetched or packed again when it is gone": ("link_preview", "export"),
    "where a long task is": ("import_job", "import_row", "departure"),
}
"""State that no event holds, and why."""
OF_OSTROV = ("task_", "operat", "audit")


async def test_every_table_is_declared_projected_or_primary(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        found = {name for name in await raf.store.read(tables) if not name.startswith(OF_OSTROV)}
    primary = {table for several in PRIMARY.values() for table in several}
    assert not primary & PROJECTED
    found = {name for name in found if not name.endswith("_version")}
    assert found - primary - PROJECTED == set(), "say in this file which of the two a new table is"
    assert (primary | PROJECTED) - found == set()


@pytest.mark.long
async def test_a_rebuild_changes_nothing_on_a_network_where_everything_happened(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path / "house", database) as raf:
        await populate(raf.application)
        anna, vera, mod, gone = [await member(raf, f"{name}_lives") for name in ("anna", "vera", "mod", "gone")]
        made = await live(raf, anna, vera, mod, tmp_path)
        await say(raf, vera, "read https://raf.example/coconut")
        await say(raf, gone, "soon nobody will have said this", in_reply_to_id=made["post"])
        await raf.application.part(open_departure).close(gone, PASSWORD)
        assert await changed_by_rebuild(raf) == []
        await run_tasks(raf.application)
        empty = await raf.store.read(empties)
        assert empty & PROJECTED <= {"follow_request"}, "the test must have something to compare"
        assert await changed_by_rebuild(raf) == []


def empties(connection: Connection) -> set[str]:
    """Tables without a row."""
    return {name for name in tables(connection) if connection.row(f'SELECT 1 FROM "{name}" LIMIT 1') is None}


STRIKER = """
import asyncio, os, signal, sys
from pathlib import Path
from raf.testing import network

async def main(folder, *overrides):
    async with network(Path(folder), overrides) as raf:
        await raf.events.rebuild(lambda done: os.kill(os.getpid(), signal.SIGKILL))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_rebuild_that_is_killed_has_changed_nothing_and_can_be_done_again(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        await seed_network(raf.application, accounts=20, posts=400)
        before = await raf.store.read(snapshot)
    words = [sys.executable, "-c", STRIKER, str(tmp_path), *database]
    killed = await asyncio.to_thread(subprocess.run, words, check=False)
    assert killed.returncode == -signal.SIGKILL
    async with network(tmp_path, database) as raf:
        assert differences(before, await raf.store.read(snapshot)) == []
        assert await changed_by_rebuild(raf) == []


async def test_while_it_goes_on_all_read_what_was_there_and_who_writes_waits(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as here, network(tmp_path, database) as there:
        await seed_network(here.application, accounts=20, posts=400)
        reader = int((await there.account_by_name("user7")).id)
        home, seen = await there.home(reader), []
        writing: list[Any] = []
        loop = asyncio.get_running_loop()

        def meanwhile(done: int) -> None:
            seen.append(asyncio.run_coroutine_threadsafe(there.public(None, ALL), loop).result())
            writing.append(asyncio.run_coroutine_threadsafe(say(there, reader, "in the midst of it"), loop))

        before = await there.public(None, ALL)
        await here.events.rebuild(meanwhile)
        assert seen
        assert all(ids == before for ids in seen)
        posts = [await asyncio.wrap_future(future) for future in writing]
        assert (await there.home(reader))[: len(posts)] == sorted(posts, reverse=True)
        assert set(home) <= set(await there.home(reader, ALL))
        assert await changed_by_rebuild(here) == []


async def test_it_says_before_what_it_does_and_meanwhile_how_far_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with network(tmp_path) as raf:
        events = await seed_network(raf.application, accounts=20, posts=1000)
        assert f"{events:,} events" in plan(raf.application)
        assert "`ostrov down` first" in plan(raf.application)
        with caplog.at_level("INFO", "raf.rebuild"):
            assert await rebuild.function(raf.application) == f"rebuilt from {events} events"
        told = [record.getMessage() for record in caplog.records if record.name == "raf.rebuild"]
        assert told
        assert told == sorted(told)
        assert all(f"% of {events} events" in line for line in told)
