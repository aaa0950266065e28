"""Live readers: how much a delivery costs, how soon a post shows, and whether reads are answered while posts pour in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Sequence
from typing import Any

from server import Server
from talk import Connection, Listener, SocketListener, by_events, by_socket

POSTS = 200
"""Posts of one author whom every live reader follows."""
BURST = 2000
PATIENCE = 90.0
TEXT = json.dumps({"status": "the ferry is here, and there is fresh raf at the pier"})


async def deliveries(server: Server, tokens: Sequence[str], author: str, kind: str) -> dict[str, Any]:
    """Everybody listens to their home, by `sse` or `websocket`; one author posts."""
    wanted, heard, last = POSTS * len(tokens), 0, 0.0
    all_heard = asyncio.Event()

    def hear(number: int, now: float) -> None:
        nonlocal heard, last
        heard, last = heard + number, now
        if heard >= wanted:
            all_heard.set()

    listeners = [await _listen(server, kind, token, hear) for token in tokens]
    await asyncio.to_thread(server.settle)
    used, began = server.cpu("web"), time.perf_counter()
    await _post(server, [author], [TEXT] * POSTS, at_once=8)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(all_heard.wait(), PATIENCE)
    await asyncio.sleep(0.2)
    spent = server.cpu("web") - used
    for listener in listeners:
        assert listener.transport is not None
        listener.transport.abort()
    return {
        "readers": len(tokens),
        "deliveries": heard,
        "missing": wanted - heard,
        "per_s": round(heard / max(0.001, last - began)),
        "cpu_us": round(spent / max(1, heard) * 1e6, 1),
    }


async def sight(server: Server, reader: str, author: str, times: int = 100) -> dict[str, float]:
    """From sending a post to its showing in an open reader, in milliseconds."""
    shown: asyncio.Queue[float] = asyncio.Queue()
    listener = await _listen(server, "sse", reader, lambda number, now: shown.put_nowait(now))
    connection, taken = Connection(server.host, server.port), []
    for _ in range(times):
        began = time.perf_counter()
        await connection.ask("POST", "/api/v1/statuses", author, TEXT)
        taken.append((await asyncio.wait_for(shown.get(), PATIENCE) - began) * 1000)
        await asyncio.sleep(0.01)
    connection.close()
    assert listener.transport is not None
    listener.transport.abort()
    taken.sort()
    return {"p50_ms": round(taken[len(taken) // 2], 1), "p99_ms": round(taken[int(len(taken) * 0.99) - 1], 1)}


async def burst(server: Server, tokens: Sequence[str], bodies: Sequence[str]) -> dict[str, Any]:
    """Two thousand posts at once, and people who go on reading their homes."""
    pouring, taken, refused = True, list[float](), 0

    async def read(token: str) -> None:
        nonlocal refused
        connection = Connection(server.host, server.port)
        while pouring:
            began = time.perf_counter()
            status, _ = await connection.ask("GET", "/api/v1/timelines/home", token)
            taken.append((time.perf_counter() - began) * 1000)
            refused += status != 200
            await asyncio.sleep(0.005)
        connection.close()

    readers = [asyncio.ensure_future(read(token)) for token in tokens[:8]]
    began = time.perf_counter()
    wrong = await _post(server, tokens, [bodies[number % len(bodies)] for number in range(BURST)], at_once=64)
    seconds, pouring = time.perf_counter() - began, False
    await asyncio.gather(*readers)
    taken.sort()
    return {
        "posts": BURST,
        "posts_per_s": round(BURST / seconds),
        "refused_posts": wrong,
        "reads": len(taken),
        "refused_reads": refused,
        "read_p50_ms": round(taken[len(taken) // 2], 1),
        "read_p99_ms": round(taken[int(len(taken) * 0.99) - 1], 1),
    }


async def everybody_reads(server: Server, tokens: Sequence[str]) -> dict[str, float]:
    """Every home for the first time since the server's start, one after another: CPU of one."""
    connection, used = Connection(server.host, server.port), server.cpu("web")
    for token in tokens:
        status, _ = await connection.ask("GET", "/api/v1/timelines/home", token)
        assert status == 200, status
    connection.close()
    return {"cpu_us": round((server.cpu("web") - used) / len(tokens) * 1e6)}


async def _listen(server: Server, kind: str, token: str, hear: Any) -> Listener:
    if kind == "sse":
        kind_of, asked = Listener, by_events("/api/v1/streaming/user", token)
    else:
        kind_of, asked = SocketListener, by_socket("user", token)
    loop = asyncio.get_running_loop()
    _, listener = await loop.create_connection(lambda: kind_of(*asked, hear), server.host, server.port)
    status = await listener.open
    assert status.startswith((b"HTTP/1.1 200", b"HTTP/1.1 101")), status
    return listener


async def _post(server: Server, tokens: Sequence[str], bodies: Sequence[str], at_once: int) -> int:
    """Post everything; how many were refused."""
    waiting, wrong = list(enumerate(bodies)), 0

    async def go_on() -> None:
        nonlocal wrong
        connection = Connection(server.host, server.port)
        while waiting:
            number, body = waiting.pop()
            status, _ = await connection.ask("POST", "/api/v1/statuses", tokens[number % len(tokens)], body)
            wrong += status != 200
        connection.close()

    await asyncio.gather(*(go_on() for _ in range(at_once)))
    return wrong
