"""Serves the files at `/media/…`: only names that the storage makes, each for ever the same, so cached for ever.

A name is matched as a whole against what the storage makes, so no path leads anywhere else; types come from the name that the
decoder gave, never from the uploader; nothing here can run as a page.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

from ostrov import Ostrov
from raf.media.formats import TYPES
from raf.media.library import open_library
from raf.media.portraits import drawn
from raf.media.storage import NAME, StorageAway, Stored
from raf.media.storages.local import LocalFile

Scope: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

log = logging.getLogger("raf.media")
RANGE = re.compile(r"bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))")
CHUNK = 256 * 1024
READERS = 16
"""Files that are read at the same time by a process: a store far away keeps nobody else's threads waiting."""
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
        self._readers = ThreadPoolExecutor(READERS, "raf-media")

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
        try:
            found = await self._find(name)
        except StorageAway as problem:
            await _plain(send, 503, problem.error, [(b"retry-after", b"%d" % problem.wait), (b"cache-control", b"no-store")])
            return
        if found is None:
            await _plain(send, 404, "Not found")
            return
        headers = {key: value for key, value in scope["headers"] if key in (b"range", b"if-none-match", b"if-range")}
        try:
            await self._answer(send, found, name, headers, whole=method == "GET")
        finally:
            found.close()

    async def _find(self, name: str) -> Stored | None:
        loop = asyncio.get_running_loop()
        if NAME.fullmatch(name):
            return await loop.run_in_executor(self._readers, self._storage.open, name)
        if name.startswith("default/"):
            async with self._drawing:
                path = await loop.run_in_executor(None, drawn, name, self._folder)
                return None if path is None else LocalFile(path.open("rb", buffering=0))
        return None

    async def _answer(self, send: Send, found: Stored, name: str, asked: dict[bytes, bytes], whole: bool) -> None:
        tag = b'"' + name.encode() + b'"'
        kind = TYPES[name.rpartition(".")[2]].encode()
        age = FOR_A_DAY if name.startswith("default/") else FOREVER
        headers: Headers = [*COMMON, age, (b"etag", tag), (b"accept-ranges", b"bytes")]
        if tag in asked.get(b"if-none-match", b""):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body"})
            return
        start, end, status = 0, found.size, 200
        if b"range" in asked and asked.get(b"if-range", tag) == tag:
            wanted = _range(asked[b"range"].decode("latin-1"), found.size)
            if wanted == (0, 0):
                await _plain(send, 416, "Range not satisfiable", [(b"content-range", b"bytes */%d" % found.size)])
                return
            if wanted is not None:
                (start, end), status = wanted, 206
                headers.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, found.size)))
        headers += [(b"content-type", kind), (b"content-length", b"%d" % (end - start))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if whole:
            await self._send(send, found, start, end)
        else:
            await send({"type": "http.response.body"})

    async def _send(self, send: Send, found: Stored, start: int, end: int) -> None:
        """The bytes; where the file ends or goes away too early, the server breaks the connection, for less was promised."""
        loop = asyncio.get_running_loop()
        while start < end:
            try:
                data = await loop.run_in_executor(self._readers, found.read, start, min(CHUNK, end - start))
            except (StorageAway, FileNotFoundError) as problem:
                log.warning("a file broke off while it was sent: %s", problem)
                return
            if not data:
                return
            start += len(data)
            await send({"type": "http.response.body", "body": data, "more_body": start < end})


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
    """The ASGI application for the mount `/media`. Raises OstrovError when files cannot be kept with these settings."""
    try:
        application.part(open_library).storage.check()
    except StorageAway as problem:  # people can read and write meanwhile
        log.error("%s", problem.cause)
    return MediaApplication(application)
