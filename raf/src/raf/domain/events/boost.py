"""A boost: stream b{account_id}.{post}."""

from __future__ import annotations

from typing import ClassVar

from raf.domain.events.event import RafEvent


class Boosted(RafEvent, frozen=True):
    """`status_id` is the boost's own id."""

    topic: ClassVar[str] = "raf.boosted"

    status_id: int
    account_id: int
    reblog_of_id: int
    author_id: int
    visibility: str = "public"


class Unboosted(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.unboosted"

    status_id: int
    account_id: int
    reblog_of_id: int
