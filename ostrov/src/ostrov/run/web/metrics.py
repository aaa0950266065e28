"""`/metrics`: what the components count, for Prometheus.

Without a token only requests of this machine are answered, and of those none that a proxy passes on for another: behind one
everybody comes from 127.0.0.1.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING

from ostrov.core.errors import OstrovError
from ostrov.core.exposition import CONTENT_TYPE, Family, exposition
from ostrov.core.reference import load
from ostrov.run.web.dispatcher import Application, Receive, Scope, Send, plain

if TYPE_CHECKING:
    from ostrov.core.application import Ostrov

log = logging.getLogger("ostrov.web")
FORWARDED = frozenset((b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via"))
"""Headers by which a proxy says that it asks for another."""
NAMES = frozenset(("localhost", "127.0.0.1", "[::1]"))
"""What this machine calls itself: a page from elsewhere whose name was bound to 127.0.0.1 asks for its own (DNS rebinding)."""
not_here = plain(403, "Metrics are for this machine only. Set web.metrics_token to read them from another.")
not_allowed = plain(405, "GET this.")


def metrics(application: Ostrov) -> dict[str, Application]:
    """The mount, unless `web.metrics` is off."""
    settings = application.settings.web
    if not settings.metrics:
        return {}
    token: str = settings.metrics_token

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await not_allowed(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if token and not _knows(token, headers):
            await _answer(send, 401, "text/plain", "Send the token of web.metrics_token.\n", bearer=True)
        elif not token and not _of_this_machine(scope, headers):
            await not_here(scope, receive, send)
        else:
            try:
                status, kind, text = 200, CONTENT_TYPE, exposition(await _families(application))
            except OstrovError as problem:  # Prometheus notes that the target is down, rather than figures that are not so
                status, kind, text = 503, "text/plain; charset=utf-8", f"{problem.error}\n"
            await _answer(send, status, kind, "" if scope["method"] == "HEAD" else text)

    return {"/metrics": answer}


async def _families(application: Ostrov) -> list[Family]:
    found: list[Family] = []
    for component in application.components.values():
        if component.metrics is not None:
            found += await load(component.metrics)(application)
    return found


def _knows(token: str, headers: Mapping[bytes, bytes]) -> bool:
    kind, _, given = headers.get(b"authorization", b"").partition(b" ")
    return kind.lower() == b"bearer" and hmac.compare_digest(given.strip(), token.encode())


def _of_this_machine(scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
    client = scope.get("client")
    if client is None or FORWARDED & headers.keys():
        return False
    host = headers.get(b"host", b"").decode("latin-1")
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    try:
        return ip_address(client[0]).is_loopback and name.lower() in NAMES
    except ValueError:
        return False


async def _answer(send: Send, status: int, kind: str, text: str, *, bearer: bool = False) -> None:
    body = text.encode()
    headers = [
        (b"content-type", kind.encode()),
        (b"cache-control", b"no-store"),
        (b"content-length", str(len(body)).encode()),
    ]
    if bearer:
        headers.append((b"www-authenticate", b'Bearer realm="metrics"'))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
