"""A small client of our own: requests over kept connections, and streams by the thousand, whose events are counted."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import time
from collections.abc import Callable

TEXT, PING, PONG = 1, 9, 10
"""Kinds of a WebSocket's frames (RFC 6455 §5.2)."""


class Connection:
    """One connection that asks again and again."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, token: str, body: str = "") -> tuple[int, bytes]:
        """The status and the body of an answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address)
        reader, writer = self._streams
        sent = body.encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        if sent:
            head += f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n"
        writer.write(head.encode() + b"\r\n" + sent)
        answered = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answered, re.I)
        content = await reader.readexactly(int(length[1])) if length else b""
        return int(answered[9:12]), content

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


class Listener(asyncio.Protocol):
    """A stream, read and counted: `heard(number, now)` is told how many more events came."""

    def __init__(self, request: bytes, mark: bytes, heard: Callable[[int, float], None]) -> None:
        self._request = request
        self._mark = mark
        self._heard = heard
        self._rest = b""
        self.open = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self.open.done():
            self.open.set_result(data[:12])
        number = data.count(self._mark)
        edge = len(self._mark) - 1
        if self._rest:  # a mark that lies across two pieces
            number += (self._rest + data[:edge]).count(self._mark)
        self._rest = (self._rest + data)[-edge:]
        if number:
            self._heard(number, time.perf_counter())

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.open.done():
            self.open.set_exception(problem or ConnectionError("closed"))


class SocketListener(Listener):
    """The same of a WebSocket, whose pings must be answered."""

    def data_received(self, data: bytes) -> None:
        if not self.open.done():
            head, found, data = data.partition(b"\r\n\r\n")
            self.open.set_result(head[:12])
            if not found:
                return
        data, at, number = self._rest + data, 0, 0
        while len(data) - at >= 2:
            size, start = data[at + 1], at + 2
            if size > 125:
                width = 2 if size == 126 else 8
                size, start = int.from_bytes(data[start : start + width], "big"), start + width
            if len(data) < start + size:
                break
            kind = data[at] & 15
            if kind == PING and self.transport is not None:
                self.transport.write(
                    bytes((0x80 | PONG, 0x80 | size, 0, 0, 0, 0)) + data[start : start + size]
                )  # a mask of zeros
            number += kind == TEXT and data.find(self._mark, start, start + size) >= 0
            at = start + size
        self._rest = data[at:]
        if number:
            self._heard(number, time.perf_counter())


def by_events(path: str, token: str) -> tuple[bytes, bytes]:
    """The request for server-sent events, and the mark of an update."""
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode(), b"event: update\n"


def by_socket(stream: str, token: str) -> tuple[bytes, bytes]:
    """The request for a WebSocket, and the mark of an update."""
    key = base64.b64encode(os.urandom(16)).decode()
    head = f"GET /api/v1/streaming?stream={stream} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    head += f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nAuthorization: Bearer {token}\r\n\r\n"
    return head.encode(), b'"event":"update"'
