"""The archive of an account, packed and taken in again, on both databases."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from raf.tests.integration.archive.boxes import packed, picture, taken_in

from raf.archive.archive import open_archive
from raf.errors import Missing, Refused
from raf.forms import NewPost
from raf.testing import ALL, network, people, say


async def test_an_archive_holds_all_that_is_ones_own(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, vera = await people(raf, "anna", "vera")
        media = await raf.upload(anna, picture(), "A cup", (0.5, -0.25))
        first = await say(raf, anna, "Утро, @vera #raf", media_ids=(media,), language="ru")
        reply = await say(raf, anna, "and more", in_reply_to_id=first, visibility="private")
        theirs = await say(raf, vera, "a secret of vera", visibility="private")
        shown = await say(raf, vera, "hello")
        await raf.favourite(anna, shown)
        await raf.bookmark(anna, shown)
        await raf.reblog(anna, shown)
        with await packed(raf, anna) as box:
            outbox = json.loads(box.read("outbox.json"))
            assert outbox["totalItems"] == 3
            one, two, boost = outbox["orderedItems"]
            assert one["object"]["source"]["content"] == "Утро, @vera #raf"
            assert one["object"]["contentMap"].keys() == {"ru"}
            assert {tag["name"] for tag in one["object"]["tag"]} == {"#raf", f"@vera@{raf.url.partition('://')[2]}"}
            [file] = one["object"]["attachment"]
            assert (file["name"], file["focalPoint"]) == ("A cup", [0.5, -0.25])
            assert box.read(file["url"].lstrip("/"))[:4] in (b"RIFF", b"\x89PNG", b"\xff\xd8\xff\xe0")
            assert two["object"]["inReplyTo"] == one["object"]["id"]
            assert two["to"] == [f"{raf.url}/users/anna/followers"]
            assert (boost["type"], boost["object"]) == ("Announce", f"{raf.url}/users/vera/statuses/{shown}")
            assert json.loads(box.read("likes.json"))["orderedItems"] == [boost["object"]]
            assert json.loads(box.read("bookmarks.json"))["orderedItems"] == [boost["object"]]
            assert json.loads(box.read("actor.json"))["preferredUsername"] == "anna"
            assert "following_accounts.csv" in box.namelist()
            whole = b"".join(box.read(name) for name in box.namelist())
        assert b"a secret of vera" not in whole
        assert (reply, theirs) != (0, 0)
        with pytest.raises(Missing):
            await raf.application.part(open_archive).packed(vera)
        with pytest.raises(Refused):
            await raf.application.part(open_archive).order(anna)


async def test_what_goes_out_comes_in_again(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, other = await people(raf, "anna", "other")
        media = await raf.upload(anna, picture(), "A cup")
        first = await say(raf, anna, "<b>Утро</b> & #raf", media_ids=(media,), language="ru", spoiler_text="coffee")
        await say(raf, anna, "and more", in_reply_to_id=first, visibility="private")
        (await packed(raf, anna)).close()
        path = await raf.application.part(open_archive).packed(anna)
        assert await taken_in(raf, other, path) == ("done", 2, 0, "")
        found = await raf.statuses(await raf.account_statuses(other, other, ALL), other)
        assert [status.visibility for status in found] == ["private", "public"]
        reply, root = found
        assert (reply.in_reply_to_id, root.spoiler_text, root.language) == (root.id, "coffee", "ru")
        assert root.media_attachments[0].description == "A cup"
        source = await raf.status_source(other, int(root.id))
        assert source.text == "<b>Утро</b> & #raf"


async def test_old_archives_go_with_their_files(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        [anna] = await people(raf, "anna")
        await raf.post(anna, NewPost(text="x"))
        (await packed(raf, anna)).close()
        archive = raf.application.part(open_archive)
        path = await archive.packed(anna)
        (archive.folder / "upload-of-a-killed-process").write_bytes(b"x")
        assert await archive.prune() == 0
        assert len(list(archive.folder.iterdir())) == 2
        archive.clock = lambda: time.time() + 8 * 86400
        assert await archive.prune() == 1
        assert list(archive.folder.iterdir()) == []
        assert not path.exists()
