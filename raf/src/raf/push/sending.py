"""One request to a push service. The address comes from a client, so it may lead nowhere inside (no private addresses, no
redirects), and the answer is not read beyond its status."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit

from raf.destination import Private, connect, networks_of
from raf.errors import RafError

EVERYWHERE = networks_of(("0.0.0.0/0", "::/0"))


class Unreachable(RafError):
    """The push service cannot be asked: tried again later."""

    status = 502


class Unwelcome(RafError):
    """The address leads where no request may go."""


def send(endpoint: str, body: bytes, headers: Mapping[str, str], *, timeout: float, private: bool) -> int:
    """POST; the status of the answer. Blocks, so call it in a thread. Raises Unreachable, Unwelcome."""
    parts = urlsplit(endpoint)
    host, secure = parts.hostname or "", parts.scheme == "https"
    if not host or not (secure or private):
        raise Unwelcome(f"{parts.scheme}://{parts.netloc} is no address of a push service")
    try:
        port = parts.port or (443 if secure else 80)
        connection = connect(host, port, secure=secure, timeout=timeout, allowed=EVERYWHERE if private else ())
        try:
            path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            connection.request("POST", path, body, {"Host": parts.netloc, **headers})
            return connection.getresponse().status
        finally:
            connection.close()
    except Private as problem:
        raise Unwelcome(problem.error, tip="raf.push.private_addresses allows it") from problem
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise Unreachable(f"{parts.netloc} does not answer: {problem}") from problem
