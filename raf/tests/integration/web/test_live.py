"""What `/live` tells an open page, and what it keeps to itself."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import pytest

from ostrov.run.tasks.testing import working
from raf.forms import NewPost, PostChange
from raf.identity import open_identity
from raf.network import open_raf
from raf.web import live as lives
from raf.web.testing import Site, Visitor


class Stream:
    """An open connection to `/live`."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.arrived = asyncio.Event()
        self.ended = asyncio.Event()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.text = ""

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        self.text += message["body"].decode()
        for block in message["body"].decode().split("\n\n"):
            found = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":") and ": " in line)
            if "event" in found:
                self.heard.append((found["event"], json.loads(found["data"])))
        self.arrived.set()

    async def hears(self, event: str) -> dict[str, Any]:
        """The first event of that name, when it comes."""
        async with asyncio.timeout(10):
            while True:
                for name, data in self.heard:
                    if name == event:
                        return data
                self.arrived.clear()
                await self.arrived.wait()


@asynccontextmanager
async def listening(site: Site, visitor: Visitor, stream: str, since: str = "0") -> AsyncIterator[Stream]:
    """A page that listens; it is there once this returns."""
    connection = Stream()
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.client.cookies.jar)
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/live",
        "raw_path": b"/live",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "query_string": urlencode({"stream": stream, "since": since}).encode(),
        "headers": [(b"host", b"127.0.0.1:8000"), (b"cookie", cookies.encode()), (b"accept-language", b"en")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
        "asgi": {"version": "3.0"},
    }
    serving = asyncio.create_task(site.app(scope, connection.receive, connection.send))
    serving.add_done_callback(lambda _: connection.ended.set())
    await asyncio.wait_for(connection.arrived.wait(), 10)
    try:
        yield connection
    finally:
        connection.gone.set()
        await asyncio.wait_for(serving, 10)


async def test_a_post_of_somebody_followed_comes_with_its_html(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, reader = await site.member("author"), await site.member("reader")
        page = await reader.get("/@author")
        account_id = re.search(r"/accounts/(\d+)/follow", page.html)[1]  # type: ignore[index]
        await page.press(f"/accounts/{account_id}/follow")
        async with listening(site, reader, "home") as stream:
            await author.write("steam is up")
            post = await stream.hears("post")
        assert "steam is up" in post["html"]
        assert post["html"].startswith("<article")
        assert "/favourite" in post["html"], "with the reader's own buttons"
        assert stream.headers["content-type"].startswith("text/event-stream")


async def test_a_stranger_hears_of_public_posts_only(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, stranger = await site.member("author"), site.visitor()
        async with listening(site, stranger, "local") as stream, listening(site, stranger, "home") as nothing:
            for visibility in ("private", "direct", "unlisted"):
                await author.write(f"this is {visibility}", visibility=visibility)
            await author.write("this is for everybody")
            post = await stream.hears("post")
        assert "for everybody" in post["html"]
        assert "/log-in" in post["html"]
        assert not re.search("private|direct|unlisted", stream.text)
        assert nothing.heard == []


async def test_what_came_between_the_page_and_its_connection_is_sent_first(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, stranger = await site.member("author"), site.visitor()
        page = await author.write("seen already")
        newest = re.search(r'data-post="(\d+)"', page.html)[1]  # type: ignore[index]
        await author.write("missed")
        await author.write("missed too")
        async with listening(site, stranger, "local", since=newest) as stream:
            await stream.hears("post")
        texts = [data["html"] for name, data in stream.heard if name == "post"]
        assert ["missed" in text for text in texts] == [True, True]
        assert "missed too" in texts[1], "the oldest first"


async def test_a_page_that_missed_too_much_is_told_to_load_anew(open_site, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(lives, "CATCH_UP", 3)
    async with open_site() as site:
        author, stranger = await site.member("author"), site.visitor()
        page = await author.write("first")
        newest = re.search(r'data-post="(\d+)"', page.html)[1]  # type: ignore[index]
        for number in range(5):
            await author.write(f"more {number}")
        async with listening(site, stranger, "local", since=newest) as stream:
            await stream.hears("gap")


async def test_a_reply_reaches_the_thread_and_no_other_thread(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author, reader = await site.member("author"), await site.member("reader")
        raf = site.application.part(open_raf)
        author_id, reader_id = [int((await raf.account_by_name(name)).id) for name in ("author", "reader")]
        one = await raf.post(author_id, NewPost(text="one"))
        other = await raf.post(author_id, NewPost(text="other"))
        answer = await raf.post(reader_id, NewPost(text="first answer", in_reply_to_id=one))
        async with (
            listening(site, author, f"thread:{answer}", since=str(answer)) as here,
            listening(site, reader, f"thread:{other}", since=str(answer)) as there,
        ):
            await raf.post(author_id, NewPost(text="and back", in_reply_to_id=answer))
            assert "and back" in (await here.hears("post"))["html"]
            await raf.post(author_id, NewPost(text="elsewhere", in_reply_to_id=other))
            assert "elsewhere" in (await there.hears("post"))["html"]
        assert len([name for name, _ in here.heard if name == "post"]) == 1
        assert len([name for name, _ in there.heard if name == "post"]) == 1


async def test_changes_and_deletions_reach_the_page(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author = await site.member("author")
        raf = site.application.part(open_raf)
        author_id = int((await raf.account_by_name("author")).id)
        async with listening(site, author, "home") as stream:
            post_id = await raf.post(author_id, NewPost(text="Epsresso"))
            await stream.hears("post")
            await raf.edit_post(author_id, post_id, PostChange(text="Espresso"))
            assert "Espresso" in (await stream.hears("change"))["html"]
            await raf.delete_post(author_id, post_id)
            assert (await stream.hears("gone"))["id"] == str(post_id)


async def test_changes_and_deletions_reach_an_open_thread(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        await site.member("author")
        await site.member("reader")
        raf = site.application.part(open_raf)
        author_id, reader_id = [int((await raf.account_by_name(name)).id) for name in ("author", "reader")]
        first = await raf.post(author_id, NewPost(text="first", visibility="unlisted"))
        answer = await raf.post(reader_id, NewPost(text="anwser", visibility="unlisted", in_reply_to_id=first))
        async with listening(site, site.visitor(), f"thread:{answer}", since=str(answer)) as stream:
            await raf.edit_post(reader_id, answer, PostChange(text="answer"))
            changed = await stream.hears("change")
            assert (changed["id"], "answer" in changed["html"]) == (str(answer), True)
            await raf.delete_post(author_id, first)
            assert (await stream.hears("gone"))["id"] == str(first)
        async with listening(site, site.visitor(), f"thread:{answer}", since=str(answer)) as stream:
            await raf.edit_post(reader_id, answer, PostChange(text="an answer to what is gone"))
            assert "what is gone" in (await stream.hears("change"))["html"], "the conversation outlives its first post"


async def test_a_thread_says_nothing_of_posts_it_does_not_show(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        await site.member("author")
        raf = site.application.part(open_raf)
        author_id = int((await raf.account_by_name("author")).id)
        first = await raf.post(author_id, NewPost(text="first"))
        private = await raf.post(author_id, NewPost(text="among us", visibility="private", in_reply_to_id=first))
        async with listening(site, site.visitor(), f"thread:{first}", since=str(first)) as stream:
            await raf.edit_post(author_id, private, PostChange(text="among friends"))
            await raf.delete_post(author_id, private)
            await raf.delete_post(author_id, first)
            assert (await stream.hears("gone"))["id"] == str(first)
        assert [name for name, _ in stream.heard] == ["gone"]
        assert str(private) not in stream.text


@pytest.mark.parametrize("stream", ["", "notifications", "local"])
async def test_the_bell_rings_on_every_page(stream: str, open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site, working(site.application):
        author, reader = await site.member("author"), await site.member("reader")
        page = await author.write("ring")
        post_id = re.search(r'data-post="(\d+)"', page.html)[1]  # type: ignore[index]
        async with listening(site, author, stream, since=post_id) as connection:
            await (await reader.get("/local")).press(f"/posts/{post_id}/favourite")
            assert (await connection.hears("unread"))["count"] == 1
            if stream == "notifications":
                assert "likes your post" in (await connection.hears("note"))["html"]


async def test_a_connection_ends_with_its_session(open_site, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(lives, "HEARTBEAT", 0.05)
    async with open_site() as site:
        member = await site.member("member")
        async with listening(site, member, "home") as stream:
            await (await member.get("/settings/preferences")).submit("/log-out")
            stream.arrived.clear()
            member.client.cookies.clear()
            async with asyncio.timeout(10):
                before = -1
                while before != len(stream.text):
                    before = len(stream.text)
                    await asyncio.sleep(0.2)


async def test_a_connection_leaves_nothing_behind(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        board = site.application.part(open_raf).timelines.memory.board
        async with listening(site, site.visitor(), "local"):
            assert len(set(board.everybody())) == 1
        assert set(board.everybody()) == set()


async def test_who_was_logged_out_hears_nothing_more_however_much_happens(open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site:
        author = await site.member("author")
        raf = site.application.part(open_raf)
        author_id = int((await raf.account_by_name("author")).id)
        async with listening(site, author, "home") as stream:
            await raf.post(author_id, NewPost(text="before"))
            await stream.hears("post")
            identity = site.application.part(open_identity)
            [session] = await identity.sessions(author_id)
            await identity.close_session(author_id, session.id)
            await raf.post(author_id, NewPost(text="for friends alone", visibility="private"))
            await asyncio.wait_for(stream.ended.wait(), 10)
        assert "for friends alone" not in stream.text


async def test_one_person_may_not_hold_all_connections(open_site, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(lives, "OPEN_EACH", 1)
    async with open_site() as site:
        member, stranger = await site.member("member"), site.visitor()
        async with listening(site, member, "home"), listening(site, stranger, "local") as other:
            assert other.status == 200
            async with listening(site, member, "home") as second:
                assert second.status == 429
        async with listening(site, member, "home") as again:
            assert again.status == 200


@pytest.mark.parametrize("stream", ["thread:99999999999999999999", "thread:" + "9" * 5000, "thread:x", "tag:"])
async def test_a_page_that_cannot_be_is_silent(stream: str, open_site) -> None:  # type: ignore[no-untyped-def]
    async with open_site() as site, listening(site, site.visitor(), stream, since="9" * 19) as connection:
        assert connection.status == 200
