"""Form tokens: a page's form carries what another site cannot know, bound to the visitor's own cookie.

The token is an HMAC of the cookie's value (a session's, or a visitor's before log-in), masked anew each time so that compressed
pages do not leak it (BREACH). Nothing is stored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

FIELD = "csrf_token"
HEADER = "x-csrf-token"
VISITOR_COOKIE = "raf_visitor"
"""Holds `new_token()` for people who are not logged in, so that log-in and sign-up forms are protected as well."""


def csrf_token(cookie: str) -> str:
    """A form token for the holder of this session or visitor cookie."""
    value, mask = _value(cookie), secrets.token_bytes(32)
    return base64.urlsafe_b64encode(mask + _xor(value, mask)).decode().rstrip("=")


def csrf_valid(cookie: str, token: str) -> bool:
    """Whether a form's token was made for this cookie."""
    if not cookie or not token:
        return False
    try:
        both = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return False
    return len(both) == 64 and hmac.compare_digest(_xor(both[32:], both[:32]), _value(cookie))


def same_origin(headers: Mapping[str, str], base_url: str) -> bool:
    """Whether a browser says that a request comes from a page of ours. True when it says nothing (an old browser)."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    ours, theirs = urlsplit(base_url), urlsplit(origin)
    if not theirs.netloc:  # "null": a sandboxed frame, a file
        return False
    return (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc) or theirs.netloc == headers.get("host")


def _value(cookie: str) -> bytes:
    return hmac.digest(cookie.encode("utf-8", "surrogatepass"), b"raf form token", hashlib.sha256)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
