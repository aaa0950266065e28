"""Films and sounds need no more than pictures have: the number keeps its place in the chain."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing."""
