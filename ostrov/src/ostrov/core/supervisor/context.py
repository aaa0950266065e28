"""What a running service is given."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov


class ServiceContext:
    """The hands of a service: its application, and its words with the supervisor (ours or systemd).

    `stopping` is set when the service must put its work down and return. `sockets` are the listening sockets that the
    supervisor bound for it, in the order of `Service.listens`.
    """

    def __init__(
        self,
        application: Ostrov,
        name: str,
        *,
        sockets: tuple[socket.socket, ...] = (),
        tell: Callable[[str, str, str], None] = lambda name, verb, text: None,
    ) -> None:
        self.application = application
        self.name = name
        self.sockets = sockets
        self.stopping = asyncio.Event()
        self.is_ready = asyncio.Event()
        self._tell = tell

    def ready(self) -> None:
        """Say that the service serves. Services that come after it start now."""
        if not self.is_ready.is_set():
            self.is_ready.set()
            self._tell(self.name, "ready", "")

    def status(self, text: str) -> None:
        """One line on what the service is doing, shown by `ostrov ps` and on the console."""
        self._tell(self.name, "status", text)

    async def sleep(self, seconds: float) -> bool:
        """Wait, but not beyond the moment of stopping. True when the service must stop."""
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True
