"""What a handler answers: bytes, headers and cookies, sent as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from litestar.types import Receive, Scope, Send

HTML = "text/html; charset=utf-8"
JSON = "application/json"
PIECE = 256 * 1024


class Answer:
    """An ASGI application of one answer. `cookies` are values of `Set-Cookie`."""

    __slots__ = ("body", "headers", "status")

    def __init__(
        self,
        body: bytes = b"",
        kind: str = HTML,
        status: int = 200,
        headers: Iterable[tuple[str, str]] = (),
        cookies: Iterable[str] = (),
    ) -> None:
        self.body = body
        self.status = status
        self.headers = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"private, no-cache"),
            *((name.encode(), value.encode()) for name, value in headers),
            *((b"set-cookie", value.encode()) for value in cookies),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def redirect(where: str, cookies: Iterable[str] = ()) -> Answer:
    """After a form: see there (303, so that the browser asks with GET)."""
    return Answer(status=303, headers=[("location", where)], cookies=cookies)


def cookie(name: str, value: str, *, secure: bool, days: float = 365.0, hidden: bool = True) -> str:
    """A value of `Set-Cookie` for this site only. `hidden` keeps it from scripts."""
    flags = ("; HttpOnly" if hidden else "") + ("; Secure" if secure else "")
    return f"{name}={value}; Path=/; Max-Age={round(days * 86400)}; SameSite=Lax{flags}"


class FileAnswer(Answer):
    """A file to keep under a name of ours, read piece by piece while it is sent."""

    __slots__ = ("path",)

    def __init__(self, path: Path, kind: str, name: str, cookies: Iterable[str] = ()) -> None:
        disposition = ("content-disposition", f'attachment; filename="{name}"')
        super().__init__(b"", kind, headers=[disposition], cookies=cookies)
        self.path = path
        self.headers[1] = (b"content-length", str(path.stat().st_size).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        loop = asyncio.get_running_loop()
        with self.path.open("rb") as file:
            while piece := await loop.run_in_executor(None, file.read, PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
