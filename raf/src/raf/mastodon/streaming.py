"""`/api/v1/streaming`: what happens, as it happens, by server-sent events and WebSocket.

A client has a bounded mailbox. One that reads too slowly is disconnected: it connects again and fetches what it missed, instead
of growing here. A revoked token ends its streams within seconds.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from typing import Any, TypeAlias

import msgspec

from ostrov import Mailbox, Message
from raf.errors import Missing, RafError, TooMany
from raf.identity.attempts import subject_of_address
from raf.identity.tokens import Access
from raf.lists.listening import listen
from raf.mastodon.access import ANYONE, Rule, person, reader
from raf.mastodon.answers import CORS, SECURITY
from raf.mastodon.call import Call
from raf.mastodon.conversation import Command, Conversation, refuse_socket
from raf.mastodon.frames import Frames
from raf.mastodon.house import House
from raf.mastodon.parameters import parse_query
from raf.mastodon.promise import Promise, Stream, Words

Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Tell: TypeAlias = Callable[[Send], Awaitable[None]]
ROOT = "/api/v1/streaming"
PATHS = {
    "/user": "user",
    "/user/notification": "user:notification",
    "/public": "public",
    "/public/local": "public:local",
    "/public/remote": "public:remote",
    "/hashtag": "hashtag",
    "/hashtag/local": "hashtag:local",
    "/direct": "direct",
    "/list": "list",
}
SCOPES = {
    "user": ("read:statuses",),
    "user:notification": ("read:notifications",),
    "direct": ("read:statuses",),
    "list": ("read:lists",),
}
HEARTBEAT = 15.0
MAILBOX = 500
GONE = "raf.streaming.gone"
BEAT = Message("raf.streaming.beat", b"")
HEADERS = [
    *CORS,
    *SECURITY,
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"private, no-store"),
    (b"x-accel-buffering", b"no"),
]


class StreamQuery(msgspec.Struct):
    """Which stream, where the path does not say it: `user`, `public:local`, `hashtag`, …"""

    stream: str = ""
    tag: str = ""
    list: str = ""
    only_media: bool = False


def described() -> Iterator[tuple[str, Rule, Promise, str]]:
    """(path, rule, what it gives, what it is) of each path, for the OpenAPI document."""
    yield ROOT, reader(), Promise(Stream, {"query": StreamQuery}), "Any stream, by its name; also as a WebSocket."
    yield f"{ROOT}/health", ANYONE, Promise(Words), "Whether streams are told."
    for path, kind in PATHS.items():
        rule = person(*SCOPES[kind]) if kind in SCOPES else reader()
        yield ROOT + path, rule, Promise(Stream, {"query": StreamQuery}), f"The stream `{kind}`."


class Refused(RafError):
    """Mastodon's streaming server has words of its own."""

    def __init__(self, error: str, status: int = 401) -> None:
        super().__init__(error)
        self.status = status


class Streams:
    """All open streams of a process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.frames = Frames(house.raf)
        self._open: Counter[object] = Counter()
        self._beating: set[Mailbox] = set()
        self._timer: asyncio.TimerHandle | None = None

    # ---- server-sent events -------------------------------------------------------------------------------------------

    async def open(self, call: Call) -> Tell:
        """Look into `GET /api/v1/streaming/…`; what then answers it. Raises Refused, Missing, TooMany."""
        path = call.scope["path"].removeprefix(ROOT).rstrip("/")
        if path == "/health":
            return _healthy
        query = parse_query(call.scope["query_string"])
        kind = PATHS.get(path) or (str(query.get("stream", "")) if not path else "")
        token = await self._identify(call, query)
        subject = self._enter(call)
        try:
            mailbox = await self.subscribe(call, kind, query)
        except BaseException:
            self._leave(subject)
            raise

        async def tell(send: Send) -> None:
            try:
                with mailbox:
                    await self._tell(call, mailbox, send, token)
            finally:
                self._leave(subject)

        return tell

    async def _tell(self, call: Call, mailbox: Mailbox, send: Send, token: str) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": b":)\n\n", "more_body": True})
        watching = asyncio.ensure_future(_watch(call, mailbox))
        self._keep_beating(mailbox)
        account_id, frames = call.viewer_id, self.frames
        try:
            while True:
                messages = await mailbox.take()
                if mailbox.lost or messages[-1].topic == GONE:
                    return
                body = b""
                particular = frames.is_particular(account_id)
                for message in messages:
                    if message is BEAT:
                        if not await self.still_opens(token):
                            return
                        body += b":thump\n\n"
                    else:
                        kept = None if particular else frames.kept(message)
                        body += await frames.event(message, account_id) if kept is None else kept
                if body:
                    await send({"type": "http.response.body", "body": body, "more_body": True})
        finally:
            watching.cancel()
            self._beating.discard(mailbox)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _keep_beating(self, mailbox: Mailbox) -> None:
        """Put a beat into this mailbox from time to time: one timer for all, where one each would cost at every message."""
        self._beating.add(mailbox)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(HEARTBEAT, self._beat)

    def _beat(self) -> None:
        for mailbox in self._beating:
            mailbox.put(BEAT)
        again = bool(self._beating)
        self._timer = asyncio.get_running_loop().call_later(HEARTBEAT, self._beat) if again else None

    # ---- WebSocket ----------------------------------------------------------------------------------------------------

    async def socket(self, call: Call, send: Send) -> None:
        """`/api/v1/streaming` as a WebSocket."""
        await call.receive()  # websocket.connect
        if not call.scope["path"].startswith(ROOT):
            await send({"type": "websocket.close", "code": 4404})
            return
        query = parse_query(call.scope["query_string"])
        offered = call.scope.get("subprotocols") or []
        try:
            token = await self._identify(call, query, offered[0] if offered else "")
            subject = self._enter(call)
        except RafError as problem:
            await refuse_socket(call, send, problem)
            return
        accept: dict[str, Any] = {"type": "websocket.accept"}
        if offered:
            accept["subprotocol"] = offered[0]
        conversation = Conversation(self, call, send, token)
        try:
            await send(accept)
            if query.get("stream"):
                await conversation.obey(Command("subscribe", *(str(query.get(n, "")) for n in ("stream", "tag", "list"))))
            await conversation.run()
        finally:
            await conversation.close()
            self._leave(subject)

    # ---- for both -----------------------------------------------------------------------------------------------------

    async def subscribe(self, call: Call, kind: str, asked: Mapping[str, Any]) -> Mailbox:
        """A mailbox of what happens on a stream. Raises Refused, Missing."""
        if kind == "list":
            return await self._subscribe_to_list(call, str(asked.get("list", "")))
        if call.viewer_id is not None:
            await self._house.raf.timelines.reader(call.viewer_id)  # whom they hide is known from the first message on
        return await self._house.raf.live(call.viewer_id, self._streams(kind, asked, call.access), MAILBOX)

    async def _subscribe_to_list(self, call: Call, list_id: str) -> Mailbox:
        self._streams("list", {}, call.access)
        if not list_id:
            raise Refused("Missing list name parameter", 400)
        try:
            if not list_id.isdecimal() or len(list_id) > 18:
                raise Missing
            return await listen(self._house.raf, call.account_id, int(list_id), MAILBOX)
        except Missing:
            raise Missing("Not found") from None

    async def still_opens(self, token: str) -> bool:
        """Whether the token a stream was opened with, if it had one, is still good."""
        access = await self._house.oauth.access_of(token) if token else None
        return not token or (access is not None and not access.barred)

    # ---- who may listen to what ---------------------------------------------------------------------------------------

    async def _identify(self, call: Call, query: Mapping[str, Any], offered: str = "") -> str:
        """The token, from wherever a client may put it; `call.access` is what it opens. Raises Refused."""
        authorization = call.header(b"authorization")
        token = authorization[7:].strip() if authorization[:7].lower() == "bearer " else ""
        token = token or str(query.get("access_token", "")) or offered
        if token:
            call.access = await self._house.oauth.access_of(token)
            if call.access is None or call.access.barred:
                raise Refused("Invalid access token")
        return token

    def _streams(self, kind: str, asked: Mapping[str, Any], access: Access | None) -> list[str]:
        """The names of a stream in `raf.live`'s words. Raises Refused, Missing."""
        if kind in SCOPES:
            if access is None or access.account_id is None:
                raise Refused("Missing access token")
            if access.scopes.isdisjoint(SCOPES[kind]):
                raise Refused("Access token does not have the required scopes")
            return [kind]
        if kind.startswith("public"):
            media = asked.get("only_media") in ("true", "1") or kind.endswith(":media")
            where = kind.removesuffix(":media")
            if where not in ("public", "public:local", "public:remote"):
                raise Refused("Unknown stream type", 400)
            if where == "public:remote":
                return []  # no other server speaks to this one
            return [f"{where}:media" if media else where]
        if kind in ("hashtag", "hashtag:local"):
            tag = str(asked.get("tag", "")).removeprefix("#").lower()
            if not tag:
                raise Refused("Missing tag name parameter", 400)
            return [f"{kind}:{tag}"]
        raise Refused("Unknown stream type", 400)

    def _enter(self, call: Call) -> object:
        subject: object = call.viewer_id or subject_of_address(call.address)
        if self._open[subject] >= self._house.settings.streams_of_account:
            raise TooMany(60)
        self._open[subject] += 1
        return subject

    def _leave(self, subject: object) -> None:
        self._open[subject] -= 1
        if self._open[subject] <= 0:
            del self._open[subject]


async def _watch(call: Call, mailbox: Mailbox) -> None:
    """Wake the teller when its client leaves."""
    while (await call.receive())["type"] != "http.disconnect":
        pass
    mailbox.put(Message(GONE, b""))


async def _healthy(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"private, no-store"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"OK"})
