"""When a process that ended is started again, and when no longer."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable

from ostrov.core.supervisor.settings import SupervisorSettings

JITTER = 0.2


class Restarts:
    """Growing waits with jitter, back to the shortest after a stable life, and an end when they come too often."""

    def __init__(
        self,
        settings: SupervisorSettings,
        clock: Callable[[], float] = time.monotonic,
        dice: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.settings = settings
        self.count = 0
        self._clock = clock
        self._dice = dice
        self._wait = 0.0
        self._recent: deque[float] = deque()

    def after(self, lived: float) -> float | None:
        """Seconds to wait before the next start of a process that lived `lived` seconds; None: give up."""
        settings, now = self.settings, self._clock()
        self._recent.append(now)
        while self._recent[0] < now - settings.restarts_within:
            self._recent.popleft()
        if len(self._recent) > settings.restarts:
            return None
        self.count += 1
        doubled = settings.backoff if lived >= settings.stable or not self._wait else self._wait * 2
        self._wait = min(doubled, settings.backoff_longest)
        return self._wait * self._dice(1 - JITTER, 1 + JITTER)

    def forget(self) -> None:
        """Begin anew, as after a restart by hand."""
        self._recent.clear()
        self._wait = 0.0
