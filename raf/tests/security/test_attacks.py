"""What an attacker tries on a server that runs: smuggled requests, texts that take for ever, cursors and parameters bent."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from raf.tests.security.routes import api_routes

from ostrov import Ostrov
from ostrov.run.web.dispatcher import Dispatcher
from ostrov.run.web.mounts import build_mounts
from ostrov.testing import running
from raf.archive.plain import plain_text
from raf.domain.filters import pattern
from raf.domain.text import html, one_line, pieces
from raf.identity.applications import is_redirect_uri
from raf.identity.emails import problems_of_email
from raf.identity.redirects import safe_next
from raf.moderation.house import drawn
from raf.search import query, words

SIZE = 6_000
SEEDS = (
    *("@a", "#1", "#·", "@a.", "@a@b.", "http://", "http://a.b/(", "https://[::", "<", "<a href=", "&", "&#", "a@", "-", '"'),
    *("(", "from:", "а́", "\u200d", "👍", "\n\n", "<p>", "<!--", "</", ":a", "::", "1.", "a" * 50 + " ", "🇷🇺", "http://a."),
    *("//", "<a href=<", "http://a.b/( ", "[[", "\\", "%", "__", "xn--"),
)
TAKING: dict[str, Callable[[str], Any]] = {
    "a post": lambda text: html(text, pieces(text), {"a": "a"}),
    "a field": one_line,
    "a text of the house": drawn,
    "imported HTML": lambda text: plain_text(text, {}),
    "a search": query.parse,
    "a text for the search": words.stems,
    "a keyword": lambda text: pattern([(text[:200], True)]),
    "an e-mail address": problems_of_email,
    "an address to go back to": safe_next,
    "an address of a client": is_redirect_uri,
}


def cost(take: Callable[[str], Any], text: str) -> float:
    """Seconds of this thread, the least of three."""
    found = []
    for _ in range(3):
        start = time.thread_time()
        take(text)
        found.append(time.thread_time() - start)
    return min(found)


@pytest.mark.parametrize("name", TAKING)
def test_no_text_takes_more_than_its_length(name: str) -> None:
    """Ten times the text takes at most some thirty times as long: nothing grows with the square, or worse."""
    take = TAKING[name]
    slow = []
    for seed in SEEDS:
        long = (seed * SIZE)[:SIZE]
        little, much = cost(take, long[: SIZE // 10]), cost(take, long)
        if much > 0.02 and much > 30 * little:
            slow.append(f"{seed!r}: {little * 1000:.1f} ms, then {much * 1000:.1f} ms")
    assert slow == []


@pytest.mark.long
async def test_bent_cursors_numbers_and_repeated_parameters_break_nothing(api: Any) -> None:
    """Every list of the API with cursors that never were, sizes beyond all bounds and each parameter twice."""
    async with api("raf.api.rate_limit=0") as raf:
        anna = await raf.person("anna", "read write follow push")
        await anna.says("hello #raf")
        values = dict.fromkeys([name for route in api_routes() for name in route.names], "9") | {"account_id": anna.id}
        queries = (
            *("max_id=0", "min_id=9223372036854775807", "since_id=-1", "max_id=99999999999999999999", "max_id=1%27--"),
            *("limit=99999999999999999999", "offset=99999999999999999999", "offset=-1&limit=-5", "limit=1&limit=x"),
            *("id[]=1&id[]=x", "q=%00&type[]=x", "max_id[a][b][c][d][e][f]=1", "q=%ff%fe&limit=%EF%BC%91", "%00=1" + "&" * 500),
        )
        for route in api_routes():
            if route.method != "GET" or "/admin/" in route.path or route.path.startswith("/oauth"):
                continue
            for asked in queries:
                answer = await anna.ask("GET", f"{route.filled(values)}?{asked}")
                assert answer.status_code < 500, (str(route), asked, answer.text)


async def test_of_a_parameter_sent_twice_none_gets_around_a_check(api: Any) -> None:
    """The code goes to the address that was checked, and a post has the visibility it answers with."""
    async with api() as raf:
        anna = await raf.person("anna")
        session = await raf.house.identity.open_session(anna.account_id)
        good, bad = "https%3A%2F%2Fapp.example%2Fcb", "https%3A%2F%2Fevil.example%2Fcb"
        for pair in (f"redirect_uri={good}&redirect_uri={bad}", f"redirect_uri={bad}&redirect_uri={good}"):
            path = f"/oauth/authorize?response_type=code&client_id={raf.program.client_id}&scope=read&{pair}"
            page = await raf.client.get(path, headers={"cookie": f"raf_session={session}"})
            if page.status_code == 200:
                assert 'name="redirect_uri" value="https://app.example/cb"' in page.text
                assert "evil.example" not in page.headers["content-security-policy"]
            else:
                assert "evil.example" not in page.headers.get("location", "")
        answer = await anna.ask("POST", "/api/v1/statuses?visibility=public", data={"status": "x", "visibility": "private"})
        assert answer.json()["visibility"] == "private"
        twice = "status=x&visibility=private&visibility=direct"
        kind = {"content-type": "application/x-www-form-urlencoded"}
        said = (await anna.ask("POST", "/api/v1/statuses", content=twice, headers=kind)).json()
        assert said["visibility"] == "direct"
        stranger = await raf.person("stranger")
        assert (await stranger.ask("GET", f"/api/v1/statuses/{said['id']}")).status_code == 404


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[Ostrov, int]]:
    """The whole place on a port, as `ostrov up` serves it."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    async with running(folder, ["raf"], [f"web.port={port}", "raf.identity.argon2_memory=64"]) as application:
        mounts = {mount.prefix: mount.app for mount in build_mounts(application)}
        server = uvicorn.Server(uvicorn.Config(Dispatcher(mounts, {}), lifespan="off", log_level="warning", ws="none"))
        task = asyncio.create_task(server.serve([listening]))
        try:
            yield application, port
        finally:
            server.should_exit = True
            await task


async def raw(port: int, sent: bytes) -> bytes:
    """What comes back for these very bytes, until the server closes or has nothing more to say."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await writer.drain()
    found = b""
    try:
        while piece := await asyncio.wait_for(reader.read(65536), 0.7):
            found += piece
    except TimeoutError:
        pass
    writer.close()
    return found


UPWARDS = ("/../" * 6, "/%2e%2e/" * 6, "/..%2f" * 6, "/%2e%2e%5c" * 6, "//", "/....//" * 4, "/%00/", "/%252e%252e%252f" * 4)
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: raf.test\r\n\r\n"
SHAPES = {
    "length and chunks": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(SMUGGLED)),
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED),
    "a length with a sign": b"Content-Length: +0\r\n\r\n",
    "chunks misspelt": b"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n",
    "chunks behind a space": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a folded header": b"X-A: b\r\n Content-Length: 0\r\n\r\n",
    "a chunk of no size": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
}


async def test_no_request_hides_in_another(tmp_path: Path) -> None:
    """Requests whose end two servers could see in different places are refused, or the connection ends with them."""
    async with serving(tmp_path) as (_, port):
        plain = await raw(port, b"GET /api/v2/instance HTTP/1.1\r\nHost: raf.test\r\n\r\n")
        assert plain.startswith(b"HTTP/1.1 200"), "the server answers at all"
        for name, shape in SHAPES.items():
            answer = await raw(port, b"POST /api/v1/apps HTTP/1.1\r\nHost: raf.test\r\n" + shape + SMUGGLED)
            statuses = re.findall(rb"HTTP/1\.1 (\d{3})", answer)
            assert len(statuses) <= 1 or statuses[0] == b"400", (name, statuses)


async def test_no_path_leads_out_of_the_files(tmp_path: Path) -> None:
    async with serving(tmp_path) as (application, port):
        (application.data_dir / "secret.txt").write_text("zq-secret")
        for start in ("/static", "/static/x", "/media", "/media/media_attachments"):
            for up in (
                "/../" * 6,
                "/%2e%2e/" * 6,
                "/..%2f" * 6,
                "/%2e%2e%5c" * 6,
                "//",
                "/....//" * 4,
                "/%00/",
                "/%252e%252e%252f" * 4,
            ):
                for target in ("etc/passwd", "secret.txt", "ostrov.toml", "ostrov.db"):
                    answer = await raw(
                        port, f"GET {start}{up}{target} HTTP/1.1\r\nHost: raf.test\r\nConnection: close\r\n\r\n".encode()
                    )
                    assert not re.match(rb"HTTP/1\.1 (200|5)", answer), (start, up, target)
                    assert b"root:" not in answer
                    assert b"zq-secret" not in answer


async def test_a_cookie_opens_no_stream_of_ones_own(tmp_path: Path) -> None:
    """No page of another site listens with a visitor's cookie: streams know tokens only."""
    async with serving(tmp_path) as (application, port):
        from raf.identity import open_identity
        from raf.network import NewAccount, open_raf

        new = NewAccount(username="anna", email="a@example.org", password="soy milk and coconut", agreement=True)
        session = await application.part(open_identity).open_session(await application.part(open_raf).sign_up(new))
        for path in ("user", "user/notification", "direct", "list?list=1"):
            head = f"GET /api/v1/streaming/{path} HTTP/1.1\r\nHost: raf.test\r\nCookie: raf_session={session}\r\n"
            answer = await raw(port, f"{head}Origin: https://evil.example\r\nConnection: close\r\n\r\n".encode())
            assert answer.startswith(b"HTTP/1.1 401"), path


async def test_a_false_host_is_in_no_answer(tmp_path: Path) -> None:
    """Addresses that go out are of the setting, not of what a client says of us."""
    async with serving(tmp_path) as (_, port):
        for path in (
            "/",
            "/api/v2/instance",
            "/log-in",
            "/.well-known/nodeinfo",
            "/home",
            "/.well-known/oauth-authorization-server",
        ):
            lies = "X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n"
            head = f"GET {path} HTTP/1.1\r\nHost: evil.example\r\n{lies}"
            answer = await raw(port, f"{head}X-Forwarded-For: 10.0.0.1\r\nConnection: close\r\n\r\n".encode())
            assert answer.startswith(b"HTTP/1.1 "), path
            assert b"evil.example" not in answer, path
