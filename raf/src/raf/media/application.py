"""Serves the files at `/media/…`: only names that the storage makes, each for ever the same, so cached for ever.

A name is matched as a whole against what the storage makes, so no path leads anywhere else; types come from the name that the
decoder gave, never from the uploader; nothing here can run as a page.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from ostrov import Ostrov
from raf.media.formats import TYPES
from raf.media.library import open_library
from raf.media.portraits import drawn

Scope: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}\.(jpg|png|gif|webp|avif|mp4|mp3)")
RANGE = re.compile(r"bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))")
CHUNK = 256 * 1024
PREFIX = "/media/"
COMMON: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
]
FOREVER = (b"cache-control", b"public, max-age=31536000, immutable")
FOR_A_DAY = (b"cache-control", b"public, max-age=86400")


class MediaApplication:
    """An ASGI application."""

    def __init__(self, application: Ostrov) -> None:
        self._storage = application.part(open_library).storage
        self._folder = application.data_dir / application.settings.raf.media.folder
        self._drawing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        method = scope["method"]
        if method not in ("GET", "HEAD"):
            await _plain(send, 405, "Method not allowed", [(b"allow", b"GET, HEAD")])
            return
        name = str(scope["path"]).removeprefix(str(scope.get("root_path", ""))).removeprefix(PREFIX).lstrip("/")
        path = await self._find(name)
        if path is None:
            await _plain(send, 404, "Not found")
            return
        headers = {key: value for key, value in scope["headers"] if key in (b"range", b"if-none-match", b"if-range")}
        await _file(send, path, name, headers, whole=method == "GET")

    async def _find(self, name: str) -> Path | None:
        loop = asyncio.get_running_loop()
        if NAME.fullmatch(name):
            return await loop.run_in_executor(None, self._storage.find, name)
        if name.startswith("default/"):
            async with self._drawing:
                return await loop.run_in_executor(None, drawn, name, self._folder)
        return None


async def _file(send: Send, path: Path, name: str, asked: dict[bytes, bytes], whole: bool) -> None:
    loop = asyncio.get_running_loop()
    tag = b'"' + name.encode() + b'"'
    kind = TYPES[name.rpartition(".")[2]].encode()
    age = FOR_A_DAY if name.startswith("default/") else FOREVER
    headers: Headers = [*COMMON, age, (b"etag", tag), (b"accept-ranges", b"bytes")]
    if tag in asked.get(b"if-none-match", b""):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body"})
        return
    try:
        file: BinaryIO = await loop.run_in_executor(None, path.open, "rb")
    except FileNotFoundError:
        await _plain(send, 404, "Not found")
        return
    with file:
        size = path.stat().st_size
        start, end, status = 0, size, 200
        if b"range" in asked and asked.get(b"if-range", tag) == tag:
            wanted = _range(asked[b"range"].decode("latin-1"), size)
            if wanted == (0, 0):
                await _plain(send, 416, "Range not satisfiable", [(b"content-range", b"bytes */%d" % size)])
                return
            if wanted is not None:
                (start, end), status = wanted, 206
                headers.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, size)))
        headers += [(b"content-type", kind), (b"content-length", b"%d" % (end - start))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        file.seek(start)
        left = end - start if whole else 0
        while left > 0:
            data = await loop.run_in_executor(None, file.read, min(CHUNK, left))
            if not data:
                break
            left -= len(data)
            await send({"type": "http.response.body", "body": data, "more_body": left > 0})
        if left == 0 and (end == start or not whole):
            await send({"type": "http.response.body"})


def _range(header: str, size: int) -> tuple[int, int] | None:
    """The one range asked for as (start, end); (0, 0) when the file has no such bytes; None to send it whole (RFC 9110 §14)."""
    found = RANGE.fullmatch(header.strip())
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        length = min(int(suffix), size)
        return (size - length, size) if length else (0, 0)
    start, end = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    return (start, end) if start < size else (0, 0)


async def _plain(send: Send, status: int, text: str, more: Headers | None = None) -> None:
    body = text.encode()
    headers = [*COMMON, (b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body)), *(more or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Callable[[], Awaitable[MutableMapping[str, Any]]], send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def build(application: Ostrov) -> MediaApplication:
    """The ASGI application for the mount `/media`."""
    return MediaApplication(application)
