"""uvicorn's HTTP protocol with the limits it leaves to a proxy, and with a stop that breaks no request off.

Without the limits one client that sends headers for ever, or a byte an hour, holds memory and a connection. And uvicorn closes
idle connections at once when it stops: a request that is under way to one, or a connection it has only just accepted, is lost.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEADER_BYTES = 32 * 1024
LAST_REQUEST = 0.5
"""Seconds an idle connection may still bring a request once the server stops; it is answered, and the connection closed."""
_SILENT = logging.getLogger("ostrov.web.cut")
_SILENT.setLevel(logging.CRITICAL + 1)


class LimitedProtocol(HttpToolsProtocol):
    """`waiting_since` is since when a request is waited for: its head from its first byte on, its body from the last byte.

    None between requests.
    """

    header_bytes = HEADER_BYTES
    stopping = False
    """Of the class that one server uses: it accepts no more."""
    task: asyncio.Task[None] | None = None
    waiting_since: float | None = None
    _head = 0
    _in_head = True

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.waiting_since = self.loop.time()
        if self.stopping:
            self.shutdown()

    def data_received(self, data: bytes) -> None:
        if self.waiting_since is None or not self._in_head:
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
        if self.waiting_since is None:
            self.waiting_since = self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head = 0
        self.waiting_since = self.loop.time()
        super().on_headers_complete()
        if self.stopping and self.cycle is not None:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._in_head = True
        self.waiting_since = None
        super().on_message_complete()

    def shutdown(self) -> None:
        """The server stops: answer what is under way, and what comes within a moment, then close."""
        if self._idle():
            self.loop.call_later(LAST_REQUEST, self._close_idle)
        else:
            self.cycle.keep_alive = False

    def cut_stream(self) -> None:
        """End a response that has begun and does not end by itself."""
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.cycle.logger = _SILENT  # that it is cancelled is our doing, not an error
            self.transport.close()
            if self.task is not None:
                self.loop.call_later(0.1, self.task.cancel)  # one that watches for the disconnection ends before

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self.task = self.loop.create_task(cycle.run_asgi(app))
        self.task.add_done_callback(self.tasks.discard)
        self.tasks.add(self.task)

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _close_idle(self) -> None:
        if self._idle() and not self.transport.is_closing():
            self.transport.close()

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
