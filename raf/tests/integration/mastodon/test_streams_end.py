"""Streams that are refused, and how they end: by who leaves, a token that is taken back, a reader who is too slow."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from raf.tests.integration.mastodon.listening import Ear, listening, open_streams, until
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from raf import live


@pytest.mark.parametrize(
    ("path", "token", "status", "error"),
    [
        ("user", "", 401, "Missing access token"),
        ("user", "x" * 43, 401, "Invalid access token"),
        ("public", "x" * 43, 401, "Invalid access token"),
        ("user", "push", 401, "Access token does not have the required scopes"),
        ("user/notification", "read:statuses", 401, "Access token does not have the required scopes"),
        ("hashtag", "", 400, "Missing tag name parameter"),
        ("nothing", "", 400, "Unknown stream type"),
        ("list?list=1", "read", 404, "Not found"),
    ],
)
async def test_a_stream_is_refused_in_mastodons_words(api: Any, path: str, token: str, status: int, error: str) -> None:
    async with api() as raf, listening(raf) as host:
        anna = await raf.person("anna")
        if token and len(token) < 43:
            token = (await raf.token("anna", anna.account_id, token)).access_token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://{host}/api/v1/streaming/{path}", headers=headers)
            assert (answer.status_code, answer.json()) == (status, {"error": error})
            assert (await client.get(f"http://{host}/api/v1/streaming/health")).text == "OK"


async def test_who_leaves_is_forgotten(api: Any) -> None:
    async with api("raf.api.streams_of_account=2") as raf, listening(raf) as host:
        anna = await raf.person("anna")
        for _ in range(3):
            ears = [Ear(host, "user", anna.access_token) for _ in range(2)]
            await until(lambda: all(ear.status == 200 for ear in ears))  # noqa: B023
            third = Ear(host, "user", anna.access_token)
            await until(lambda: third.ended)  # noqa: B023
            assert third.status == 429
            for ear in (*ears, third):
                await ear.close()
            await until(lambda: not open_streams(raf))


async def test_a_revoked_token_ends_its_stream(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raf.mastodon.streaming.HEARTBEAT", 0.05)
    monkeypatch.setattr("raf.mastodon.conversation.PATIENCE", 0.05)
    async with api() as raf, listening(raf) as host:
        anna = await raf.person("anna")
        ear = Ear(host, "user", anna.access_token)
        await until(lambda: ear.status == 200)
        async with connect(f"ws://{host}/api/v1/streaming?stream=user&access_token={anna.access_token}") as socket:
            await raf.house.oauth.close_authorization(anna.account_id)
            await until(lambda: ear.ended)
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(socket.recv(), 5)


async def test_a_revoked_token_ends_the_stream_of_a_client_that_never_falls_silent(api: Any) -> None:
    async with api() as raf, listening(raf) as host:
        anna = await raf.person("anna")
        async with connect(f"ws://{host}/api/v1/streaming?stream=user&access_token={anna.access_token}") as socket:
            await raf.house.oauth.close_authorization(anna.account_id)
            await socket.send("{}")
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(socket.recv(), 5)


async def test_a_socket_with_a_bad_token_is_not_opened(api: Any) -> None:
    async with api() as raf, listening(raf) as host:
        with pytest.raises(InvalidStatus) as caught:
            async with connect(f"ws://{host}/api/v1/streaming?access_token=wrong-token-of-some-length"):
                pass
        assert caught.value.response.status_code in (401, 403)


async def test_who_reads_too_slowly_is_let_go_to_come_again(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raf.mastodon.streaming.MAILBOX", 5)
    async with api() as raf, listening(raf) as host:
        ear = Ear(host, "public")
        async with connect(f"ws://{host}/api/v1/streaming?stream=public") as socket:
            await socket.send("{")
            assert json.loads(await asyncio.wait_for(socket.recv(), 10))["status"] == 400
            await until(lambda: ear.status == 200)
            for number in range(20):  # faster than anybody is told
                raf.raf.timelines.memory.board.post("raf.public", live.body("delete", number))
            await until(lambda: ear.ended)
            await asyncio.wait_for(socket.wait_closed(), 10)
            assert socket.close_code == 1013
        assert len(ear.heard) <= 5
        again = Ear(host, "public")
        await until(lambda: again.status == 200)
        await again.close()
