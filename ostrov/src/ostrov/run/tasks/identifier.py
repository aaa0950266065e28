"""UUIDv7 (RFC 9562 §5.7): ids that sort by the time they were made, also within one millisecond of one process."""

from __future__ import annotations

import os
import threading
import time

_lock = threading.Lock()
_last = 0
COUNTER_BITS = 18
RANDOM_BITS = 74 - COUNTER_BITS
LENGTH = 36


def new_id() -> str:
    """A new id. The bits after the timestamp are a counter, seeded at random each millisecond, then 56 random bits."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[str]:
    """That many new ids, in ascending order."""
    global _last
    made = []
    random = os.urandom(8 * count)
    with _lock:
        for index in range(count):
            at = int(time.time() * 1000) << COUNTER_BITS
            # RFC 9562 §6.2 method 1: a counter with its top bit clear at each new millisecond, so there is room to count.
            _last = at | (int.from_bytes(random[8 * index + 6 : 8 * index + 8], "big") << 1) if at > _last else _last + 1
            made.append(_last)
    return [_text(stamp, random[8 * index : 8 * index + 7]) for index, stamp in enumerate(made)]


def id_at(moment: float) -> str:
    """The smallest id of a moment (epoch seconds): ids made before it sort below."""
    return _text(int(moment * 1000) << COUNTER_BITS, bytes(7))


def made_at(identifier: str) -> float:
    """When an id was made, epoch seconds with a millisecond's resolution."""
    return int(identifier[:8] + identifier[9:13], 16) / 1000


def may_be_id(value: object) -> bool:
    """Whether it has an id's kind and length, and only letters that every database takes."""
    return isinstance(value, str) and len(value) == LENGTH and value.isascii() and value.isprintable()


def _text(stamp: int, random: bytes) -> str:
    milliseconds, counter = stamp >> COUNTER_BITS, stamp & ((1 << COUNTER_BITS) - 1)
    tail = counter << RANDOM_BITS | int.from_bytes(random, "big")  # 74 bits: 12 after the version, 62 after the variant
    value = milliseconds << 80 | 7 << 76 | (tail >> 62) << 64 | 2 << 62 | tail & ((1 << 62) - 1)
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
