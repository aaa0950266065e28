"""A post that is deleted leaves none of its words in the log, and what is written again from the log is the same, on both
databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from raf.tests.integration.lives import boxed, member

from ostrov import Connection, run_tasks
from raf import operations
from raf.archive.archive import open_archive
from raf.errors import Missing
from raf.forms import NewPoll, NewPost, PostChange
from raf.polls.polls import open_polls
from raf.posts.redrafting import redraft
from raf.testing import ALL, changed_by_rebuild, network, people, say

SECRETS = ("zanzibar", "Занзибар", "wombat", "quokka", "narwhal", "okapi", "vera")


def words_in_the_log(connection: Connection, status_id: int) -> set[str]:
    """Which secrets the events of a post still hold, in whatever version."""
    rows = connection.rows("SELECT state FROM stored_events WHERE originator_id = ?", (f"p{status_id}",))
    whole = b"\n".join(bytes(state) for (state,) in rows).decode()
    return {secret for secret in SECRETS if secret in whole}


async def test_no_word_of_a_deleted_post_stays_in_the_log(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, vera = await people(raf, "anna", "vera")
        poll = NewPoll(options=("quokka", "narwhal"), expires_in=3600)
        gone = await say(raf, anna, "zanzibar for @vera", spoiler_text="Занзибар", poll=poll)
        kept = await say(raf, anna, "zanzibar again")
        answer = await say(raf, vera, "which?", in_reply_to_id=gone)
        await raf.application.part(open_polls).vote(vera, gone, [1])
        await raf.edit_post(anna, gone, PostChange(text="wombat", poll=NewPoll(options=("okapi", "emu"), expires_in=3600)))
        await raf.application.part(open_polls).vote(vera, gone, [0])
        await raf.reblog(vera, gone)
        assert await raf.store.read(words_in_the_log, gone) == set(SECRETS)
        await raf.delete_post(anna, gone)
        assert await raf.store.read(words_in_the_log, gone) == set()
        assert await raf.store.read(words_in_the_log, kept) == {"zanzibar"}, "other posts keep theirs"
        with pytest.raises(Missing):
            await raf.status(gone, anna)
        assert (await raf.status(answer, anna)).in_reply_to_id is None
        assert await changed_by_rebuild(raf) == []


async def test_the_database_file_itself_holds_them_no_more(tmp_path: Path) -> None:
    """On SQLite, which writes zeros over what is deleted; nothing has indexed the post yet."""

    def holds() -> list[str]:
        return [path.name for path in tmp_path.rglob("*") if path.is_file() and b"zanzibar" in path.read_bytes()]

    async with network(tmp_path) as raf:
        (anna,) = await people(raf, "anna")
        posts = [await say(raf, anna, f"zanzibar {number} " + "far away " * 30) for number in range(40)]
    assert holds() == ["ostrov.db"]
    async with network(tmp_path) as raf:
        for post in posts:
            await raf.delete_post(anna, post)
    assert holds() == []


async def test_a_post_that_is_written_anew_leaves_the_words_of_the_old_one_nowhere(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        (anna,) = await people(raf, "anna")
        old = await say(raf, anna, "zanzibar")
        new = await raf.command(redraft, anna, old, NewPost(text="wombat"), {}, {})
        assert await raf.store.read(words_in_the_log, old) == set()
        assert await raf.store.read(words_in_the_log, new) == {"wombat"}


async def test_words_and_post_go_together_or_not_at_all(tmp_path: Path, database: list[str], monkeypatch) -> None:
    """One transaction holds both: whoever is killed between them has done neither."""
    async with network(tmp_path, database) as raf:
        (anna,) = await people(raf, "anna")
        post = await say(raf, anna, "zanzibar")

        def killed(*arguments: object) -> int:
            raise RuntimeError("killed")

        with monkeypatch.context() as patch:
            patch.setattr(raf.journal.events, "rewrite", killed)
            with pytest.raises(RuntimeError):
                await raf.delete_post(anna, post)
        assert (await raf.status(post, anna)).id == str(post)
        assert await raf.store.read(words_in_the_log, post) == {"zanzibar"}
        await raf.delete_post(anna, post)
        assert await raf.store.read(words_in_the_log, post) == set()


async def test_posts_of_before_lose_theirs_when_the_operator_says_so(tmp_path: Path, database: list[str], monkeypatch) -> None:
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    async with network(tmp_path, database) as raf:
        (anna,) = await people(raf, "anna")
        posts = [await say(raf, anna, f"zanzibar {number}") for number in range(6)]
        with monkeypatch.context() as before:
            before.setattr(raf.journal.events, "rewrite", lambda *arguments: 0)
            for post in posts[:5]:
                await raf.delete_post(anna, post)
        assert await raf.store.read(words_in_the_log, posts[4]) == {"zanzibar"}
        for number in (5, 0):
            assert f"words of {number} deleted posts" in await operations.forget.function(raf.application)
        assert [await raf.store.read(words_in_the_log, post) for post in posts] == [*[set()] * 5, {"zanzibar"}]
        assert await changed_by_rebuild(raf) == []


async def test_an_imported_post_that_was_deleted_is_still_known_to_have_come(tmp_path: Path, database: list[str]) -> None:
    """Its words go; what it was called elsewhere stays, so that the same archive does not bring it again."""
    async with network(tmp_path / "house", database) as raf:
        anna = await member(raf, "anna")
        archive = raf.application.part(open_archive)
        await archive.bring_archive(anna, "archive.zip", boxed(tmp_path))
        await run_tasks(raf.application)
        (post,) = await raf.account_statuses(anna, anna, ALL)
        await raf.delete_post(anna, post)
        assert "quokka" not in await raf.store.read(words_in_the_log, post)
        assert await changed_by_rebuild(raf) == []
        await archive.bring_archive(anna, "archive.zip", boxed(tmp_path))
        await run_tasks(raf.application)
        assert await raf.account_statuses(anna, anna, ALL) == []
