"""What moderators decide about accounts, and what that does to what others see."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostrov import run_tasks
from raf.errors import Forbidden, Invalid, Refused
from raf.lists.forms import ListChange
from raf.lists.lists import open_lists
from raf.moderation import appeals, audit, judging
from raf.moderation.moderation import Moderation, open_moderation
from raf.moderation.reporting import NewReport
from raf.network import Raf
from raf.operations import rebuild
from raf.paging import Paging
from raf.testing import ALL, network, people, say

HOUSE = 0


async def staff(raf: Raf, *names: str) -> tuple[Moderation, list[int]]:
    """A moderator called first, and the other people."""
    moderation = raf.application.part(open_moderation)
    ids = await people(raf, *names)
    await moderation.write(judging.give_role, HOUSE, ids[0], "moderator")
    return moderation, ids


async def test_a_suspended_author_is_seen_by_nobody_and_comes_back(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        moderation, (mod, spammer, fan) = await staff(raf, "mod", "spammer", "fan")
        await raf.follow(fan, spammer)
        post = await say(raf, spammer, "buy #now")
        held = await say(raf, spammer, "for fans", visibility="private")
        assert len(await raf.documents([post, held], fan)) == 2
        strike = await moderation.judge(mod, spammer, "suspend", "spam")
        assert strike > 0
        assert await raf.documents([post, held], fan) == []
        assert await raf.documents([post], None) == []
        assert await raf.public(None, ALL) == []
        assert await raf.account_statuses(spammer, None, Paging()) == []
        shown = await raf.account(spammer)
        assert shown.suspended is True
        with pytest.raises(Refused):
            await moderation.judge(mod, spammer, "suspend")
        await moderation.lift(mod, spammer, "unsuspend")
        assert len(await raf.documents([post, held], fan)) == 2
        assert await raf.public(None, ALL) == [post]


async def test_a_limited_author_is_read_by_followers_only_where_all_meet(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        moderation, (mod, loud, fan) = await staff(raf, "mod", "loud", "fan")
        await raf.follow(fan, loud)
        before = await say(raf, loud, "one")
        assert await raf.public(None, ALL) == [before]
        await moderation.judge(mod, loud, "silence")
        after = await say(raf, loud, "two")
        assert await raf.public(None, ALL) == []
        assert await raf.public(None, Paging(limit=5, min_id=1)) == []
        assert await raf.home(fan) == [after, before]
        assert len(await raf.documents([after], None)) == 1
        assert (await raf.account(loud)).limited is True
        await moderation.lift(mod, loud, "unsilence")
        assert await raf.public(None, ALL) == [after, before]


async def test_nobody_judges_who_ranks_as_high_or_without_a_role(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        moderation, (mod, peer, other) = await staff(raf, "mod", "peer", "other")
        await moderation.write(judging.give_role, HOUSE, peer, "moderator")
        for actor, target in ((mod, peer), (other, mod), (mod, mod), (other, other)):
            with pytest.raises(Forbidden):
                await moderation.judge(actor, target, "suspend")
        with pytest.raises(Forbidden):
            await moderation.write(judging.give_role, mod, other, "moderator")
        await moderation.write(judging.give_role, HOUSE, other, "owner")
        with pytest.raises(Refused):
            await moderation.write(judging.give_role, HOUSE, other, "")
        with pytest.raises(Invalid):
            await moderation.write(judging.give_role, HOUSE, other, "king")


async def test_a_report_is_answered_by_the_judgement_and_all_of_it_is_in_the_audit(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        moderation, (mod, rude, fan) = await staff(raf, "mod", "rude", "fan")
        post = await say(raf, rude, "grr")
        report = await moderation.report(fan, NewReport(target_id=rude, comment="rude", status_ids=(post,)))
        await moderation.judge(mod, rude, "delete_statuses", "no", report.id, (post,))
        assert await raf.documents([post], None) == []
        acts = await raf.store.read(audit.acts, ALL)
        assert [(act.actor, act.act) for act in acts] == [("mod", "resolve"), ("mod", "delete_statuses"), ("", "role")]


async def test_an_appeal_that_is_granted_lifts_the_strike(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        moderation, (mod, poet) = await staff(raf, "mod", "poet")
        strike = await moderation.judge(mod, poet, "silence", "too loud")
        await moderation.write(appeals.appeal, poet, strike, "I whispered")
        with pytest.raises(Refused):
            await moderation.write(appeals.appeal, poet, strike, "again")
        await moderation.decide_appeal(mod, strike, approved=True)
        account = await raf.account(poet)
        assert not account.limited
        with pytest.raises(Refused):
            await moderation.decide_appeal(mod, strike, approved=False)


async def test_an_erased_account_leaves_nothing_and_does_not_come_back(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        moderation, (mod, gone, fan) = await staff(raf, "mod", "gone", "fan")
        await raf.application.part(open_lists).create(gone, ListChange(title="whom I spam"))
        posts = [await say(raf, gone, f"post {number}") for number in range(3)]
        await raf.reblog(gone, await say(raf, fan, "keep me"))
        with pytest.raises(Refused):
            await moderation.erase(HOUSE, gone)
        await moderation.judge(mod, gone, "suspend")
        await moderation.erase(HOUSE, gone)
        await run_tasks(raf.application)
        with pytest.raises(Refused):
            await moderation.lift(mod, gone, "unsuspend")
        assert await raf.account_statuses(gone, None, Paging()) == []
        assert await raf.documents(posts, None) == []
        assert await raf.store.read(lambda connection: connection.row("SELECT 1 FROM people_list")) is None
        log = await raf.store.read(lambda connection: connection.rows("SELECT state FROM stored_events"))
        assert not any(b"post 1" in bytes(state) for (state,) in log)


async def test_a_rebuild_keeps_every_judgement(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        moderation, (mod, loud, fan) = await staff(raf, "mod", "loud", "fan")
        report = await moderation.report(fan, NewReport(target_id=loud, comment="loud"))
        strike = await moderation.judge(mod, loud, "silence", "shh", report.id)
        await moderation.write(appeals.appeal, loud, strike, "why?")
        tables = ("report", "strike", "appeal")
        columns = "SELECT id, suspended, silenced, quiet, role, held, disabled, sensitized FROM account ORDER BY id"

        def rows(connection):  # type: ignore[no-untyped-def]
            found = [connection.rows(f"SELECT * FROM {table}") for table in tables]
            return [[tuple(row) for row in part] for part in (*found, connection.rows(columns))]

        before = await raf.store.read(rows)
        await rebuild.function(raf.application)
        assert await raf.store.read(rows) == before
