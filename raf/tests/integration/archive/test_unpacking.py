"""An archive of another place comes in: posts, pictures, polls, boosts, the profile."""

from __future__ import annotations

import io
import json
import tarfile
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from raf.tests.integration.archive.boxes import ACTOR, FOLLOWERS, boxed, note, picture, taken_in

from ostrov import run_tasks
from raf.archive.archive import open_archive
from raf.archive.notes import EVERYBODY
from raf.errors import Invalid
from raf.snowflake import time_of
from raf.testing import ALL, network, people, say


async def test_posts_of_mastodon_come_with_their_time_audience_and_pictures(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, vera = await people(raf, "anna", "vera")
        await raf.follow(vera, anna)
        now = await say(raf, anna, "today")
        assert await raf.home(vera) == [now]
        link = '<a href="https://soy.example/long/path"><span class="invisible">https://</span>soy.ex…</a>'
        mention = {"type": "Mention", "href": "https://far.example/users/bob", "name": "@bob@far.example"}
        path = boxed(
            tmp_path,
            note(2, "<p>second</p>", inReplyTo=f"{ACTOR}/statuses/1"),
            note(
                1,
                f'<p>first<br>line {link}</p><p><a href="https://far.example/users/bob" class="u-url mention">@bob</a> ok</p>',
                tag=[mention],
                attachment=[{"type": "Document", "url": "/media_attachments/files/1.png", "name": "Soy"}],
            ),
            note(3, "<p>for followers</p>", FOLLOWERS),
            note(4, "<p>for bob</p>", "https://far.example/users/bob"),
            note(5, "<p>to nobody known</p>", None),
            {"type": "Announce", "object": "https://far.example/1"},
            note(6, "<p>not mine</p>", attributedTo="https://far.example/users/bob"),
            note(7, "<script>alert(1)</script>"),
            files={"media_attachments/files/1.png": picture()},
        )
        assert await taken_in(raf, anna, path) == ("done", 5, 0, "")
        ids = await raf.account_statuses(anna, anna, ALL)
        found = {status.created_at[:10]: status for status in await raf.statuses(ids, anna)}
        assert [status.visibility for status in found.values()][1:] == ["direct", "direct", "private", "public", "public"]
        first, second = found["2019-05-01"], found["2019-05-02"]
        source = await raf.status_source(anna, int(first.id))
        assert source.text == "first\nline https://soy.example/long/path\n\n@bob@far.example ok"
        assert first.media_attachments[0].description == "Soy"
        assert second.in_reply_to_id == first.id
        assert time.strftime("%Y-%m-%d", time.gmtime(time_of(int(first.id)))) == "2019-05-01"
        seen = await raf.account_statuses(anna, vera, ALL)
        assert len(seen) == 4  # not the two that are for somebody else
        assert await raf.home(vera) == seen
        assert (await raf.account(anna)).last_status_at == time.strftime("%Y-%m-%d", time.gmtime())
        assert await raf.notifications(vera, types=("mention", "status")) == []


async def test_the_same_archive_twice_posts_once(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        [anna] = await people(raf, "anna")
        for _ in range(2):
            state, done, failed, _ = await taken_in(raf, anna, boxed(tmp_path, note(1, "<p>one</p>"), note(2, "<p>two</p>")))
            assert (state, done, failed) == ("done", 2, 0)
        assert len(await raf.account_statuses(anna, anna, ALL)) == 2


async def test_imported_posts_stand_in_a_rebuild(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        [anna] = await people(raf, "anna")
        await taken_in(raf, anna, boxed(tmp_path, note(1, "<p>one</p>"), note(2, "<p>two</p>")))
        before = await raf.statuses(await raf.account_statuses(anna, anna, ALL), anna)
        await raf.events.rebuild()
        raf.memory.forget()
        assert await raf.statuses(await raf.account_statuses(anna, anna, ALL), anna) == before
        assert (await taken_in(raf, anna, boxed(tmp_path, note(1, "<p>one</p>"))))[1] == 1
        assert len(await raf.account_statuses(anna, anna, ALL)) == 2


async def test_an_old_archive_is_a_tar(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        [anna] = await people(raf, "anna")
        path = tmp_path / "archive.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            data = json.dumps({"orderedItems": [note(1, "<p>one</p>")]}).encode()
            member = tarfile.TarInfo("./outbox.json")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
            tar.addfile(_link("../../etc/passwd"))
        assert await taken_in(raf, anna, path) == ("done", 1, 0, "")


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + b"\0" * 18, b"not an archive", b"PK\x03\x04" + b"x" * 300])
async def test_what_is_no_archive_is_refused_and_leaves_nothing(tmp_path: Path, data: bytes) -> None:
    async with network(tmp_path) as raf:
        [anna] = await people(raf, "anna")
        path = tmp_path / "archive.zip"
        path.write_bytes(data)
        try:
            state, *_, error = await taken_in(raf, anna, path)
        except Invalid as problem:
            state, error = "failed", problem.details["file"][0][0]
        assert (state, error) == ("failed", "ERR_UNREADABLE")
        assert list(raf.application.part(open_archive).folder.iterdir()) == []


async def test_a_picture_that_lies_about_its_size_or_is_none_keeps_no_words_away(tmp_path: Path) -> None:
    async with network(tmp_path, ["raf.media.max_bytes=100000"]) as raf:
        [anna] = await people(raf, "anna")
        bomb = note(1, "<p>words</p>", attachment=[{"url": "big.png"}, {"url": "no.png"}, {"url": "../../x"}])
        path = boxed(tmp_path, bomb, files={"big.png": b"\x89PNG" + b"\0" * 5_000_000, "no.png": b"<svg onload=alert(1)>"})
        assert await taken_in(raf, anna, path) == ("done", 1, 0, "")
        [status] = await raf.statuses(await raf.account_statuses(anna, anna, ALL), anna)
        assert (status.content, status.media_attachments) == ("<p>words</p>", [])


def _link(target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo("media.png")
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


async def test_boosts_come_in_with_their_time_when_the_post_is_here(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        anna, vera, fan = await people(raf, "anna", "vera", "fan")
        await raf.follow(fan, anna)
        shown = await say(raf, vera, "hello")
        secret = await say(raf, vera, "for followers", visibility="private")
        today = await say(raf, anna, "today")
        assert await raf.home(fan) == [today]

        def boost(day: int, uri: str, **more: Any) -> dict[str, Any]:
            said = {"type": "Announce", "actor": ACTOR, "published": f"2019-05-{day:02}T10:00:00Z", "to": [EVERYBODY]}
            return said | {"object": uri} | more

        here = f"{raf.url}/users/vera/statuses/"
        activities = (
            boost(3, f"{here}{shown}"),
            boost(4, f"{raf.url}/@vera/{secret}"),
            boost(5, "https://far.example/users/bob/statuses/1"),
            boost(6, f"{here}{shown}", actor="https://old.example/users/somebody_else"),
            note(1, "first"),
        )
        path = boxed(tmp_path, *activities)
        assert await taken_in(raf, anna, path) == ("done", 3, 1, ""), "one from far is not even tried, one may not be seen"
        found = await raf.statuses(await raf.account_statuses(anna, anna, ALL), anna)
        boosts = [status for status in found if status.reblog is not None]
        assert [(int(s.reblog.id), s.created_at[:10], s.visibility) for s in boosts if s.reblog] == [
            (shown, "2019-05-03", "public")
        ]
        assert (await raf.status(shown, vera)).reblogs_count == 1
        assert await raf.home(fan) == [today, *[int(status.id) for status in found if status.created_at[:4] == "2019"]]
        await run_tasks(raf.application)
        assert await raf.notifications(vera) == [], "nobody is told of the past"
        assert (await taken_in(raf, anna, boxed(tmp_path, *activities)))[0] == "done"
        assert (await raf.status(shown, vera)).reblogs_count == 1


async def test_the_profile_comes_only_when_asked_for(tmp_path: Path, database: list[str]) -> None:
    async with network(tmp_path, database) as raf:
        (anna,) = await people(raf, "anna")
        actor = {
            "id": ACTOR,
            "type": "Person",
            "name": "Anna with a name that is much longer than thirty letters",
            "summary": "<p>Soy &amp; <b>coconut</b></p>",
            "icon": {"type": "Image", "url": "avatar.png"},
            "image": {"type": "Image", "url": "https://elsewhere.example/header.png"},
            "attachment": [
                {"type": "PropertyValue", "name": "Site", "value": '<a href="https://anna.example">anna…</a>'},
                {"type": "IdentityProof", "name": "key", "value": "no"},
            ],
        }
        path = tmp_path / "archive.zip"

        def pack() -> None:
            with zipfile.ZipFile(path, "w") as box:
                box.writestr("actor.json", json.dumps(actor))
                box.writestr("outbox.json", json.dumps({"orderedItems": [note(1, "first")]}))
                box.writestr("avatar.png", picture())

        pack()
        assert await taken_in(raf, anna, path) == ("done", 1, 0, "")
        assert (await raf.credential_account(anna)).source.note == ""
        pack()
        archive = raf.application.part(open_archive)
        await archive.bring_archive(anna, path.name, path, profile=True)
        await run_tasks(raf.application)
        found = await raf.credential_account(anna)
        assert found.source.note == "Soy & coconut"
        assert found.display_name == "Anna with a name that is much "[:30].strip()
        assert [(row.name, row.value) for row in found.source.fields] == [("Site", "https://anna.example")]
        assert ("default/avatar" in found.avatar, "default/header" in found.header) == (False, True)
        assert (await archive.imports(anna))[0].failed == 0


async def test_a_poll_comes_as_lines_of_its_post(tmp_path: Path) -> None:
    async with network(tmp_path) as raf:
        (anna,) = await people(raf, "anna")
        answers = [
            {"type": "Note", "name": "Soy", "replies": {"type": "Collection", "totalItems": 7}},
            {"type": "Note", "name": "Coconut"},
        ]
        assert await taken_in(raf, anna, boxed(tmp_path, note(1, "<p>Which?</p>", oneOf=answers, type="Question"))) == (
            "done",
            1,
            0,
            "",
        )
        [status_id] = await raf.account_statuses(anna, anna, ALL)
        assert (await raf.status_source(anna, status_id)).text == "Which?\n\n• Soy — 7\n• Coconut"
