"""What the events component brings."""

from __future__ import annotations

from ostrov.core.component import Component

component = Component(
    name="events",
    operations=("ostrov.run.events.operations:list_events",),
    migrations="ostrov.run.events:migrations",
)
