"""Whom one hears of at once, who is kept aside and who is not heard, on both databases."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from ostrov import Connection, run_tasks
from raf.errors import Invalid, Missing
from raf.network import Raf
from raf.notifications.notifications import Notifications, open_notifications
from raf.testing import network, people, say

OLD = 40 * 86400


def desk_of(raf: Raf) -> Notifications:
    return raf.application.part(open_notifications)


async def told(raf: Raf, account: int) -> list[tuple[str, str]]:
    await run_tasks(raf.application)
    return [(item.type, item.account.username) for item in await raf.notifications(account)]


async def aged(raf: Raf, table: str, seconds: float = OLD) -> None:
    """Make accounts or follows older."""

    def write(connection: Connection) -> None:
        connection.execute(f"UPDATE {table} SET created_at = created_at - ?", (seconds,))

    await raf.store.write(write)


async def test_a_strangers_private_word_waits_until_it_is_let_in(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        await raf.follow(ada, vera)
        first = await say(raf, boris, "@ada psst", visibility="direct")
        await say(raf, vera, "@ada hi", visibility="direct")
        await say(raf, boris, "@ada hello in public")
        assert await told(raf, ada) == [("mention", "boris"), ("mention", "vera")]
        assert [item.type for item in await raf.notifications(ada, filtered=True)] == ["mention"] * 3
        assert await raf.unread_notifications(ada) == 2
        last = await say(raf, boris, "@ada psst again", visibility="direct")
        assert len(await told(raf, ada)) == 2
        desk = desk_of(raf)
        (request,) = await desk.requests(ada)
        assert (request.account.username, request.notifications_count) == ("boris", "2")
        assert request.last_status is not None
        assert request.last_status.id == str(last)
        summary = (await desk.policy_entity(ada)).summary
        assert (summary.pending_requests_count, summary.pending_notifications_count) == (1, 2)
        with await raf.live(ada, ("user",)) as mailbox:
            assert await desk.accept(ada, [int(request.id)]) == 1
            (message,) = await mailbox.take(10)
            assert msgspec.json.decode(message.body)["event"] == "notifications_merged"
        assert await desk.requests(ada) == []
        assert len(await told(raf, ada)) == 4
        await say(raf, boris, "@ada from now on", visibility="direct")
        assert len(await told(raf, ada)) == 5, "who was let in stays so"
        assert first


async def test_an_answer_in_private_is_no_strangers(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        asked = await say(raf, ada, "@boris how is the raf?", visibility="direct")
        between = await say(raf, ada, "and the cup?", visibility="direct", in_reply_to_id=asked)
        await say(raf, boris, "@ada good", visibility="direct", in_reply_to_id=asked)
        assert await told(raf, ada) == [("mention", "boris")]
        assert between
        public = await say(raf, ada, "@boris in public")
        await say(raf, boris, "@ada but privately", visibility="direct", in_reply_to_id=public)
        assert len(await told(raf, ada)) == 1


async def test_what_is_put_away_is_gone_and_the_next_word_asks_again(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        await say(raf, boris, "@ada one", visibility="direct")
        await run_tasks(raf.application)
        desk = desk_of(raf)
        (request,) = await desk.requests(ada)
        assert await desk.dismiss_requests(vera, [int(request.id)]) == 0, "only one's own"
        assert await desk.accept(vera, [int(request.id)]) == 0
        with pytest.raises(Missing):
            await desk.request(vera, int(request.id))
        assert await desk.dismiss_requests(ada, [int(request.id)]) == 1
        assert await raf.notifications(ada, filtered=True) == []
        await say(raf, boris, "@ada two", visibility="direct")
        await run_tasks(raf.application)
        assert len(await desk.requests(ada)) == 1
        await raf.block(ada, boris)
        assert await desk.requests(ada) == []


async def test_each_rule_speaks_of_its_kind_of_people(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, stranger, followed, follower = await people(raf, "ada", "stranger", "followed", "follower")
        await raf.follow(ada, followed)
        await raf.follow(follower, ada)
        await run_tasks(raf.application)
        await raf.clear_notifications(ada)
        desk = desk_of(raf)

        async def heard(**policy: str) -> set[str]:
            await desk.change_policy(ada, dict.fromkeys(await_names, "accept") | policy)
            post = await say(raf, ada)
            for somebody in (stranger, followed, follower):
                await raf.favourite(somebody, post)
            names = {name for _, name in await told(raf, ada)}
            await raf.clear_notifications(ada)
            return names

        await_names = ("for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions")
        everybody = {"stranger", "followed", "follower"}
        assert await heard() == everybody
        assert await heard(for_not_following="filter") == {"followed"}
        assert await heard(for_new_accounts="drop") == {"followed"}
        assert await heard(for_not_followers="drop") == set(), "a follow of today is not one yet"
        await aged(raf, "follow")
        assert await heard(for_not_followers="drop") == {"follower"}
        await aged(raf, "account")
        assert await heard(for_new_accounts="drop") == everybody
        assert await heard(for_not_following="drop", for_not_followers="filter") == set()
        assert time.time() > OLD


async def test_whom_the_moderators_limited_is_kept_aside_except_by_who_follows(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, limited = await people(raf, "ada", "boris", "limited")

        def limit(connection: Connection) -> None:
            connection.execute("UPDATE account SET silenced = 1 WHERE id = ?", (limited,))

        await raf.store.write(limit)
        await raf.follow(boris, limited)
        await say(raf, limited, "@ada @boris hello")
        assert await told(raf, ada) == []
        assert await told(raf, boris) == [("mention", "limited")]
        assert [request.account.username for request in await desk_of(raf).requests(ada)] == ["limited"]


async def test_what_one_asked_for_oneself_always_comes(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        desk = desk_of(raf)
        await desk.change_policy(ada, {"for_not_followers": "drop", "for_new_accounts": "drop"})
        await raf.follow(ada, boris, notify=True)
        await say(raf, boris, "a plain post")
        assert await told(raf, ada) == [("status", "boris")]


async def test_a_policy_is_one_of_three_words(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        (ada,) = await people(raf, "ada")
        desk = desk_of(raf)
        before = await desk.policy(ada)
        assert (before.for_not_following, before.for_private_mentions, before.for_limited_accounts) == (
            "accept",
            "filter",
            "filter",
        )
        with pytest.raises(Invalid):
            await desk.change_policy(ada, {"for_not_following": "maybe"})
        await desk.change_policy(ada, {"for_not_following": "drop"})
        await desk.change_policy(ada, {"for_new_accounts": "filter"})
        after = await desk.policy(ada)
        assert (after.for_not_following, after.for_new_accounts) == ("drop", "filter")
