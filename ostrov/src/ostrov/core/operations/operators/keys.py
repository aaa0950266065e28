"""Random tokens: the holder has the token, the database only its hash."""

from __future__ import annotations

import hashlib
import secrets


def new_key(prefix: str = "") -> str:
    """256 random bits as text."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """What is stored of a key. A plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
