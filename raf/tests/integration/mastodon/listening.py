"""Listeners of streams, over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn

from raf.mastodon.application import build


@asynccontextmanager
async def listening(raf: Any) -> AsyncIterator[str]:
    """The API behind a port of its own; `host:port`."""
    server = uvicorn.Server(
        uvicorn.Config(build(raf.application), port=0, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    )
    serving = asyncio.ensure_future(server.serve())
    while not server.started:
        assert not serving.done()
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


class Ear:
    """Reads a stream of server-sent events into `heard`."""

    def __init__(self, host: str, path: str, token: str = "") -> None:
        self.heard: list[tuple[str, Any]] = []
        self.status = 0
        self.ended = False
        self._task = asyncio.ensure_future(self._read(f"http://{host}/api/v1/streaming/{path}", token))

    async def _read(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(timeout=30) as client, client.stream("GET", url, headers=headers) as answer:
            event = ""
            async for line in answer.aiter_lines():
                self.status = answer.status_code
                if line.startswith("event: "):
                    event = line[7:]
                elif line.startswith("data: "):
                    self.heard.append((event, json.loads(line[6:])))
            self.status, self.ended = answer.status_code, True

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not come true in time"
        await asyncio.sleep(0.01)


def open_streams(raf: Any) -> object:
    """What the streams of this process count as open."""
    return build(raf.application)._streams.__self__._open  # type: ignore[attr-defined]
