"""What this process has looked up lately: a token's digest to whose it is, so that a request costs no query.

A revocation reaches every process at once through the channel; should a message be lost, an entry lives a minute at most.
"""

from __future__ import annotations

import time
from typing import Generic, TypeVar

from ostrov import Channel, Message

T = TypeVar("T")
TOPIC = "raf.identity.revoked"
LARGEST = 4096
AGE = 60.0


class Recognized(Generic[T]):
    """A bounded map from digest to `T`, emptied of what is revoked."""

    def __init__(self, channel: Channel) -> None:
        self._found: dict[bytes, tuple[T, float]] = {}
        self.generation = 0
        """Counts revocations: what was read before one must not be kept after it."""
        channel.listen(TOPIC, self._revoked)

    def get(self, key: bytes) -> T | None:
        found = self._found.get(key)
        if found is None:
            return None
        if time.monotonic() > found[1]:
            del self._found[key]
            return None
        return found[0]

    def keep(self, key: bytes, value: T, generation: int) -> None:
        """Remember what was read while the generation was `generation`."""
        if generation != self.generation:
            return
        if len(self._found) >= LARGEST:
            for oldest in list(self._found)[: LARGEST // 8]:
                del self._found[oldest]
        self._found[key] = (value, time.monotonic() + AGE)

    def _revoked(self, message: Message) -> None:
        self.generation += 1
        if message.body:
            self._found.pop(message.body, None)
        else:
            self._found.clear()


def announce_revoked(channel: Channel, tokens: list[bytes]) -> None:
    """Tell every process that these digests open nothing any more."""
    for token in tokens:
        channel.publish(TOPIC, token)
