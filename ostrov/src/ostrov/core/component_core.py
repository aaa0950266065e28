"""What the ground floor itself brings."""

from __future__ import annotations

from ostrov.core.component import Component

component = Component(name="core")
