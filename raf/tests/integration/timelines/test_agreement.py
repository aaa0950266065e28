"""Memory, tables and events say the same, whatever people do."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ostrov import Connection, Row
from raf.domain.visibility import VISIBILITIES, may_see
from raf.errors import RafError
from raf.forms import NewPoll, NewPost, PostChange
from raf.network import Raf
from raf.paging import Paging
from raf.polls.polls import open_polls
from raf.quotes.quotes import open_quotes
from raf.testing import ALL, network, people
from raf.timelines import home as homes
from raf.timelines import public as shores
from raf.timelines import reader as readers
from raf.timelines.documents import Encoder, marks_of

VERBS = {
    **{"post": 14, "reply": 10, "boost": 8, "unboost": 3, "like": 8, "unlike": 3, "edit": 4, "delete": 3},
    **{"keep": 3, "unkeep": 1, "pin": 2, "unpin": 1, "hush": 2, "unhush": 1, "read": 10},
    **{"ask": 4, "vote": 10, "quote": 6, "revoke": 3, "re-ask": 2},
    **{"follow": 12, "unfollow": 3, "block": 2, "unblock": 2, "mute": 2, "unmute": 2},
}
NAMES = ("ada", "boris", "vera", "grace", "dima", "eve")
MODELS = {
    "account": "id",
    "status": "id",
    "tombstone": "status_id",
    "status_edit": "status_id, version",
    "mention": "status_id, account_id",
    "status_tag": "status_id, tag",
    **dict.fromkeys(("favourite", "bookmark", "pin"), "account_id, status_id"),
    "conversation_mute": "account_id, conversation_id",
    **{"poll": "status_id", "poll_vote": "status_id, account_id, choice", "quote": "status_id"},
    **dict.fromkeys(("follow", "follow_request", "block", "mute"), "account_id, target_id"),
}


async def do_something(raf: Raf, chance: random.Random, who: list[int], posts: list[int]) -> None:
    """One random command by a random person; those that the rules forbid fail as they should."""
    account, other = chance.choice(who), chance.choice(who)
    status = chance.choice(posts) if posts else 0
    verb = chance.choices(list(VERBS), list(VERBS.values()))[0]
    words = " ".join(
        chance.choices(["raf", "#кофе", "#Ostrov", "sea", *(f"@{name}" for name in NAMES)], k=chance.choice([1, 1, 2, 4]))
    )
    visibility = chance.choice(VISIBILITIES)
    if verb == "post":
        posts.append(await raf.post(account, NewPost(text=words, visibility=visibility, language=chance.choice(["en", "ru"]))))
    elif verb == "reply":
        posts.append(await raf.post(account, NewPost(text=words, visibility=visibility, in_reply_to_id=status)))
    elif verb == "boost":
        posts.append(await raf.reblog(account, status, chance.choice([None, "public", "private"])))
    elif verb == "edit":
        await raf.edit_post(account, status, PostChange(text=words + " again"))
    elif verb in ("ask", "re-ask"):
        several = chance.random() < 0.5
        poll = NewPoll(options=tuple(chance.sample(("soy", "oat", "coconut"), 2)), expires_in=3600, multiple=several)
        if verb == "ask":
            posts.append(await raf.post(account, NewPost(text=words, visibility=visibility, poll=poll)))
        else:
            await raf.edit_post(account, status, PostChange(poll=chance.choice([poll, None])))
    elif verb == "vote":
        await raf.application.part(open_polls).vote(account, status, chance.choice([[0], [1], [0, 1]]))
    elif verb == "quote":
        posts.append(await raf.post(account, NewPost(text=words, visibility=visibility, quoted_id=status)))
    elif verb == "revoke":
        await raf.application.part(open_quotes).revoke(account, status, chance.choice(posts or [0]))
    elif verb == "follow":
        languages = chance.choice([None, None, ["ru"]])
        await raf.follow(account, other, reblogs=chance.random() < 0.8, languages=languages)
    elif verb == "mute":
        await raf.mute(account, other)
    elif verb == "read":
        await raf.documents(await raf.home(account, Paging(limit=20)), account)
        await raf.documents(await raf.public(account, Paging(limit=20)), account)
    elif verb in ("unfollow", "block", "unblock", "unmute"):
        await getattr(raf, verb)(account, other)
    else:
        names = {
            **{"unboost": "unreblog", "like": "favourite", "unlike": "unfavourite", "delete": "delete_post"},
            **{"keep": "bookmark", "unkeep": "unbookmark", "hush": "mute_conversation", "unhush": "unmute_conversation"},
        }
        await getattr(raf, names.get(verb, verb))(account, status)


def models(connection: Connection) -> dict[str, list[Row]]:
    return {table: connection.rows(f"SELECT * FROM {table} ORDER BY {order}") for table, order in MODELS.items()}


def counts(connection: Connection) -> list[Row]:
    """Where a count differs from what it counts."""
    statuses = """
      SELECT s.id, s.favourites_count, s.reblogs_count, s.replies_count, s.quotes_count
      FROM status s WHERE s.reblog_of_id IS NULL AND (
        s.favourites_count <> (SELECT count(*) FROM favourite f WHERE f.status_id = s.id)
        OR s.reblogs_count <> (SELECT count(*) FROM status b WHERE b.reblog_of_id = s.id)
        OR s.quotes_count <> (SELECT count(*) FROM quote q WHERE q.quoted_id = s.id AND q.state = 'accepted')
        OR s.replies_count <> (SELECT count(*) FROM status r WHERE r.in_reply_to_id = s.id
                               AND r.visibility IN ('public', 'unlisted')))"""
    accounts = """
      SELECT a.id, a.statuses_count, a.followers_count, a.following_count FROM account a WHERE
        a.statuses_count <> (SELECT count(*) FROM status s WHERE s.account_id = a.id AND s.visibility <> 'direct')
        OR a.followers_count <> (SELECT count(*) FROM follow f WHERE f.target_id = a.id)
        OR a.following_count <> (SELECT count(*) FROM follow f WHERE f.account_id = a.id)"""
    return connection.rows(statuses) + connection.rows(accounts)


async def check(raf: Raf, who: list[int], posts: list[int]) -> None:
    assert await raf.store.read(counts) == []
    alive = {row[0] for row in (await raf.store.read(models))["status"]}
    for account in who:
        fresh = await raf.store.read(readers.load, account)
        await raf.home(account)
        remembered = raf.memory.readers[account]
        assert remembered.home is not None
        kept, queried = remembered.home.ids.tolist()[::-1], await raf.store.read(homes.page, fresh, ALL)
        assert kept == queried[: len(kept)]
        assert len(kept) == len(queried) or not remembered.home.whole
        assert await raf.home(account, ALL) == queried
        for name in ("follows", "blocking", "blocked_by", "muting", "silenced", "pins"):
            assert getattr(remembered, name) == getattr(fresh, name), name
        assert await raf.public(account, ALL) == await raf.store.read(shores.page, account, ALL, False, 0.0)
        known = {status: bits for status, bits in remembered.marks.items() if status in alive}
        assert known == await raf.store.read(marks_of, account, list(known))
    encoder = Encoder(raf.portrayal)
    fresh_documents: dict[int, Any] = await raf.store.read(encoder.documents, sorted(set(posts)))
    for document in raf.memory.documents.values():
        assert document.head == fresh_documents[document.id].head
        assert document.parts == fresh_documents[document.id].parts
    fresh_accounts = await raf.store.read(encoder.accounts, who)
    for account in who:
        remembered_account = raf.memory.accounts.get(account)
        assert remembered_account in (None, fresh_accounts[account])


@pytest.mark.parametrize("seed", [1, 2, pytest.param(3, marks=pytest.mark.long), pytest.param(4, marks=pytest.mark.long)])
async def test_memory_tables_and_events_agree(tmp_path: Path, database: list[str], seed: int) -> None:
    chance = random.Random(seed)
    async with network(tmp_path, database) as raf:
        who, posts = await people(raf, *NAMES), list[int]()
        done = 0
        for step in range(400):
            with suppress(RafError):
                await do_something(raf, chance, who, posts)
                done += 1
            if step % 40 == 39:
                await check(raf, who, posts)
        assert done > 200
        before = await raf.store.read(models)
        assert before["status"]
        await raf.events.rebuild()
        after = await raf.store.read(models)
        for table in MODELS:
            assert after[table] == before[table], table


async def test_nobody_is_shown_what_they_may_not_see(tmp_path: Path, database: list[str]) -> None:
    """Every way of reading, for every relation to the author, every visibility, posted and boosted."""
    async with network(tmp_path, database) as raf:
        author, follower, mentioned, stranger, blocked, fan = await people(
            raf, "author", "follower", "mentioned", "stranger", "blocked", "fan"
        )
        for account in (follower, fan):
            await raf.follow(account, author)
            await raf.follow(follower if account == fan else fan, account)
        await raf.follow(stranger, fan)
        await raf.follow(blocked, fan)
        everybody = (author, follower, mentioned, stranger, blocked, fan)
        live = {account: await raf.live(account, ("user", "public", "direct", "hashtag:raf")) for account in everybody}
        root = await raf.post(author, NewPost(text="the thread"))
        statuses: dict[int, tuple[str, bool]] = {}
        for visibility in VISIBILITIES:
            for text, mentions in (("a #raf", False), ("@mentioned #raf", True)):
                new = NewPost(text=text, visibility=visibility, in_reply_to_id=root if mentions else None)
                status = await raf.post(author, new)
                statuses[status] = (visibility, mentions)
        boosts: dict[int, int] = {}
        for status, (visibility, _) in statuses.items():
            if visibility in ("public", "unlisted"):
                boosts[await raf.reblog(fan, status)] = status
            elif visibility == "private":
                boosts[await raf.reblog(author, status)] = status
        for status in statuses:
            for reader in (author, follower, mentioned, fan):
                for mark in (raf.favourite, raf.bookmark):
                    with suppress(RafError):
                        await mark(reader, status)
        told = {account: [msgspec.json.decode(message.body) for message in await live[account].take(0)] for account in live}
        assert any(told.values())
        await raf.block(author, blocked)

        for viewer in (None, *everybody):

            def allowed(status: int, viewer: int | None = viewer) -> bool:
                visibility, mentions = statuses[status]
                return may_see(
                    visibility,
                    author,
                    viewer or 0,
                    follows=viewer in (follower, fan),
                    mentioned=mentions and viewer == mentioned,
                    blocked=viewer == blocked,
                )

            def sees(identity: int, viewer: int | None = viewer, allowed: Any = allowed) -> bool:
                if identity == root:
                    return viewer != blocked
                post = boosts.get(identity, identity)
                of_followers_only = identity in boosts and statuses[post][0] == "private"
                return allowed(post) and (not of_followers_only or viewer in (author, follower, fan))

            everything = [root, *statuses, *boosts]
            shown = await raf.statuses(everything, viewer)
            assert [int(status.id) for status in shown] == [identity for identity in everything if sees(identity)], viewer
            for status in shown:
                assert status.reblog is None or allowed(int(status.reblog.id))
            listed: list[int] = [*await raf.public(viewer, ALL), *await raf.tag(viewer, "raf", ALL)]
            listed += await raf.account_statuses(author, viewer, ALL)
            if viewer is not None:
                if viewer != blocked:
                    listed += [int(message["id"]) for message in told[viewer]]
                home = await raf.home(viewer, ALL)
                assert all(sees(identity) for identity in home), viewer
                listed += home
                listed += [int(item.status.id) for item in await raf.notifications(viewer, ALL) if item.status]
            for way in (raf.favourites, raf.bookmarks):
                for account in filter(None, [viewer]):
                    marked = (await way(account, ALL)).items
                    assert len(await raf.documents(marked, account)) == sum(allowed(status) for status in marked)
            if viewer != blocked:
                above, below = await raf.context(root, viewer)
                listed += above + below
            assert all(sees(identity) for identity in listed), viewer
            for status in statuses:
                reading = [raf.context(status, viewer), raf.status_history(status, viewer), raf.document(status, viewer)]
                reading += [raf.favourited_by(status, viewer, ALL), raf.reblogged_by(status, viewer, ALL)]
                if viewer is not None and viewer != author:
                    reading += [raf.favourite(viewer, status), raf.bookmark(viewer, status)]
                for attempt in reading:
                    if allowed(status):
                        await attempt
                    else:
                        with pytest.raises(RafError):
                            await attempt


async def test_processes_agree_with_each_other(tmp_path: Path, database: list[str]) -> None:
    """Two processes of one project, here two applications in one loop that know each other by their channel only."""
    chance = random.Random(5)
    told_only = [*database, "raf.timelines.catch_up=3600"]
    async with network(tmp_path, told_only) as here, network(tmp_path, told_only) as there:
        who, posts = await people(here, *NAMES), list[int]()
        for step in range(300):
            with suppress(RafError):
                await do_something(chance.choice([here, there]), chance, who, posts)
            if step % 60 == 59:
                async with asyncio.timeout(20):
                    for raf in (here, there):
                        while not await agrees(raf, who, posts):  # noqa: ASYNC110, what it waits for is another process
                            await asyncio.sleep(0.01)
        assert not await here.wire.catch_up()
        assert not await there.wire.catch_up()


async def agrees(raf: Raf, who: list[int], posts: list[int]) -> bool:
    try:
        await check(raf, who, posts)
    except AssertionError:
        return False
    return True


async def test_a_process_that_nobody_told_looks_into_the_log(tmp_path: Path, database: list[str]) -> None:
    """As when the other one is killed between its commit and its message."""
    async with network(tmp_path, database) as here, network(tmp_path, database) as there:
        ada, boris = await people(here, "ada", "boris")
        with there.application.channel.subscribe(["everything was told"]) as told:
            await here.follow(ada, boris)
            await asyncio.sleep(0)
            here.application.channel.publish("everything was told")
            assert await told.take(10)
        assert await there.home(ada) == []
        with await there.live(ada, ("user",)) as mailbox:
            here.application.channel.publish = lambda topic, body=b"": None  # type: ignore[method-assign]
            status = await here.post(boris, NewPost(text="does anybody hear me"))
            assert await there.home(ada) == []
            assert not await there.wire.catch_up()
            assert await there.wire.catch_up()
            assert await there.home(ada) == [status]
            await mailbox.take(1)
            assert mailbox.lost
