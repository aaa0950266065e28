"""Unix datagrams: every process binds a socket in one folder and sends to all the others there.

A message larger than a datagram may be (about 200 KB) is sent as its topic alone; its readers refetch.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from pathlib import Path

from ostrov.core.channel.channel import Channel, Message
from ostrov.core.unix_address import short_address

LARGEST = 128 * 1024
SEPARATOR = b"\0"


class LocalChannel(Channel):
    """A channel between the processes of one machine that share a data folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._own: Path | None = None
        self._inbox: socket.socket | None = None
        self._outbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._outbox.setblocking(False)

    async def start(self) -> None:
        if self._inbox is not None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        self._own = self._folder / f"{os.getpid()}-{os.urandom(3).hex()}"
        self._inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._inbox.setblocking(False)
        with contextlib.suppress(OSError):
            self._inbox.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        with short_address(self._own) as address:
            self._inbox.bind(address)
        asyncio.get_running_loop().add_reader(self._inbox, self._receive)

    def _receive(self) -> None:
        assert self._inbox is not None
        for _ in range(256):
            try:
                data = self._inbox.recv(LARGEST + 1024)
            except BlockingIOError:
                return
            topic, _, body = data.partition(SEPARATOR)
            self.deliver(Message(topic.decode("utf-8", "replace"), body))

    def _send_out(self, message: Message) -> None:
        data = message.topic.encode() + SEPARATOR + (message.body if len(message.body) <= LARGEST else b"")
        try:
            others = [entry.path for entry in os.scandir(self._folder)]
        except FileNotFoundError:
            return
        own = str(self._own)
        for path in others:
            if path == own:
                continue
            try:
                with short_address(Path(path)) as address:
                    self._outbox.sendto(data, address)
            except BlockingIOError:
                continue  # its reader is behind and will refetch
            except OSError as problem:
                if problem.errno in (errno.ECONNREFUSED, errno.ENOENT):
                    with contextlib.suppress(OSError):
                        os.unlink(path)  # left behind by a process that was killed

    async def close(self) -> None:
        if self._inbox is not None:
            asyncio.get_running_loop().remove_reader(self._inbox)
            self._inbox.close()
            self._inbox = None
        if self._own is not None:
            with contextlib.suppress(OSError):
                self._own.unlink()
        self._outbox.close()
