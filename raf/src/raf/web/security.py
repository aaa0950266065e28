"""What every answer carries so that a browser holds to it."""

from __future__ import annotations

from typing import cast

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from raf.identity.sessions import COOKIE

SESSION = f"{COOKIE}=".encode()

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action {form_action}"
)

STAY = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
"""Of a place on HTTPS: a browser asks it in no other way for a year (RFC 6797)."""
KEPT, UNKEPT = (b"cache-control", b"private, no-cache"), (b"cache-control", b"private, no-store")
FORGET = (b"clear-site-data", b'"storage"')
"""Who logs out leaves no drafts behind on somebody else's computer (browsers hold to it over HTTPS)."""


def security_headers(*, secure: bool, form_action: str = "'self'") -> list[tuple[bytes, bytes]]:
    """Headers of a page. `form_action` names where its forms may lead (browsers hold redirects after a form to it too, so the
    page of OAuth's authorisation adds the client's address)."""
    headers = {
        "content-security-policy": POLICY.format(form_action=form_action),
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if secure:
        headers[STAY[0].decode()] = STAY[1].decode()
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def secured(app: ASGIApp, *, secure: bool) -> ASGIApp:
    """`app` with these headers on each answer that does not set its own; asked with HEAD it answers as to GET, bodiless.

    What somebody who is logged in was shown is kept on no disk.
    """
    added = security_headers(secure=secure)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        bodiless = scope["method"] == HttpMethod.HEAD
        known = any(name == b"cookie" and SESSION in value for name, value in scope["headers"])
        leaving = not bodiless and scope["path"] == "/log-out"

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                headers = [UNKEPT if known and pair == KEPT else pair for pair in message["headers"]]
                message["headers"] = [*headers, *(pair for pair in added if pair[0] not in there)]
                if leaving and message["status"] < 400:
                    message["headers"] = [*message["headers"], FORGET]
            elif bodiless and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        asked = dict(scope) | {"method": HttpMethod.GET} if bodiless else scope  # a copy: the server counts by its own
        await app(cast("Scope", asked), receive, send_secured)

    return serve
