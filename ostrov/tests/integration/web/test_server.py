"""The web service over real sockets: its limits, its manners, its stop."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest

from ostrov import Mount, Ostrov
from ostrov.core.errors import OstrovError, ProjectError
from ostrov.run.web.stopping import open_stopping


async def ask(port: int, data: bytes, *, more: bytes = b"") -> bytes:
    """All that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    with contextlib.suppress(ConnectionError):
        await writer.drain()
        if more:
            writer.write(more)
            await writer.drain()
    answer = b""
    with contextlib.suppress(ConnectionError):
        answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


async def test_an_answer_does_not_name_the_server(serving: Any, tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, port):
        answer = await ask(port, b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nserver:" not in answer.lower()
    assert b"\r\ndate:" in answer.lower()


async def test_the_log_of_requests_has_no_secrets_of_addresses(
    serving: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "uvicorn.access")
    async with serving(tmp_path, access_log="true") as (_, port):
        await ask(port, b"GET /stream?access_token=zq-secret HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    (line,) = [record.getMessage() for record in caplog.records if record.name == "uvicorn.access"]
    assert '"GET /stream HTTP/1.1" 200' in line


async def test_a_head_that_is_too_large_is_refused(serving: Any, tmp_path: Path) -> None:
    async with serving(tmp_path, header_bytes=2048) as (_, port):
        head = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n"
        assert (await ask(port, head + b"x: " + b"y" * 1000 + b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        assert (await ask(port, head + b"x: " + b"y" * 4000)).startswith(b"HTTP/1.1 431 ")


async def test_a_body_that_is_too_large_is_refused(serving: Any, tmp_path: Path) -> None:
    async with serving(tmp_path, body_bytes=1000) as (_, port):
        head = b"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n"
        assert (await ask(port, head + b"content-length: 5000\r\n\r\n", more=b"x" * 5000)).startswith(b"HTTP/1.1 413 ")
        chunks = b"".join(b"64\r\n" + b"x" * 100 + b"\r\n" for _ in range(20))
        assert (await ask(port, head + b"transfer-encoding: chunked\r\n\r\n", more=chunks)).startswith(b"HTTP/1.1 413 ")
        assert (await ask(port, head + b"content-length: 900\r\n\r\n", more=b"x" * 900)).endswith(b" 900")


async def test_a_request_that_comes_too_slowly_is_dropped(serving: Any, tmp_path: Path) -> None:
    async with serving(tmp_path, receive_timeout=0.3) as (_, port):
        assert (await ask(port, b"GET / HTTP/1.1\r\nhost:")).startswith(b"HTTP/1.1 408 ")
        assert await ask(port, b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf") == b""
        assert await ask(port, b"") == b""


@pytest.mark.parametrize("drop", [b"x: y\r\n", b"\r\n"])
async def test_a_head_that_comes_in_drops_is_not_waited_for_for_ever(serving: Any, tmp_path: Path, drop: bytes) -> None:
    async with serving(tmp_path, receive_timeout=0.5) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if drop.strip():
            writer.write(b"GET / HTTP/1.1\r\n")
        answer = asyncio.ensure_future(reader.read())
        async with asyncio.timeout(5):
            while not answer.done():
                writer.write(drop)
                await asyncio.sleep(0.05)
        assert answer.exception() or answer.result().startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_only_a_trusted_proxy_says_who_the_client_is(serving: Any, tmp_path: Path) -> None:
    request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-forwarded-for: 9.9.9.9\r\nx-forwarded-proto: https\r\n\r\n"
    async with serving(tmp_path / "a") as (_, port):
        assert (await ask(port, request)).endswith(b"127.0.0.1 http 0")
    async with serving(tmp_path / "b", trusted_proxies="[127.0.0.0/8]") as (_, port):
        assert (await ask(port, request)).endswith(b"9.9.9.9 https 0")


async def test_a_lifespan_surrounds_the_requests_and_gives_them_its_state(serving: Any, echo: Any, tmp_path: Path) -> None:
    happened: list[str] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            assert (await receive())["type"] == "lifespan.startup"
            scope["state"]["greeting"] = b"from the lifespan"
            happened.append("startup")
            await send({"type": "lifespan.startup.complete"})
            assert (await receive())["type"] == "lifespan.shutdown"
            happened.append("shutdown")
            await send({"type": "lifespan.shutdown.complete"})
            return
        happened.append("request")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["state"]["greeting"]})

    mounts = [Mount("/", lambda application: app), Mount("/api", lambda application: echo)]
    async with serving(tmp_path, *mounts) as (_, port):
        assert b"from the lifespan" in await ask(port, b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    assert happened == ["startup", "request", "shutdown"]


async def test_a_lifespan_that_cannot_start_stops_the_service(serving: Any, tmp_path: Path) -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(OstrovError, match="component sample: its mount / cannot start") as caught:
        async with serving(tmp_path, Mount("/", lambda application: app)):
            pass
    assert caught.value.cause == "no database"


async def test_two_mounts_of_one_prefix_are_refused(serving: Any, echo: Any, tmp_path: Path) -> None:
    mounts = [Mount("/api", lambda application: echo), Mount("/api/", lambda application: echo)]
    with pytest.raises(ProjectError, match="/api is mounted twice"):
        async with serving(tmp_path, *mounts):
            pass


async def test_an_application_under_several_prefixes_is_built_once(serving: Any, echo: Any, tmp_path: Path) -> None:
    built: list[Ostrov] = []

    def build(application: Ostrov) -> Any:
        built.append(application)
        return echo

    async with serving(tmp_path, Mount("/api", build), Mount("/oauth", build)):
        pass
    assert len(built) == 1


async def test_a_stream_learns_that_the_service_stops(serving: Any, tmp_path: Path) -> None:
    def build(application: Ostrov) -> Any:
        stopping = application.part(open_stopping)

        async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] == "lifespan":
                return
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"begun ", "more_body": True})
            await stopping.wait()
            await send({"type": "http.response.body", "body": b"ended"})

        return app

    async with serving(tmp_path, Mount("/", build)) as (context, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        await reader.readuntil(b"begun ")
        context.stopping.set()
        assert b"ended" in await asyncio.wait_for(reader.read(), 5)
        writer.close()


async def test_a_request_on_a_connection_that_was_just_accepted_is_answered_at_the_stop(serving: Any, tmp_path: Path) -> None:
    async with serving(tmp_path) as (context, port):
        fresh = await asyncio.open_connection("127.0.0.1", port)
        used = await asyncio.open_connection("127.0.0.1", port)
        request = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
        used[1].write(request)
        await used[0].readuntil(b"http 0")
        context.stopping.set()
        await asyncio.sleep(0.1)
        for reader, writer in (fresh, used):
            writer.write(request)
            answer = await asyncio.wait_for(reader.read(), 5)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"connection: close" in answer
            writer.close()


async def test_a_websocket_is_served_and_told_that_the_service_stops(serving: Any, tmp_path: Path) -> None:
    import websockets

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": f"{scope['path']} {message['text']}"})

    async with (
        serving(tmp_path, Mount("/live", lambda application: app)) as (context, port),
        websockets.connect(f"ws://127.0.0.1:{port}/live/x") as connection,
    ):
        await connection.send("hello")
        assert await connection.recv() == "/live/x hello"
        context.stopping.set()
        with pytest.raises(websockets.ConnectionClosed) as caught:
            await asyncio.wait_for(connection.recv(), 5)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1012  # service restart, RFC 6455 registry


async def test_not_ready_is_said_when_the_store_does_not_answer(
    serving: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as (context, port):
        request = b"GET /readyz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
        assert b'"ready"' in await ask(port, request)

        async def gone(*_: Any) -> None:
            raise OstrovError("PostgreSQL does not answer")

        monkeypatch.setattr(context.application.store, "read", gone)
        answer = await ask(port, request)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"PostgreSQL does not answer" in answer
