"""Requests and responses of the console over bare ASGI: what its pages need and no more (the web process stays small)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from string import punctuation
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, quote

from ostrov.core.errors import OstrovError, UsageError

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/console"
BODY_LIMIT = 1 << 20
FIELDS_LIMIT = 200
_CLIMBS = re.compile(r"^[^?#]*/(?:\.|%2e){1,2}(?:[/?#]|$)", re.IGNORECASE)
"""A dot segment, plain or escaped: browsers resolve both (WHATWG URL, "double-dot path segment")."""
HTML = "text/html; charset=utf-8"


class TooLarge(OstrovError):
    """The request's body is larger than any form of the console."""

    exit_code = 2
    status = 413


@dataclass
class Request:
    """One request below the console's prefix. Headers are by lower-case name; of a repeated query parameter the last wins.

    `secure` says that people reach the console by https, whatever a proxy in front makes of it.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    client: str
    secure: bool
    receive: Receive

    @classmethod
    def of(cls, scope: Scope, receive: Receive, *, secure: bool = False) -> Request:
        path: str = scope["path"]
        if "\0" in path:
            raise UsageError("this is no address", cause="a NUL stands in it")
        if path == PREFIX or path.startswith(PREFIX + "/"):
            path = path[len(PREFIX) :]
        return cls(
            method=scope["method"],
            path=path or "/",
            query=_pairs(scope.get("query_string", b"").decode("latin-1")),
            headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
            client=(scope.get("client") or ("unknown", 0))[0],
            secure=secure or scope.get("scheme") == "https",
            receive=receive,
        )

    @cached_property
    def cookies(self) -> dict[str, str]:
        """Cookies by name. The public site on the same host may set any: what cannot be read is passed over."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value.strip('"') for name, equals, value in pairs if equals}

    async def body(self) -> bytes:
        """The whole body. Raises TooLarge beyond 1 MiB."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise UsageError("the request ended before its body")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > BODY_LIMIT:
                raise TooLarge("the request is too large", cause=f"its body is over {BODY_LIMIT} bytes")
            if not message.get("more_body"):
                return b"".join(parts)

    async def form(self) -> dict[str, str]:
        """The fields of a form sent as `application/x-www-form-urlencoded`, the only kind the console's forms have."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            raise UsageError("this is not a form of the console", cause=f"content-type is {kind or 'missing'}")
        return _pairs((await self.body()).decode("latin-1"))

    async def gone(self) -> None:
        """Return once the client has closed the connection."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


@dataclass
class Response:
    """An answer whose body is known (`body`) or flows (`stream`). `on_end` is called when it is over, however it ended."""

    body: bytes = b""
    status: int = 200
    kind: str = HTML
    headers: list[tuple[str, str]] = field(default_factory=list)
    stream: AsyncGenerator[bytes, None] | None = None
    on_end: Callable[[], None] | None = None

    def cookie(
        self, name: str, value: str, *, secure: bool, max_age: int | None = None, http_only: bool = True, path: str = PREFIX
    ) -> None:
        """Set a cookie of the console: never sent by another site, never sent to pages outside the console."""
        parts = [f"{name}={value}", f"Path={path}", "SameSite=Strict"]
        if max_age is not None:
            parts.append(f"Max-Age={max_age}")
        if http_only:
            parts.append("HttpOnly")
        if secure:
            parts.append("Secure")
        self.headers.append(("set-cookie", "; ".join(parts)))

    async def send(self, request: Request, send: Send, stopping: asyncio.Event) -> None:
        """Answer a request. A stream ends when its reader goes away or the server stops."""
        try:
            await self._send(request, send, stopping)
        finally:
            if self.stream is not None:
                await self.stream.aclose()
            if self.on_end is not None:
                self.on_end()

    async def _send(self, request: Request, send: Send, stopping: asyncio.Event) -> None:
        headers = [("content-type", self.kind), *self.headers]
        if self.stream is None:
            headers.append(("content-length", str(len(self.body))))
        else:
            headers.append(("x-accel-buffering", "no"))  # nginx else keeps a stream back until its buffer is full
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": self.status, "headers": encoded})
        if self.stream is None or request.method == "HEAD":
            await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else self.body})
            return
        ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(request.gone()), asyncio.ensure_future(stopping.wait())]
        try:
            await _flow(self.stream, ends, send)
            await send({"type": "http.response.body", "body": b""})
        finally:
            for end in ends:
                end.cancel()


async def _flow(stream: AsyncGenerator[bytes, None], ends: list[asyncio.Future[Any]], send: Send) -> None:
    while True:
        part = asyncio.ensure_future(anext(stream, None))
        try:
            await asyncio.wait((part, *ends), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not part.done():
                part.cancel()
                await asyncio.wait((part,))
        if part.cancelled() or any(end.done() for end in ends):
            return
        body = part.result()
        if body is None:
            return
        await send({"type": "http.response.body", "body": body, "more_body": True})


def redirect(path: str) -> Response:
    """See another page of the console. `path` is below the prefix; what a header cannot carry is quoted."""
    return Response(status=303, headers=[("location", quote(PREFIX + path, safe=punctuation))])


def local_path(wanted: str, otherwise: str = "/") -> str:
    """`wanted` when it is a path of the console (with or without its prefix), else `otherwise`: redirects stay in the house."""
    path = wanted[len(PREFIX) :] if wanted == PREFIX or wanted.startswith((PREFIX + "/", PREFIX + "?")) else wanted
    if path.startswith("?"):
        path = "/" + path
    strange = any(ord(letter) < 33 or letter == "\\" for letter in path)
    if strange or not path.startswith("/") or path.startswith("//") or _CLIMBS.search(path):
        return otherwise
    return path


def _pairs(text: str) -> dict[str, str]:
    try:
        pairs = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_LIMIT))
    except (ValueError, UnicodeDecodeError) as problem:
        raise UsageError("the request's fields cannot be read", cause=str(problem)) from problem
    if any("\0" in name or "\0" in value for name, value in pairs.items()):
        raise UsageError("the request's fields cannot be read", cause="a NUL stands in them: PostgreSQL has no such text")
    return pairs
