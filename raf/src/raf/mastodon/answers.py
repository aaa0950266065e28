"""How answers and refusals look on the wire."""

from __future__ import annotations

import logging
import re
from typing import Any

import msgspec

from ostrov import OstrovError
from raf.errors import Invalid, TooMany
from raf.identity.oauth import OAuthError
from raf.mastodon.uploads import Disconnected
from raf.media.storage import FULL, StorageAway, StorageFull

log = logging.getLogger("raf.api")
encode = msgspec.json.Encoder().encode
Headers = list[tuple[bytes, bytes]]

JSON = (b"content-type", b"application/json; charset=utf-8")
SECURITY: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; form-action 'none'"),
    (b"referrer-policy", b"same-origin"),
]
CORS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-Id",
    ),
]
PREFLIGHT: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"POST, PUT, DELETE, GET, PATCH, OPTIONS"),
    (b"access-control-max-age", b"86400"),
    (b"vary", b"Access-Control-Request-Headers"),
]
API: Headers = [*CORS, *SECURITY, (b"cache-control", b"private, no-store"), (b"vary", b"Authorization, Origin")]

USUAL = "Authorization, Content-Type, Idempotency-Key, X-Requested-With"
NAMES = re.compile(r"[A-Za-z0-9-]+(, ?[A-Za-z0-9-]+){0,40}")

NOT_FOUND = {"error": "Not Found"}


def preflight(asked: str) -> Headers:
    """What a browser is told before a program of another site sends a request: any header is welcome, cookies are not."""
    allowed = asked if NAMES.fullmatch(asked) else USUAL
    return [*PREFLIGHT, (b"access-control-allow-headers", allowed.encode())]


def refusal(problem: Exception) -> tuple[int, dict[str, Any], Headers]:
    """The status, the body and further headers that tell a client what went wrong, in Mastodon's words."""
    if isinstance(problem, OAuthError):
        headers = [(b"www-authenticate", b'Basic realm="Raf"')] if problem.status == 401 else []
        return problem.status, {"error": problem.code, "error_description": problem.error}, headers
    if isinstance(problem, TooMany):
        return 429, {"error": problem.error}, [(b"retry-after", b"%d" % max(1, round(problem.wait)))]
    if isinstance(problem, OstrovError):
        if problem.status >= 500:
            log.error("%s", problem)
        again = [(b"retry-after", b"%d" % problem.wait)] if isinstance(problem, StorageAway) else []
        return problem.status, {"error": problem.error}, again
    if isinstance(problem, Disconnected):
        return 400, {"error": "The request was broken off"}, []
    if isinstance(problem, OSError) and problem.errno in FULL:
        return StorageFull.status, {"error": StorageFull().error}, []
    log.error("a request failed", exc_info=problem)
    return 500, {"error": "Internal Server Error"}, []


def details(problem: Invalid) -> dict[str, Any]:
    """A refused registration, field by field."""
    return {
        "error": problem.error,
        "details": {
            field: [{"error": code, "description": message} for code, message in found]
            for field, found in problem.details.items()
        },
    }
