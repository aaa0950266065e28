"""What every answer carries so that a browser holds to it."""

from __future__ import annotations

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action {form_action}"
)


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
        headers["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def secured(app: ASGIApp, *, secure: bool) -> ASGIApp:
    """`app` with these headers on each answer that does not set its own; asked with HEAD it answers as to GET, bodiless."""
    added = security_headers(secure=secure)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        bodiless = scope["method"] == HttpMethod.HEAD
        if bodiless:
            scope["method"] = HttpMethod.GET

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in there)]
            elif bodiless and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        await app(scope, receive, send_secured)

    return serve
