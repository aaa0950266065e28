"""Random tokens: what the bearer holds, and the digest of it that the database keeps."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """43 characters that nobody guesses (256 bits)."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a token: a stolen database opens no door. No salt is needed, the token is random."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def new_id(now: float) -> int:
    """An id in order of time, as accounts and posts have: milliseconds, then 16 random bits."""
    return int(now * 1000) << 16 | secrets.randbits(16)
