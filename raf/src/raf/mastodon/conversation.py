"""One WebSocket of the streaming API: the client subscribes and unsubscribes; a task of its own tells each subscription."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from ostrov import Mailbox, send_texts
from raf.errors import RafError
from raf.mastodon.call import Call

if TYPE_CHECKING:
    from raf.mastodon.streaming import Streams

Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
SUBSCRIPTIONS = 50
LONGEST_COMMAND = 4096
PATIENCE = 30.0
"""Seconds of silence after which the token is looked at again."""


class Command(msgspec.Struct):
    """What a WebSocket client says."""

    type: str = ""
    stream: str = ""
    tag: str = ""
    list: str | int = ""


class Conversation:
    """One WebSocket: its subscriptions, each told by a task of its own."""

    def __init__(self, streams: Streams, call: Call, send: Send, token: str) -> None:
        self._streams = streams
        self._call = call
        self._send = send
        self._token = token
        self._telling: dict[tuple[str, ...], asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Obey what the client says until it leaves, or its token opens nothing any more."""
        while True:
            try:
                message = await asyncio.wait_for(self._call.receive(), PATIENCE)
            except TimeoutError:
                message = None
            if message is not None and message["type"] == "websocket.disconnect":
                return
            if not await self._streams.still_opens(self._token):  # also of a client that never falls silent
                await self._send({"type": "websocket.close", "code": 1008})
                return
            if message is None:
                continue
            said = message.get("text") or message.get("bytes") or b""
            try:
                command = msgspec.json.decode(said if len(said) <= LONGEST_COMMAND else b"", type=Command)
            except msgspec.DecodeError:
                await self._complain("Invalid message", 400)
                continue
            await self.obey(command)

    async def obey(self, command: Command) -> None:
        """Subscribe or unsubscribe; what cannot be is told."""
        tag = command.tag.removeprefix("#").lower()
        people = str(command.list)
        name: tuple[str, ...] = (command.stream,)
        if command.stream.startswith("hashtag"):
            name = (command.stream, tag)
        elif command.stream == "list":
            name = (command.stream, people)
        if command.type == "unsubscribe":
            if name in self._telling:
                self._telling.pop(name).cancel()
            return
        if command.type != "subscribe" or name in self._telling:
            return
        if len(self._telling) >= SUBSCRIPTIONS:
            await self._complain("Too many subscriptions", 429)
            return
        try:
            mailbox = await self._streams.subscribe(self._call, command.stream, {"tag": tag, "list": people})
        except RafError as problem:
            await self._complain(problem.error, problem.status)
            return
        self._telling[name] = asyncio.ensure_future(self._tell(mailbox, name))

    async def close(self) -> None:
        """Stop telling."""
        for task in self._telling.values():
            task.cancel()
        await asyncio.gather(*self._telling.values(), return_exceptions=True)

    async def _tell(self, mailbox: Mailbox, stream: tuple[str, ...]) -> None:
        account_id, frames = self._call.viewer_id, self._streams.frames
        with mailbox:
            while True:
                messages = await mailbox.take()
                if mailbox.lost:
                    await self._send({"type": "websocket.close", "code": 1013})  # try again later
                    return
                particular, texts = frames.is_particular(account_id), list[bytes]()
                for message in messages:
                    text = None if particular else frames.kept_text(message, stream)
                    if text is None:
                        text = await frames.socket_text(message, account_id, stream)
                    if text:
                        texts.append(text)
                if texts:
                    await send_texts(self._call.scope, self._send, texts)

    async def _complain(self, error: str, status: int) -> None:
        text = msgspec.json.encode({"error": error, "status": status}).decode()
        await self._send({"type": "websocket.send", "text": text})


async def refuse_socket(call: Call, send: Send, problem: RafError) -> None:
    """An HTTP answer in place of the handshake, where the server can give one."""
    if "websocket.http.response" in call.scope.get("extensions", {}):
        body = msgspec.json.encode({"error": problem.error})
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "websocket.http.response.start", "status": problem.status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": body})
    else:
        await send({"type": "websocket.close", "code": 4401})
