"""Several texts down a WebSocket at once, where the server can take them together.

A stream that tells a thousand readers of the same three posts writes each of them once for each reader; with one message a text
that is three calls of the kernel and three walks through a state machine. So our server knows an ASGI message of its own, an
extension of the scope:

    {"type": "ostrov.websocket.texts", "texts": [b"…", b"…"]}    UTF-8; each is one text message to the client
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

TEXTS = "ostrov.websocket.texts"
"""The name of the extension, and the type of its message."""


async def send_texts(
    scope: Mapping[str, Any], send: Callable[[MutableMapping[str, Any]], Awaitable[None]], texts: Sequence[bytes]
) -> None:
    """Send UTF-8 texts down an accepted WebSocket: together where the server has the extension, else one by one."""
    if TEXTS in scope.get("extensions", ()):
        await send({"type": TEXTS, "texts": texts})
        return
    for text in texts:
        await send({"type": "websocket.send", "text": text.decode()})
