"""Passwords by argon2id, with OWASP's 19 MiB and two passes: half a hundred of them a second are not worth 64 MiB each."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ostrov.core.errors import UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10
LONGEST = 1024


def hash_password(password: str) -> str:
    """The hash to keep, in about 30 ms. Raises UsageError for a password that is too short or too long."""
    if len(password) < SHORTEST:
        raise UsageError(f"a password has at least {SHORTEST} characters", tip="a few random words are good")
    if len(password) > LONGEST:
        raise UsageError(f"a password has at most {LONGEST} characters")
    return _hasher().hash(password)


def verify_password(hashed: str, password: str) -> bool:
    """Whether it is the password. An empty hash takes as long as a real one and is never right."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(hashed or _nobody(), password[: LONGEST + 1]) and bool(hashed)
    except (VerificationError, InvalidHashError, UnicodeError):
        return False


@functools.cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@functools.cache
def _nobody() -> str:
    return _hasher().hash("nobody has this password")
