"""Passwords: what may be one, and argon2id in threads, so that the event loop never waits for it.

The memory of one hash is a setting; `argon2_threads` hashes run at once and a bounded number waits, so a flood of log-ins costs
neither the loop nor the machine's memory.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from raf.errors import TooMany
from raf.identity.common_passwords import COMMON
from raf.identity.settings import IdentitySettings
from raf.identity.usernames import Problem

SHORTEST = 12
LONGEST = 128
"""What OWASP asks for (ASVS 4.0.3, 2.1.1 and 2.1.2). Who chose a shorter one earlier goes on logging in with it."""
SPACES = re.compile(r"\s{2,}")
"""Several spaces count as one towards the shortest, and all of them as typed when it comes to what the password is."""
WEIGHED = 40
"""Characters whose strength is estimated: what is strong so far is strong."""
EASY = 1e8
"""Guesses up to which a password is refused: a day of one stolen hash, or less."""
WAITING = 64
GUESSED = ("ERR_INVALID", "is one of those that are guessed first")
T = TypeVar("T")


def problems_of_password(password: str, username: str = "", email: str = "") -> list[Problem]:
    """What is wrong with a new password, as (code, message). No letters of any kind are asked for or forbidden."""
    if not password:
        return [("ERR_BLANK", "can't be blank")]
    if len(SPACES.sub(" ", password)) < SHORTEST:
        return [("ERR_TOO_SHORT", f"is too short (minimum is {SHORTEST} characters)")]
    if len(password) > LONGEST:
        return [("ERR_TOO_LONG", f"is too long (maximum is {LONGEST} characters)")]
    lowered = password.lower()
    own = {username.lower(), email.lower(), email.lower().partition("@")[0]} - {""}
    if lowered in own:
        return [("ERR_INVALID", "must not be your name or e-mail address")]
    return [GUESSED] if guesses(lowered, own) <= EASY else []


def guesses(password: str, known: Iterable[str] = ()) -> float:
    """How many tries somebody needs who begins with leaked passwords, words, names, dates and keyboard walks.

    By zxcvbn (Wheeler, USENIX Security 2016), whose lists hold the 30,000 passwords most often found in leaks; ours adds
    Russian ones. `known` is what an attacker knows of the person. Loaded at the first new password: 14 MB, 35 ms.
    """
    from zxcvbn import zxcvbn

    if len(set(password)) <= 2:
        return 1.0
    found = zxcvbn(password[:WEIGHED], user_inputs=[*known, "raf", *COMMON], max_length=LONGEST)
    return float(found["guesses"])


class Passwords:
    """Hashes and checks passwords in a few threads of its own."""

    def __init__(self, settings: IdentitySettings) -> None:
        from argon2 import PasswordHasher

        self._hasher = PasswordHasher(
            time_cost=settings.argon2_time, memory_cost=settings.argon2_memory, parallelism=1, hash_len=32, salt_len=16
        )
        self._threads = ThreadPoolExecutor(settings.argon2_threads, thread_name_prefix="password")
        self._waiting = 0
        self._decoy = ""

    async def hash(self, password: str) -> str:
        """The encoded hash of a password. Raises TooMany when too many wait already."""
        return await self._run(lambda: self._hasher.hash(_bytes(password)))

    async def check(self, hashed: str | None, password: str) -> tuple[bool, str | None]:
        """Whether the password is right, and a new hash to keep when the parameters have changed since.

        With no hash (no such account) it takes the same time and is wrong.
        """
        return await self._run(lambda: self._check(hashed, password))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check(self, hashed: str | None, password: str) -> tuple[bool, str | None]:
        from argon2.exceptions import InvalidHashError, VerificationError

        if not self._decoy:
            self._decoy = self._hasher.hash(b"nobody's password")
        plain = _bytes(password[: LONGEST + 1])
        try:
            self._hasher.verify(hashed or self._decoy, plain)
        except (VerificationError, InvalidHashError):
            return False, None
        if not hashed:
            return False, None
        return True, self._hasher.hash(plain) if self._hasher.check_needs_rehash(hashed) else None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING:
            raise TooMany(2.0, "Too many people are logging in at once")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _bytes(password: str) -> bytes:
    """NFKC, so that the same letters typed on another keyboard are the same password (NIST SP 800-63B §5.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
