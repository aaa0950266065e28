"""uvicorn inside our loop: on sockets it is given, ready and stopped when we say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import uvicorn
from uvicorn.server import Server

from ostrov.run.web.dispatcher import Application
from ostrov.run.web.protocol import LimitedProtocol
from ostrov.run.web.settings import WebSettings

log = logging.getLogger("ostrov.web")


class WebServer(Server):
    """A uvicorn server that `stopping` ends. It installs no signal handlers: they are the host's."""

    def __init__(self, app: Application, settings: WebSettings, stopping: asyncio.Event, ready: Callable[[], None]) -> None:
        class Protocol(LimitedProtocol):
            header_bytes = settings.header_bytes

        super().__init__(
            uvicorn.Config(
                app,
                http=Protocol,
                ws=_websocket_protocol(),
                ws_per_message_deflate=False,  # packing 1.6 KB anew for each listener costs 55 µs, sending it 3 µs
                lifespan="off",
                interface="asgi3",
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=list(settings.trusted_proxies),
                server_header=False,
                access_log=settings.access_log,
                log_config=None,
                backlog=settings.backlog,
                limit_concurrency=settings.connections,
                timeout_keep_alive=settings.keep_alive,  # type: ignore[arg-type]
                timeout_graceful_shutdown=settings.stop_grace,  # type: ignore[arg-type]
                h11_max_incomplete_event_size=settings.header_bytes,
            )
        )
        self._protocol = Protocol
        self._settings = settings
        self._stopping = stopping
        self._ready = ready

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def main_loop(self) -> None:
        """Renew the date header once a second and drop what is too slow, until it is time to stop."""
        while not self._stopping.is_set():
            await self.on_tick(0)
            self._drop_slow()
            try:
                await asyncio.wait_for(self._stopping.wait(), 1.0)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """Accept no more, finish the requests, cut the streams that do not end by themselves."""
        self._protocol.stopping = True
        cutting = asyncio.get_running_loop().create_task(self._cut_streams())
        try:
            await super().shutdown(sockets)
        finally:
            cutting.cancel()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    def _drop_slow(self) -> None:
        oldest = asyncio.get_running_loop().time() - self._settings.receive_timeout
        for connection in list(self.server_state.connections):
            if isinstance(connection, LimitedProtocol) and connection.waiting_since is not None:
                if connection.flow.read_paused:
                    connection.waiting_since = oldest + self._settings.receive_timeout  # it is we who do not read
                elif connection.waiting_since < oldest:
                    connection.refuse_slow()

    async def _cut_streams(self) -> None:
        await asyncio.sleep(self._settings.stream_grace)
        for connection in list(self.server_state.connections):
            if isinstance(connection, LimitedProtocol):
                connection.cut_stream()


def _websocket_protocol() -> Any:
    """A protocol that is imported when the first WebSocket comes; none when no library for it is installed."""
    if find_spec("websockets") is None:
        return "none"

    def protocol(**options: Any) -> asyncio.Protocol:
        from ostrov.run.web.websocket import WebSocketProtocol

        return WebSocketProtocol(**options)

    return protocol
