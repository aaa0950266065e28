"""The ASGI application behind `/api`, `/oauth`, `/.well-known` and `/nodeinfo`."""

from __future__ import annotations

from ostrov import Ostrov
from raf.mastodon import direct, streaming
from raf.mastodon.gate import Gate
from raf.mastodon.house import House
from raf.mastodon.later import Later


def build(application: Ostrov) -> Gate:
    """The application, the same one for every mount of a process."""
    return application.part(_open)


def _open(application: Ostrov) -> Gate:
    house = House(application)
    streams = streaming.Streams(house)
    return Gate(house, Later(), direct.ENDPOINTS, streams.open, streams.socket)
