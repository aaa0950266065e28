"""What films and sounds are taken in."""

from __future__ import annotations

from typing import NamedTuple

SOUND_PACKETS = 400
"""Packets a second that sound has at most: Opus of 2.5 ms."""


class Limits(NamedTuple):
    """What is taken in."""

    pixels: int
    frame_rate: int
    seconds: float
    sound_seconds: float


class Wrong(Exception):
    """The film is not taken in; the message is for its sender."""


def check_length(seconds: float, most: float) -> None:
    if seconds > most:
        raise Wrong(f"is longer than {most / 60:.0f} minutes")


def check_number(packets: int, limits: Limits) -> None:
    """Times can be forged, so packets are counted too: as many as the longest film at the highest rates may have."""
    if packets > limits.seconds * (limits.frame_rate + SOUND_PACKETS):
        raise Wrong("has more frames than a film of the greatest length")
