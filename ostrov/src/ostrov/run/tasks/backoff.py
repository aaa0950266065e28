"""How long to wait before a failed run is tried again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from ostrov.run.tasks.duration import Duration, seconds

GROWS = 200
"""Failures after which an exponential delay is its cap, whatever the factor (a larger power is no float)."""
Kind = Literal["fixed", "linear", "exponential"]


@dataclass(frozen=True)
class Backoff:
    """`first` is the delay after the first failure; `cap` bounds it; `jitter` is the share by which it is moved at random."""

    kind: Kind = "exponential"
    first: Duration = 5.0
    factor: float = 2.0
    cap: Duration = 3600.0
    jitter: float = 0.2

    def __post_init__(self) -> None:
        if self.kind not in ("fixed", "linear", "exponential"):
            raise ValueError(f"a backoff is fixed, linear or exponential, not {self.kind!r}")
        if min(seconds(self.first), seconds(self.cap), self.factor - 1) < 0 or not 0 <= self.jitter <= 1:
            raise ValueError(f"{self} goes backwards: first and cap from 0, factor from 1, jitter from 0 to 1")

    def delay(self, failures: int) -> float:
        """Seconds to wait after that many failures (1 or more)."""
        first, cap = seconds(self.first), seconds(self.cap)
        if self.kind == "fixed":
            delay = first
        elif self.kind == "linear":
            delay = first * failures
        else:
            delay = first * float(self.factor) ** (failures - 1) if failures < GROWS else cap
        delay = min(delay, cap)
        return delay * (1 + self.jitter * (2 * random.random() - 1))  # noqa: S311 - spreads load, hides nothing
