"""What the console component brings."""

from __future__ import annotations

from ostrov.core.component import Component

component = Component(name="console")
