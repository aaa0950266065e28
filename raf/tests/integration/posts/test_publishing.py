"""Publishing, editing and deleting, on both databases."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import msgspec
import pytest

from ostrov import Connection, run_tasks
from raf.errors import Forbidden, Invalid, Missing, Refused
from raf.forms import NewPost, PostChange
from raf.posts.publishing import forget_keys
from raf.testing import ALL, network, people, say


def add_media(connection: Connection, identity: int, account_id: int, state: str = "ready", kind: str = "image") -> None:
    connection.execute(
        "INSERT INTO media (id, account_id, kind, state, file, preview, created_at) VALUES (?, ?, ?, ?, 'a.jpg', 'b.jpg', 0)",
        (identity, account_id, kind, state),
    )


async def test_a_post_is_everywhere_it_belongs(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        await raf.follow(boris, ada)
        status = await say(raf, ada, "hello @boris, https://example.com #Раф")
        assert await raf.home(ada) == await raf.home(boris) == [status]
        assert await raf.home(vera) == []
        assert await raf.public(None) == await raf.public(vera) == [status]
        assert await raf.tag(None, "рАф") == await raf.account_statuses(ada, None) == [status]
        shown = await raf.status(status, boris)
        assert shown.account.acct == "ada"
        assert shown.account.statuses_count == 1
        assert [mention.acct for mention in shown.mentions] == ["boris"]
        assert [tag.name for tag in shown.tags] == ["раф"]
        assert f'href="{raf.url}/@boris"' in shown.content
        assert shown.url == f"{raf.url}/@ada/{status}"
        assert (shown.favourited, shown.reblogged, shown.muted, shown.bookmarked) == (False, False, False, False)
        assert (await raf.status(status, None)).favourited is msgspec.UNSET
        assert (await raf.status(status, ada)).pinned is False


async def test_every_document_is_an_entity(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        ada, boris = await people(raf, "ada", "boris")
        status = await say(raf, ada)
        boost = await raf.reblog(boris, status)
        for document in await raf.documents([status, boost], boris) + await raf.documents([status, boost], None):
            members = set(msgspec.json.decode(document))
            assert {"id", "content", "account", "reblog", "media_attachments", "poll", "card"} <= members
        inner = msgspec.json.decode((await raf.documents([boost], boris))[0])["reblog"]
        assert inner["id"] == str(status)
        assert inner["reblogged"] is True
        assert inner["reblogs_count"] == 1


async def test_the_same_request_twice_is_one_post(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        new = NewPost(text="once", idempotency_key="k1")
        ids = await asyncio.gather(*(raf.post(ada, new) for _ in range(8)))
        assert len(set(ids)) == 1
        assert await raf.account_statuses(ada, ada) == [ids[0]]
        assert await raf.post(boris, new) != ids[0], "a key belongs to an account"
        assert await raf.post(ada, NewPost(text="once", idempotency_key="k2")) != ids[0]


async def test_an_idempotency_key_is_forgotten_in_time(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        (ada,) = await people(raf, "ada")
        first = await raf.post(ada, NewPost(text="raf", idempotency_key="k"))
        await raf.store.write(lambda connection: connection.execute("UPDATE idempotency SET expires_at = 1"))
        assert await raf.post(ada, NewPost(text="raf", idempotency_key="k")) != first
        assert await raf.store.write(forget_keys, time.time()) == 0, "it was renewed"
        assert await raf.store.write(forget_keys, time.time() + 4000) == 1


async def test_a_reply_hangs_in_its_thread(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris, vera = await people(raf, "ada", "boris", "vera")
        root = await say(raf, ada, "root")
        first = await say(raf, boris, "first", in_reply_to_id=root)
        second = await say(raf, vera, "second", in_reply_to_id=root)
        below_first = await say(raf, ada, "below first", in_reply_to_id=first)
        hidden = await say(raf, boris, "@ada only you", in_reply_to_id=first, visibility="direct")
        assert await raf.context(root, None) == ([], [first, below_first, second])
        assert await raf.context(root, ada) == ([], [first, below_first, hidden, second])
        assert await raf.context(below_first, None) == ([root, first], [])
        assert (await raf.status(root, None)).replies_count == 2
        assert (await raf.status(first, None)).replies_count == 1, "a direct reply is not counted"
        assert (await raf.status(first, None)).in_reply_to_account_id == str(ada)


async def test_one_replies_only_to_what_one_sees(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        ada, boris = await people(raf, "ada", "boris")
        secret = await say(raf, ada, visibility="direct")
        for status in (secret, 404):
            with pytest.raises(Missing, match="appear to exist") as raised:
                await say(raf, boris, in_reply_to_id=status)
            assert raised.value.status == 404


async def test_replies_to_strangers_stay_out_of_the_home(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        reader, friend, stranger = await people(raf, "reader", "friend", "stranger")
        await raf.follow(reader, friend)
        assert await raf.home(reader) == []
        elsewhere = await say(raf, stranger, "hello")
        own = await say(raf, reader, "mine")
        await say(raf, friend, "to a stranger", in_reply_to_id=elsewhere)
        to_reader = await say(raf, friend, "to the reader", in_reply_to_id=own)
        thread = await say(raf, friend, "a thread")
        to_self = await say(raf, friend, "goes on", in_reply_to_id=thread)
        expected = [to_self, thread, to_reader, own]
        assert await raf.home(reader) == expected
        raf.memory.forget()
        assert await raf.home(reader) == expected


async def test_an_edit_keeps_every_version(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        status = await say(raf, ada, "first #one")
        await raf.edit_post(ada, status, PostChange(text="second #two", spoiler_text="warm"))
        await raf.edit_post(ada, status, PostChange(text="second #two"))
        shown = await raf.status(status, boris)
        assert "second" in shown.content
        assert (shown.spoiler_text, shown.sensitive) == ("warm", True)
        assert shown.edited_at is not None
        versions = await raf.status_history(status, boris)
        assert [("first" in version.content, version.spoiler_text) for version in versions] == [(True, ""), (False, "warm")]
        assert (await raf.status_source(ada, status)).text == "second #two"
        assert await raf.tag(None, "one") == []
        assert await raf.tag(None, "two") == [status]
        with pytest.raises(Missing):
            await raf.edit_post(boris, status, PostChange(text="mine now"))
        with pytest.raises(Missing):
            await raf.status_source(boris, status)
        with pytest.raises(Invalid):
            await raf.edit_post(ada, status, PostChange(text=" ", spoiler_text=""))


async def test_a_deleted_post_is_gone_with_everything_that_hung_on_it(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        await raf.follow(boris, ada)
        root = await say(raf, boris, "root")
        status = await say(raf, ada, "@boris gone soon #gone", in_reply_to_id=root)
        boost = await raf.reblog(boris, status)
        reply = await say(raf, boris, "reply", in_reply_to_id=status)
        await raf.favourite(boris, status)
        await raf.bookmark(boris, status)
        await raf.pin(ada, status)
        await run_tasks(raf.application)
        assert await raf.notifications(boris)
        assert boost in await raf.account_statuses(boris, None)
        with pytest.raises(Missing):
            await raf.delete_post(boris, status)
        await raf.delete_post(ada, status)
        assert await raf.documents([status, boost], ada) == []
        assert await raf.home(boris) == await raf.account_statuses(boris, None) == [reply, root]
        assert await raf.public(None) == [root]
        assert await raf.tag(None, "gone") == []
        assert (await raf.favourites(boris)).items == (await raf.bookmarks(boris)).items == []
        assert await raf.account_statuses(ada, ada, pinned=True) == []
        assert [item.type for item in await raf.notifications(boris)] == []
        assert (await raf.account(ada)).statuses_count == 0
        assert (await raf.account(boris)).statuses_count == 2
        assert (await raf.status(root, None)).replies_count == 0
        orphan = await raf.status(reply, None)
        assert (orphan.in_reply_to_id, orphan.in_reply_to_account_id) == (None, str(ada))
        with pytest.raises(Missing):
            await raf.delete_post(ada, status)
        tombstones = await raf.store.read(lambda connection: connection.rows("SELECT status_id, account_id FROM tombstone"))
        assert tombstones == [(status, ada)]


async def test_files_are_attached_once_and_in_order(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        for identity in (1, 2, 3):
            await raf.store.write(add_media, identity, ada)
        await raf.store.write(add_media, 4, ada, "waiting")
        await raf.store.write(add_media, 5, ada, "ready", "video")
        status = await say(raf, ada, "", media_ids=(2, 1))
        shown = await raf.status(status, None)
        assert [media.id for media in shown.media_attachments] == ["2", "1"]
        assert shown.media_attachments[0].url == f"{raf.url}/media/a.jpg"
        assert await raf.account_statuses(ada, None, only_media=True) == [status]
        for ids, said in (((1,), "already attached"), ((4,), "not finished"), ((3, 5), "video"), ((3, 3), "twice")):
            with pytest.raises(Refused, match=said):
                await say(raf, ada, media_ids=ids)
        with pytest.raises(Refused, match="not found"):
            await say(raf, boris, media_ids=(3,))
        await raf.edit_post(ada, status, PostChange(media_ids=(3, 1), media_descriptions={3: "a cup"}))
        shown = await raf.status(status, None)
        assert [(media.id, media.description) for media in shown.media_attachments] == [("3", "a cup"), ("1", None)]
        assert [len(version.media_attachments) for version in await raf.status_history(status, None)] == [2, 2]


async def test_the_program_a_post_was_written_with_is_named(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        (ada,) = await people(raf, "ada")
        await raf.store.write(
            lambda connection: connection.execute(
                "INSERT INTO oauth_application (id, client_id, secret, name, website, redirect_uris, scopes, created_at)"
                " VALUES (7, 'c', ?, 'Shell', 'https://shell.example', '', '', 0)",
                (b"",),
            )
        )
        shown = await raf.status(await say(raf, ada, application_id=7), None)
        assert shown.application is not None
        assert (shown.application.name, shown.application.website) == ("Shell", "https://shell.example")


async def test_a_suspended_account_says_nothing(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        (ada,) = await people(raf, "ada")
        await raf.store.write(lambda connection: connection.execute("UPDATE account SET suspended = 1"))
        with pytest.raises(Forbidden):
            await say(raf, ada)


async def test_a_thousand_posts_at_once_are_all_there_in_order(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        ada, boris = await people(raf, "ada", "boris")
        await raf.follow(boris, ada)
        await raf.home(boris)
        ids = await asyncio.gather(*(say(raf, ada, f"post {number}") for number in range(500)))
        assert len(set(ids)) == 500
        assert await raf.home(boris, ALL) == sorted(ids, reverse=True)
        assert (await raf.account(ada)).statuses_count == 500
