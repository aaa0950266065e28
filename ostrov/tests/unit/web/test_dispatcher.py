"""Which application answers a path, and what it sees of it."""

from __future__ import annotations

from typing import Any

import pytest

from ostrov.run.web.dispatcher import Dispatcher


def named(name: str):
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RuntimeError("the client is gone")
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        text = f"{name} {scope['path']} {scope['root_path']} {len(body)} {scope.get('state')}"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": text.encode()})

    return app


async def ask(
    dispatcher: Dispatcher, path: str, *, method: str = "GET", headers: tuple = (), chunks: tuple[bytes, ...] = (b"",)
) -> tuple[int, str]:
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1} for index, chunk in enumerate(chunks)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": list(headers)}
    await dispatcher(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    return sent[0]["status"], sent[1]["body"].decode().strip()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "home"),
        ("/about", "home"),
        ("/api", "api"),
        ("/api/", "api"),
        ("/api/v1/x", "api"),
        ("/apiary", "home"),
        ("/api/v2", "second"),
        ("/api/v2/media", "second"),
        ("/api/v20", "api"),
        ("", "home"),
    ],
)
async def test_the_longest_prefix_that_ends_at_a_slash_answers(path: str, name: str) -> None:
    dispatcher = Dispatcher({"/": named("home"), "/api": named("api"), "/api/v2": named("second")}, {})
    status, text = await ask(dispatcher, path)
    assert (status, text.split()[0]) == (200, name)


async def test_an_application_sees_the_full_path_and_an_unchanged_root() -> None:
    assert await ask(Dispatcher({"/api": named("api")}, {}), "/api/v1") == (200, "api /api/v1  0 None")


async def test_a_path_that_nobody_mounted_is_not_found() -> None:
    assert await ask(Dispatcher({"/api": named("api")}, {}), "/other") == (404, "Nothing is here.")


async def test_what_a_lifespan_gave_is_in_the_state_of_its_own_requests_only() -> None:
    api, home = named("api"), named("home")
    dispatcher = Dispatcher({"/api": api, "/": home}, {id(api): {"pool": 1}})
    assert (await ask(dispatcher, "/api"))[1].endswith("{'pool': 1}")
    assert (await ask(dispatcher, "/"))[1].endswith("None")


async def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    dispatcher = Dispatcher({"/": named("home")}, {}, body_bytes=10)
    length = ((b"content-length", b"11"),)
    assert await ask(dispatcher, "/", method="POST", headers=length, chunks=()) == (413, "The request is too large.")
    length = ((b"content-length", b"10"),)
    assert (await ask(dispatcher, "/", method="POST", headers=length, chunks=(b"x" * 10,)))[0] == 200


async def test_a_body_that_grows_too_large_is_refused_while_it_comes() -> None:
    dispatcher = Dispatcher({"/": named("home")}, {}, body_bytes=10)
    assert await ask(dispatcher, "/", method="POST", chunks=(b"x" * 6, b"x" * 6)) == (413, "The request is too large.")
    assert (await ask(dispatcher, "/", method="POST", chunks=(b"x" * 5, b"x" * 5)))[0] == 200
