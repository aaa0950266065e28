"""What `ostrov doctor` asks of the search."""

from __future__ import annotations

from ostrov import Finding, Ostrov
from raf.search.search import open_search

MANY = 2_000
"""Events behind which somebody who searches would notice."""


def index(application: Ostrov) -> Finding:
    """Whether the index follows the log of events."""
    behind = application.store.read_sync(application.part(open_search).behind)
    if behind > MANY:
        return Finding(
            "warning",
            f"the search does not know the last {behind} events",
            tip="while the project is up the service `search` catches up by itself, about 2,000 events a second",
        )
    return Finding("ok", "the search is up to date" if not behind else f"the search is {behind} events behind")
