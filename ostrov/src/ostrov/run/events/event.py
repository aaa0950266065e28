"""A domain event: a frozen msgspec struct, so it is encoded and decoded without a line of code and cannot be changed."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened in the stream `originator_id`, as its `originator_version`th event (from 1), `at` epoch seconds.

    `topic` is the name it is stored under, by default `module:Class`; a short one survives the moving of the class.
    When its fields change in a way that a default does not mend, raise `class_version` and write
    `def upcast_v1_v2(state: dict[str, Any]) -> None`, a static method that mends the fields of the older one in place.
    """

    topic: ClassVar[str] = ""
    class_version: ClassVar[int] = 1

    originator_id: str
    originator_version: int
    at: float
