"""uvicorn's HTTP protocol with the limits it leaves to a proxy: how large a request's head may be, how slow its bytes.

Without them one client that sends headers for ever, or a byte an hour, holds memory and a connection.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEADER_BYTES = 32 * 1024


class LimitedProtocol(HttpToolsProtocol):
    """`waiting_since` is the loop's time of the last byte of a request that is not complete, None between requests."""

    header_bytes = HEADER_BYTES
    waiting_since: float | None = None
    _head = 0
    _in_head = True

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.waiting_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        self.waiting_since = self.loop.time()
        if self._in_head:
            self._head += len(data)
            super().data_received(data)
            if self._in_head and self._head > self.header_bytes:
                self._refuse(431, b"The head of the request is too large.\n")
        else:
            super().data_received(data)

    def on_message_begin(self) -> None:
        self._in_head = True
        self.waiting_since = self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head = 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_head = True
        self.waiting_since = None
        super().on_message_complete()

    def refuse_slow(self) -> None:
        """The next byte did not come in time."""
        if self._in_head and self._head:
            self._refuse(408, b"The request came too slowly.\n")
        elif self.transport is not None:
            self.transport.abort()

    def _refuse(self, status: int, text: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        head = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(text)
        self.transport.write(STATUS_LINE[status] + head + text)
        self.transport.close()
