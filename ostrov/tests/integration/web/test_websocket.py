"""WebSockets of the web service: what a handler sends, a real client reads, message for message."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import websockets

from ostrov import Mount, send_texts

TEXTS = ["", "two words", "é" * 62 + "x", "y" * 126, "z" * 0xFFFF, "ф" * 40_000]
"""On both sides of where a frame's length takes two, four and ten bytes."""


def teller(texts: list[str], told: asyncio.Future[object] | None = None) -> Any:
    """A handler that tells all texts at once when the client says a word; what then went wrong is put into `told`."""

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            if message["text"] == "leave":
                await send({"type": "websocket.close"})
            try:
                await send_texts(scope, send, [text.encode() for text in texts])
            except Exception as problem:
                assert told is not None
                told.set_result(problem)
                raise

    return app


async def test_texts_sent_together_arrive_one_by_one_in_order(serving: Any, tmp_path: Path) -> None:
    async with (
        serving(tmp_path, Mount("/live", lambda application: teller(TEXTS))) as (_, port),
        websockets.connect(f"ws://127.0.0.1:{port}/live/x") as connection,
    ):
        for _ in range(2):
            await connection.send("go on")
            assert [await asyncio.wait_for(connection.recv(), 5) for _ in TEXTS] == TEXTS


async def test_they_need_one_call_of_the_transport(serving: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ostrov.run.web.websocket import WebSocketProtocol

    sent: list[str] = []
    send = WebSocketProtocol.send

    async def watched(self: WebSocketProtocol, message: Any) -> None:
        sent.append(message["type"])
        await send(self, message)

    monkeypatch.setattr(WebSocketProtocol, "send", watched)
    async with (
        serving(tmp_path, Mount("/live", lambda application: teller(TEXTS))) as (_, port),
        websockets.connect(f"ws://127.0.0.1:{port}/live/x") as connection,
    ):
        await connection.send("go on")
        for _ in TEXTS:
            await asyncio.wait_for(connection.recv(), 5)
    assert sent == ["websocket.accept", "ostrov.websocket.texts"]


async def test_after_its_close_a_websocket_takes_none(serving: Any, tmp_path: Path) -> None:
    told: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    async with (
        serving(tmp_path, Mount("/live", lambda application: teller(["late"], told))) as (_, port),
        websockets.connect(f"ws://127.0.0.1:{port}/live/x") as connection,
    ):
        await connection.send("leave")
        problem = await asyncio.wait_for(told, 5)
        with pytest.raises(websockets.ConnectionClosedOK):
            await asyncio.wait_for(connection.recv(), 5)
    assert type(problem).__name__ == "ClientDisconnected"


async def test_a_server_without_the_extension_is_sent_one_by_one() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await send_texts({"extensions": {"websocket.http.response": {}}}, send, [b"one", "два".encode()])
    assert sent == [{"type": "websocket.send", "text": "one"}, {"type": "websocket.send", "text": "два"}]
