"""Where media lie needs no table: the number keeps its place in the chain."""

from __future__ import annotations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing."""
