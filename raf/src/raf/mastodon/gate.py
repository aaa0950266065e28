"""The gate every request passes: preflights, token, rate limit, the hottest endpoints, then Litestar; headers on the way out.

Cookies are not looked at here, so no page of another site can act for anybody. The home and public timelines, new posts
and the streams are answered before Litestar: they are nine requests out of ten.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from ostrov import OstrovError
from raf.errors import Forbidden
from raf.identity.attempts import subject_of_address
from raf.identity.windows import Left
from raf.mastodon import answers
from raf.mastodon.access import Rule, check
from raf.mastodon.answers import API, JSON, SECURITY, Headers, encode, preflight
from raf.mastodon.call import Call, Receive
from raf.mastodon.house import House
from raf.mastodon.later import Later
from raf.mastodon.uploads import Disconnected
from raf.moderation.guard import open_guard
from raf.times import iso
from raf.web.security import STAY

Scope: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Direct: TypeAlias = Callable[[Call], Awaitable[bytes]]
Tell: TypeAlias = Callable[[Send], Awaitable[None]]

CALL = "raf.call"
PAGES = "/oauth/authorize"
"""Pages for people, in a browser, with its session: they bring their own headers."""
TOO_MANY = encode({"error": "Too many requests"})


class Gate:
    """An ASGI application around another."""

    def __init__(
        self,
        house: House,
        inner: Later,
        direct: dict[tuple[str, str], tuple[Rule, Direct]],
        streams: Callable[[Call], Awaitable[Tell]],
        socket: Callable[[Call, Send], Awaitable[None]],
    ) -> None:
        self._house = house
        self._inner = inner
        self._direct = direct
        self._streams = streams
        self._socket = socket
        self._reset = (0.0, b"")
        self._guard = house.application.part(open_guard)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._inner.begin()
            return
        client = scope.get("client")
        call = Call(self._house, scope, receive, client[0] if client else "")
        try:
            if scope["type"] == "websocket":
                if self._guard.busy and await self._guard.refuses(call.address):
                    await send({"type": "websocket.close", "code": 1008})
                    return
                await self._socket(call, send)
            elif scope["path"].startswith(PAGES):
                await self._page(call, send)
            else:
                await self._api(call, send)
        except Disconnected:
            return
        finally:
            call.close()

    # ---- kinds of requests ------------------------------------------------------------------------------------------

    async def _page(self, call: Call, send: Send) -> None:
        """A page for people. The API's tokens mean nothing here."""
        call.scope[CALL] = call
        if call.scope["method"] == "HEAD":
            call.scope, send = _as_get(call.scope), _headless(send)
        await self._inner(call.scope, call.receive, _with(send, call.headers, SECURITY))

    async def _api(self, call: Call, send: Send) -> None:
        scope = call.scope
        method = scope["method"]
        if self._house.url.startswith("https:"):
            call.headers.append(STAY)
        if method == "OPTIONS":
            await answer(send, 200, b"", preflight(call.header(b"access-control-request-headers")))
            return
        try:
            if self._guard.busy and await self._guard.refuses(call.address):
                raise Forbidden("Access from your network is blocked")
            await self._identify(call)
        except OstrovError as problem:  # the database, or a network that is kept out
            await refuse(send, call, problem)
            return
        if method == "HEAD":
            method, scope, send = "GET", _as_get(scope), _headless(send)
        path = scope["path"]
        if path.startswith("/api/") and self._house.windows.limit:
            left = self._house.windows.take(_subject(call))
            call.headers += self._limits(left)
            if left.remaining < 0:
                wait = (b"retry-after", b"%d" % max(1, left.reset - time.time()))
                await answer(send, 429, TOO_MANY, [*API, JSON, *call.headers, wait])
                return
        found = self._direct.get((method, path))
        if found is not None:
            await self._answer_directly(call, send, *found)
        elif call.scope["method"] == "GET" and path.startswith("/api/v1/streaming"):
            await self._stream(call, send)
        else:
            scope[CALL] = call
            await self._inner(scope, call.receive, _with(send, call.headers, API))

    async def _answer_directly(self, call: Call, send: Send, rule: Rule, direct: Direct) -> None:
        try:
            check(rule, call.access, call.given)
            body = await direct(call)
        except Exception as problem:
            await refuse(send, call, problem)
        else:
            await answer(send, 200, body, [*API, JSON, *call.headers])

    async def _stream(self, call: Call, send: Send) -> None:
        try:
            tell = await self._streams(call)
        except Exception as problem:
            await refuse(send, call, problem)
        else:
            await tell(send)

    # ---- what every request gets --------------------------------------------------------------------------------------

    async def _identify(self, call: Call) -> None:
        authorization = call.header(b"authorization")
        if authorization[:7].lower() == "bearer ":
            call.given = True
            call.access = await self._house.oauth.access_of(authorization[7:].strip())

    def _limits(self, left: Left) -> Headers:
        when, text = self._reset
        if when != left.reset:
            text = iso(left.reset).replace("Z", "000Z").encode()
            self._reset = (left.reset, text)
        return [
            (b"x-ratelimit-limit", b"%d" % left.limit),
            (b"x-ratelimit-remaining", b"%d" % max(0, left.remaining)),
            (b"x-ratelimit-reset", text),
        ]


async def answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    """Send a whole response."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, (b"content-length", b"%d" % len(body))],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, call: Call, problem: Exception) -> None:
    """Send what went wrong."""
    status, body, headers = answers.refusal(problem)
    await answer(send, status, encode(body), [*API, JSON, *call.headers, *headers])


def _subject(call: Call) -> object:
    if call.access is not None:
        return call.access.account_id or -call.access.application_id
    return subject_of_address(call.address)


def _with(send: Send, own: Headers, common: Headers) -> Send:
    """`send` that adds headers; `own` is read when the response starts."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            more = [header for header in common if header[0] not in there]
            message["headers"] = [*message["headers"], *more, *own]
        await send(message)

    return sending


def _as_get(scope: Scope) -> Scope:
    """The same request by GET. A copy: the server goes by its own, and closes the connection of a GET without a body."""
    return {**scope, "method": "GET"}


def _headless(send: Send) -> Send:
    """`send` for the answer to HEAD."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sending
