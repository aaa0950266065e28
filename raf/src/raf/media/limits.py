"""What films and sounds are taken in."""

from __future__ import annotations

from typing import NamedTuple


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
