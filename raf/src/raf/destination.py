"""Where a request may go: the address is looked up once, looked at, and connected to, so no second answer can differ."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from typing import TypeAlias

from raf.errors import RafError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
"""IPv4 addresses written as IPv6 (RFC 6052, RFC 8215)."""


class Private(RafError):
    """A host is at a private address that no setting allows."""


def networks_of(settings: Sequence[str]) -> tuple[Network, ...]:
    """The networks that a setting allows. Raises ValueError."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in settings)


def is_welcome(address: str, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address is out in the open, or in an allowed network."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(found)
    if any(each in network for network in allowed for each in (found, inner)):
        return True
    mapped = isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None
    return all(each.is_global and not each.is_multicast for each in ((inner,) if mapped else (found, inner)))


def resolve(host: str, port: int, allowed: Sequence[Network] = ()) -> str | None:
    """An address of a host that may be connected to, None when all are private. Raises OSError when there is none."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    return next((address for address in found if is_welcome(address, allowed)), None)


def connect(
    host: str, port: int, *, secure: bool, timeout: float, allowed: Sequence[Network] = ()
) -> http.client.HTTPConnection:
    """A connection to a host whose address was looked at, with TLS when `secure`; `timeout` is in seconds, a step.

    Raises Private, OSError when nobody answers (socket.gaierror when nobody knows the host), ValueError for what is no name.
    """
    address = resolve(host, port, allowed)
    if address is None:
        raise Private(f"{host} is at a private address")
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    plain = socket.create_connection((address, port), timeout)
    try:
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
    except BaseException:
        plain.close()
        raise
    return connection


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, or itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if any(address in network for network in TRANSLATED):
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
