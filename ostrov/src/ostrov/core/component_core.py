"""What the ground floor itself brings."""

from __future__ import annotations

from ostrov.core.component import Component

component = Component(
    name="core",
    operations=[
        "ostrov.core.operations.own.approvals",
        "ostrov.core.operations.own.audit",
        "ostrov.core.operations.own.operators",
        "ostrov.core.settings.operations",
    ],
    migrations="ostrov.core:migrations",
)
