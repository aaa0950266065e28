"""Codes of an authenticator: RFC 6238 with SHA-1, six digits, thirty seconds, which is what every app speaks."""

from __future__ import annotations

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

PERIOD = 30
DIGITS = 6
AROUND = (0, -1, 1)
"""Steps before and after the present one whose codes are taken too: clocks differ (RFC 6238 §5.2)."""


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226 §4 R6)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_of(now: float) -> int:
    """The number of the period that `now` (epoch seconds) is in."""
    return int(now // PERIOD)


def code_of(secret: str, step: int) -> str:
    """The code of a period (RFC 4226 §5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of_code(secret: str, code: str, now: float, after: int) -> int | None:
    """The period whose code this is, of those around `now` and later than `after` (a code opens once)."""
    found = None
    for around in AROUND:
        step = step_of(now) + around
        if hmac.compare_digest(code_of(secret, step).encode(), code.encode("utf-8", "replace")) and step > after:
            found = step
    return found


def address(secret: str, name: str, issuer: str) -> str:
    """What an authenticator reads from the drawing (the Key URI format)."""
    label = quote(f"{issuer}:{name}", safe="")
    return f"otpauth://totp/{label}?" + urlencode({"secret": secret, "issuer": issuer, "period": PERIOD, "digits": DIGITS})
