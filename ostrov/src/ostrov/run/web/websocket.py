"""uvicorn's WebSocket protocol, which also takes several texts at once (`ostrov.run.web.texts`)."""

from __future__ import annotations

from struct import pack
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

from ostrov.run.web.texts import TEXTS

FINAL_TEXT = 0x81
SHORT, MIDDLE = 125, 0xFFFF


def text_frame(text: bytes) -> bytes:
    """A whole text message as a server sends it: one frame without a mask (RFC 6455 §5.2)."""
    size = len(text)
    if size <= SHORT:
        return pack("!BB", FINAL_TEXT, size) + text
    if size <= MIDDLE:
        return pack("!BBH", FINAL_TEXT, 126, size) + text
    return pack("!BBQ", FINAL_TEXT, 127, size) + text


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Writes all texts of a message with one call."""

    async def run_asgi(self) -> None:
        if not self.conn.extensions:  # what is compressed goes through the state machine
            self.scope["extensions"] = {**self.scope["extensions"], TEXTS: {}}
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        if message["type"] != TEXTS:
            await super().send(message)
            return
        await self.writable.wait()
        if self.disconnected or self.conn.state != OPEN:
            raise ClientDisconnected
        if not self.handshake_complete or self.close_sent:
            raise RuntimeError(f"Unexpected ASGI message '{TEXTS}': the WebSocket is not open.")
        self.transport.write(b"".join(map(text_frame, message["texts"])))
