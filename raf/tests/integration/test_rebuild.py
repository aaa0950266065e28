"""The read models are what the log says: written again from it, not a row differs, and nothing else is touched."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from raf.tests.integration.lives import PASSWORD, live, member

from ostrov import Connection, run_tasks
from raf.component import component
from raf.demo import populate
from raf.departure.departure import open_departure
from raf.search.projection import INDEX
from raf.testing import changed_by_rebuild, network, say, tables

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
    "fetched or packed, and fetched or packed again when it is gone": ("link_preview", "post_preview", "export"),
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
