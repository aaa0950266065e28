"""Network addresses that may see nothing here, known to each process so that a request costs no query."""

from __future__ import annotations

import ipaddress
import time

from ostrov import Connection, Message, Ostrov

TOPIC = "raf.guard"
AGE = 60.0
"""Seconds after which the blocks are read again: one may have ended, or a message may be lost."""
CLOSED = "SELECT ip FROM ip_block WHERE severity = 'no_access' AND (expires_at IS NULL OR expires_at > ?)"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Guard:
    """`busy` says that an address has to be looked at: there are blocks, or nobody knows."""

    def __init__(self, application: Ostrov) -> None:
        self._store = application.store
        self._networks: tuple[Network, ...] = ()
        self._until = 0.0
        application.channel.listen(TOPIC, self._changed)

    @property
    def busy(self) -> bool:
        return bool(self._networks) or time.monotonic() > self._until

    async def refuses(self, address: str) -> bool:
        """Whether this address may see nothing."""
        if time.monotonic() > self._until:
            self._until = time.monotonic() + AGE
            self._networks = await self._store.read(_closed)
        if not self._networks:
            return False
        try:
            asked = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(asked in network for network in self._networks)

    def _changed(self, message: Message) -> None:
        self._until = 0.0


def _closed(connection: Connection) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(ip) for (ip,) in connection.rows(CLOSED, (time.time(),)))


def open_guard(application: Ostrov) -> Guard:
    """The guard of an application."""
    return Guard(application)
