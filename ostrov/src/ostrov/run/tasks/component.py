"""What the tasks component brings."""

from __future__ import annotations

from ostrov.core.component import Component

component = Component(name="tasks")
