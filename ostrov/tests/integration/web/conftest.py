"""A web service over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ostrov import Component, Mount, Ostrov, ServiceContext
from ostrov.core.component import Listen
from ostrov.core.supervisor.listening import bind
from ostrov.run.web.service import serve
from ostrov.testing import running


async def answer_echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        return
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message["body"]
        if not message["more_body"]:
            break
    text = f"{scope['client'][0]} {scope['scheme']} {len(body)}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(text)).encode())]})
    await send({"type": "http.response.body", "body": text})


@contextlib.asynccontextmanager
async def served(folder: Path, *mounts: Mount, **settings: Any) -> AsyncIterator[tuple[ServiceContext, int]]:
    """The service on a port of its own."""
    async with running(folder, overrides=[f"web.{name}={value}" for name, value in settings.items()]) as application:
        with_mounts(application, *mounts)
        (listening,) = bind(Listen("127.0.0.1", 0))
        context = ServiceContext(application, "web", sockets=(listening,))
        port = listening.getsockname()[1]
        task = asyncio.create_task(serve(context))
        ready = asyncio.create_task(context.is_ready.wait())
        await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if task.done():
            task.result()
        try:
            yield context, port
        finally:
            context.stopping.set()
            await task


def with_mounts(application: Ostrov, *mounts: Mount) -> None:
    application.components = {
        "sample": Component(name="sample", mounts=mounts or (Mount("/", lambda application: answer_echo),))
    }


@pytest.fixture
def echo() -> Any:
    """A handler that says who asks and how much was sent."""
    return answer_echo


@pytest.fixture
def serving() -> Any:
    """`async with serving(folder, *mounts, **settings) as (context, port)`: the echo at `/` where nothing is mounted."""
    return served
