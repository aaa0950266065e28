"""How many slots a worker uses under the load there is. Pure: what was seen goes in, the next number comes out."""

from __future__ import annotations

from typing import NamedTuple

LATE, PROMPT = 0.25, 0.05
"""Seconds that the event loop is late when there is too much to do, and when there is room for more."""
BUSY, CALM = 0.95, 0.80
"""Shares of the processors in use, likewise. Between the two nothing changes."""
TWICE = 2
"""Looks in a row that must agree before anything changes."""
IDLE = 30
"""Looks in a row at less than half of the slots in use before they become fewer."""


class Load(NamedTuple):
    """What a worker sees of its load: seconds its loop is late, the share of the processors in use (0 to 1), whether runs wait
    for a place, and how many it has in hand."""

    late: float
    cpu: float
    waiting: bool
    in_hand: int


class Slots(NamedTuple):
    """The slots in use, with how many looks in a row spoke for more, for fewer, and for nothing to do."""

    number: int
    more: int = 0
    fewer: int = 0
    idle: int = 0
    why: str = ""
    """What has changed the number at the last look; empty when nothing has."""


def following(slots: Slots, load: Load, fewest: int, most: int) -> Slots:
    """The slots after one more look: a quarter fewer under too much load (of those in use), a quarter more when runs wait, all
    slots are in use and there is room, and a quarter fewer when they are not needed for long."""
    if load.late >= LATE or load.cpu >= BUSY:
        if slots.fewer + 1 < TWICE:
            return Slots(slots.number, fewer=slots.fewer + 1)
        used = min(slots.number, max(load.in_hand, fewest))
        why = f"its loop is late by {load.late:.2f} s" if load.late >= LATE else f"{load.cpu:.0%} of the processors are in use"
        return _changed(slots, max(fewest, used - _quarter(used)), why)
    full = load.in_hand >= slots.number
    if load.waiting and full and load.late <= PROMPT and load.cpu <= CALM:
        if slots.more + 1 < TWICE:
            return Slots(slots.number, more=slots.more + 1)
        return _changed(slots, min(most, slots.number + _quarter(slots.number)), "runs wait, and there is room for more")
    if not load.waiting and load.in_hand * 2 < slots.number:
        if slots.idle + 1 < IDLE:
            return Slots(slots.number, idle=slots.idle + 1)
        return _changed(slots, max(fewest, slots.number - _quarter(slots.number)), "they are not needed")
    return Slots(slots.number)


def _quarter(number: int) -> int:
    return max(1, number // 4)


def _changed(slots: Slots, number: int, why: str) -> Slots:
    return Slots(number, why=why if number != slots.number else "")
