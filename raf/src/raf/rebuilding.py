"""Writing every read model again: what is said before, and how far it is meanwhile."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from ostrov import Ostrov, open_events

RATE = 25_000
"""Events a second of one core's time (bench: 330,803 events of 100,000 posts)."""
log = logging.getLogger("raf.rebuild")


def plan(application: Ostrov) -> str:
    """What a rebuild does, how long it takes, and what to do with a server that runs."""
    events = application.part(open_events)
    count = application.store.read_sync(events.last)
    patience = application.settings.db.busy_timeout
    return (
        f"Empty every read model and fill it again from {count:,} events, in one transaction: some "
        f"{max(1, count // RATE):,} s. A server may run on: readers see the rows of before until the end. Whoever writes "
        f"waits, and is told to try again (503) after {patience:g} s; to spare people that, `ostrov down` first. It needs as "
        "much free disk as the database has. When it is killed, nothing has changed: start it again."
    )


def teller(total: int) -> Callable[[int], None]:
    """Tells how far a rebuild is: on a terminal in a line of its own, and in the log at every tenth."""
    on_terminal = sys.stderr.isatty()
    tenths = 0

    def told(done: int) -> None:
        nonlocal tenths
        if on_terminal:
            print(f"\r{done:,} of {total:,} events", end="", file=sys.stderr, flush=True)
        if done * 10 // max(1, total) > tenths:
            tenths = done * 10 // max(1, total)
            log.info("%s %% of %s events", tenths * 10, total)

    return told
