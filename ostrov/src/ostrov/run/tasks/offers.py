"""Ids of runs that a broker has brought to a worker and that are neither started nor found to be of no use."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from ostrov.run.tasks.identifier import may_be_id


class Offers:
    """Each id with what is to be called when it is settled; an id that came twice has two of those."""

    def __init__(self) -> None:
        self._offered: dict[str, tuple[float, list[Callable[[bool], None]]]] = {}

    def __len__(self) -> int:
        return len(self._offered)

    @property
    def ids(self) -> list[str]:
        """All of them, the first come first."""
        return list(self._offered)

    def add(self, run_id: str, done: Callable[[bool], None]) -> None:
        """Keep an id until it is settled; one that no run can have is of no use at once, and never reaches the database."""
        if not may_be_id(run_id):
            done(False)
            return
        self._offered.setdefault(run_id, (time.monotonic(), []))[1].append(done)

    def older_than(self, seconds: float) -> set[str]:
        """Those that have been here for longer."""
        until = time.monotonic() - seconds
        return {run_id for run_id, (since, _) in self._offered.items() if since < until}

    def settle(self, ids: Collection[str], started: Collection[str]) -> None:
        """These are done with, well or not."""
        for run_id in ids:
            _, waiting = self._offered.pop(run_id, (0.0, []))
            for number, done in enumerate(waiting):
                done(number == 0 and run_id in started)

    def clear(self) -> None:
        """Forget all; nobody waits for them any more."""
        self._offered.clear()
