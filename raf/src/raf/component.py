"""What Raf brings: it is one component among the others."""

from __future__ import annotations

from ostrov import Component

component = Component(name="raf")
