"""Deleting an account: at once for everybody, then from every table and from the log, on both databases."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from ostrov import Connection, run_tasks
from raf.archive.archive import open_archive
from raf.departure import leaving
from raf.departure.departure import Departure, open_departure
from raf.errors import Invalid, Missing, Refused, WrongPassword
from raf.factors.factors import open_factors
from raf.forms import NewPoll, PostChange, ProfileChange
from raf.identity import NewAccount, open_identity
from raf.lists.forms import ListChange
from raf.lists.lists import open_lists
from raf.moderation import judging
from raf.moderation.moderation import open_moderation
from raf.network import Raf
from raf.operations import forget
from raf.polls.polls import open_polls
from raf.testing import ALL, changed_by_rebuild, network, person, say

PASSWORD = "soy milk and coconut"
SECRETS = ("zanzibar", "Занзибар", "wombat", "quokka", "narwhal", "axolotl")
VOTES = "SELECT originator_id, state FROM stored_events WHERE topic = 'raf.voted'"
KEPT = {"account", "departure", "tombstone", "stored_events", "report", "report_note", "strike", "appeal", "moderation_act"}
"""Where the number of an account that is gone may stand: its name, that it is gone, and what moderators wrote down."""


def counted(connection: Connection, status_id: int) -> tuple[str, int]:
    """What a poll says, and how many voted."""
    counts, voters = connection.row("SELECT counts, voters_count FROM poll WHERE status_id = ?", (status_id,))
    return counts, voters


async def member(raf: Raf, name: str) -> int:
    new = NewAccount(username=name, email=f"{name}@example.org", password=PASSWORD, agreement=True)
    return await raf.sign_up(new)


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 120, 60)).save(out, "PNG")
    return out.getvalue()


async def lived(raf: Raf, anna: int, vera: int) -> dict[str, int]:
    """What somebody did here, with secrets in all of it."""
    avatar = await raf.portrait(anna, picture(1), "avatar")
    await raf.update_profile(
        anna, ProfileChange(display_name="wombat", note="I live in Zanzibar", fields=[("quokka", "narwhal")], avatar=avatar)
    )
    media = await raf.upload(anna, picture(2), "an axolotl")
    post = await say(raf, anna, "zanzibar for @vera", media_ids=(media,), spoiler_text="Занзибар")
    await raf.edit_post(anna, post, PostChange(text="zanzibar again"))
    early = await say(raf, anna, "deleted narwhal")
    await raf.delete_post(anna, early)
    answer = await say(raf, vera, "I see", in_reply_to_id=post)
    for one, other in ((anna, vera), (vera, anna)):
        await raf.follow(one, other)
    await raf.favourite(anna, answer)
    await raf.bookmark(anna, answer)
    await raf.reblog(anna, answer)
    await raf.reblog(vera, post)
    await raf.favourite(vera, post)
    lists = raf.application.part(open_lists)
    await lists.add(anna, (await lists.create(anna, ListChange(title="quokka"))).id, [vera])
    await lists.add(vera, (await lists.create(vera, ListChange(title="friends"))).id, [anna])
    await raf.set_markers(anna, {"home": answer})
    await raf.application.part(open_factors).offer(anna)
    await raf.application.part(open_identity).open_session(anna, address="192.0.2.9")
    archive = raf.application.part(open_archive)
    await archive.order(anna)
    await archive.bring_sheet(anna, "following", "merge", "narwhal.csv", b"vera\nwombat@elsewhere.example\n")
    await run_tasks(raf.application)
    return {"post": post, "answer": answer, "media": media}


def rows_with(connection: Connection, account_id: int) -> set[str]:
    """The tables that have the number of an account somewhere."""
    if connection.dialect == "sqlite":
        tables = [name for (name,) in connection.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = [(table, row[1]) for table in tables for row in connection.rows(f'PRAGMA table_info("{table}")')]
    else:
        sql = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        columns = [(str(table), str(column)) for table, column in connection.rows(sql)]
    found = set()
    for table, column in columns:
        if column in ("in_reply_to_account_id", "quoted_account_id"):  # of what others said to the account
            continue
        named = column.endswith(("account_id", "target_id")) or (table, column) == ("account", "id")
        sql = f'SELECT 1 FROM "{table}" WHERE "{column}" = ? LIMIT 1'
        if named and connection.value(sql, (account_id,)) is not None:
            found.add(table)
    return found


def words_in_the_log(connection: Connection) -> set[str]:
    """Which secrets the events still hold."""
    whole = b"\n".join(bytes(state) for (state,) in connection.rows("SELECT state FROM stored_events"))
    return {secret for secret in SECRETS if secret.encode() in whole.lower() or secret.encode() in whole}


async def test_an_account_that_is_deleted_is_gone_for_everybody_at_once(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, vera = await member(raf, "anna"), await member(raf, "vera")
        made = await lived(raf, anna, vera)
        assert made["post"] in await raf.home(vera)
        departure: Departure = raf.application.part(open_departure)
        with pytest.raises(WrongPassword):
            await departure.close(anna, "wrong")
        await departure.close(anna, PASSWORD)
        with pytest.raises(Missing):
            await raf.status(made["post"], vera)
        with pytest.raises(Missing):
            await raf.account_by_name("anna")
        with pytest.raises(WrongPassword):
            await raf.log_in("anna", PASSWORD)
        shown = await raf.account(anna)
        assert (shown.display_name, shown.note, shown.fields) == ("", "", [])
        assert await raf.documents(await raf.home(vera), vera) == await raf.documents([made["answer"]], vera)


async def test_nothing_of_it_is_left_in_tables_files_or_the_log(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, vera = await member(raf, "anna"), await member(raf, "vera")
        made = await lived(raf, anna, vera)
        assert await raf.store.read(words_in_the_log) == {"zanzibar", "Занзибар", "wombat", "quokka", "narwhal"}
        archive = raf.application.part(open_archive)
        file = await archive.packed(anna)
        await raf.application.part(open_departure).close(anna, PASSWORD)
        assert not file.exists()
        await run_tasks(raf.application)
        assert await raf.store.read(rows_with, anna) <= KEPT
        assert await raf.store.read(words_in_the_log) == set()
        status = await raf.status(made["answer"], vera)
        assert (status.favourites_count, status.reblogs_count, status.in_reply_to_id) == (0, 0, None)
        counts = await raf.account(vera)
        assert (counts.followers_count, counts.following_count) == (0, 0)


async def test_a_rebuild_brings_nothing_back(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, vera = await member(raf, "anna"), await member(raf, "vera")
        made = await lived(raf, anna, vera)
        await raf.application.part(open_departure).close(anna, PASSWORD)
        await run_tasks(raf.application)
        before = (await raf.account(anna), await raf.account(vera), await raf.status(made["answer"], vera))
        await raf.events.rebuild()
        raf.memory.forget()
        assert (await raf.account(anna), await raf.account(vera), await raf.status(made["answer"], vera)) == before
        assert await raf.store.read(rows_with, anna) <= KEPT


async def test_what_it_voted_counts_on_and_says_no_more_whose_it_was(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, boris, vera = [await member(raf, name) for name in ("anna", "boris", "vera")]
        polls = raf.application.part(open_polls)
        several = NewPoll(options=("soy", "coconut", "oat"), expires_in=3600, multiple=True)
        first, second = await say(raf, vera, "which?", poll=several), await say(raf, vera, "and now?", poll=several)
        for voter in (anna, boris):
            await polls.vote(voter, first, [0])
            await polls.vote(voter, first, [1])
            await polls.vote(voter, second, [2])
        for voter in (anna, boris):
            await raf.application.part(open_departure).close(voter, PASSWORD)
        await run_tasks(raf.application)
        votes = await raf.store.read(lambda connection: connection.rows(VOTES))
        assert len(votes) == 6
        for stream, state in votes:
            assert stream.startswith("v0.")
            assert json.loads(bytes(state))["account_id"] == 0
        assert await raf.store.read(counted, first) == ("[2,2,0]", 2)
        assert await raf.store.read(counted, second) == ("[0,0,2]", 2)
        assert await changed_by_rebuild(raf) == []


async def test_votes_of_who_left_before_departures_unsigned_them_are_unsigned_when_one_asks(
    tmp_path: Path, database: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with network(tmp_path, database) as raf:
        anna, vera = await member(raf, "anna"), await member(raf, "vera")
        post = await say(raf, vera, "which?", poll=NewPoll(options=("soy", "coconut"), expires_in=3600))
        await raf.application.part(open_polls).vote(anna, post, [1])
        with monkeypatch.context() as before:
            before.setattr(leaving, "unsign_votes", lambda connection, events, names: None)
            await raf.application.part(open_departure).close(anna, PASSWORD)
            await run_tasks(raf.application)
        ((signed, _),) = await raf.store.read(lambda connection: connection.rows(VOTES))
        assert str(anna) in signed
        assert "the names of 1 votes" in await forget.function(raf.application)
        ((stream, state),) = await raf.store.read(lambda connection: connection.rows(VOTES))
        assert stream.startswith("v0.")
        assert json.loads(bytes(state))["account_id"] == 0
        assert await raf.store.read(counted, post) == ("[0,1]", 1)
        assert await changed_by_rebuild(raf) == []
        assert "the names of 0 votes" in await forget.function(raf.application)


async def test_nobody_gets_the_name_and_anybody_the_address(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        anna = await member(raf, "anna")
        await raf.application.part(open_departure).close(anna, PASSWORD)
        with pytest.raises(Invalid):
            await member(raf, "Anna")
        new = NewAccount(username="anna2", email="anna@example.org", password=PASSWORD, agreement=True)
        assert await raf.sign_up(new)


async def test_a_house_keeps_its_last_owner(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        anna, vera = await member(raf, "anna"), await member(raf, "vera")
        moderation = raf.application.part(open_moderation)
        await moderation.write(judging.give_role, 0, anna, "owner")
        departure = raf.application.part(open_departure)
        with pytest.raises(Refused):
            await departure.close(anna, PASSWORD)
        await moderation.write(judging.give_role, 0, vera, "owner")
        await departure.close(anna, PASSWORD)


async def test_a_departure_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with network(tmp_path) as raf:
        anna, vera = await member(raf, "anna"), await person(raf, "vera")
        for number in range(60):
            await say(raf, anna, f"zanzibar {number}")
        departure = raf.application.part(open_departure)
        await departure.close(anna, PASSWORD)
        whole, calls = departure._leave_some, 0

        def killed(account_id: int, connection: Connection) -> int:
            nonlocal calls
            calls += 1
            if calls == 2:
                raise RuntimeError("killed")
            return whole(account_id, connection)

        monkeypatch.setattr(departure, "_leave_some", killed)
        with pytest.raises(RuntimeError):
            await departure.leave(anna, [])
        monkeypatch.setattr(departure, "_leave_some", whole)
        assert await departure.leave(anna, []) == 35
        assert await departure.leave(anna, []) == 0
        assert await raf.store.read(words_in_the_log) == set()
        assert await raf.account_statuses(anna, vera, ALL) == []
