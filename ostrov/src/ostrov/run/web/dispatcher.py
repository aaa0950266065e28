"""One ASGI application that hands each request to the mount with the longest prefix of its path.

A mounted application sees the full path and an unchanged `root_path`: the prefix only selects it, so its routes read as the
addresses people see.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias

from ostrov.core.trace import RequestTrace, current

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

TEXT = [(b"content-type", b"text/plain; charset=utf-8")]


class Dispatcher:
    """`mounts` maps prefixes (`/`, `/api`) to applications; `states` holds what their lifespans gave for their requests."""

    def __init__(self, mounts: Mapping[str, Application], states: Mapping[int, dict[str, Any]], body_bytes: int = 0) -> None:
        table = [(prefix.rstrip("/"), app, states.get(id(app)) or {}) for prefix, app in mounts.items()]
        longest_first = sorted(table, key=lambda row: len(row[0]), reverse=True)
        self._exact = {prefix: (app, state) for prefix, app, state in longest_first}
        self._below = tuple((f"{prefix}/", app, state) for prefix, app, state in longest_first)
        self._body_bytes = body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        found = self._exact.get(path)
        if found is None:
            for prefix, app, state in self._below:
                if path.startswith(prefix):
                    found = app, state
                    break
            else:
                await not_found(scope, receive, send)
                return
        app, state = found
        if state:
            scope["state"] = dict(state)
        current.set(RequestTrace(scope["headers"]))  # each request is a task of the loop, with a context of its own
        if self._body_bytes and scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            await self._with_limit(app, scope, receive, send)
        else:
            await app(scope, receive, send)

    async def _with_limit(self, app: Application, scope: Scope, receive: Receive, send: Send) -> None:
        declared = _content_length(scope["headers"])
        if declared is not None and declared > self._body_bytes:
            await too_large(scope, receive, send)
            return
        if declared is not None:
            await app(scope, receive, send)  # the server reads no more than was declared
            return
        arrived = 0
        answered = refused = False

        async def counted() -> Message:
            nonlocal arrived, refused
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived <= self._body_bytes:
                return message
            if not refused and not answered:
                refused = True
                await too_large(scope, receive, send)
            return {"type": "http.disconnect"}  # to the application the client is gone

        async def watched(message: Message) -> None:
            nonlocal answered
            if not refused:
                answered = True
                await send(message)

        try:
            await app(scope, counted, watched)
        except Exception:
            if not refused:
                raise


def _content_length(headers: Sequence[tuple[bytes, bytes]]) -> int | None:
    for name, value in headers:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
    return None


def plain(status: int, text: str, *, close: bool = False) -> Application:
    """An application that answers every request with a line of text."""
    body = f"{text}\n".encode()
    headers = [*TEXT, (b"content-length", str(len(body)).encode()), *([(b"connection", b"close")] if close else [])]

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
            return
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    return answer


not_found = plain(404, "Nothing is here.")
too_large = plain(413, "The request is too large.", close=True)
