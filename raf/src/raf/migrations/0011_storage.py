"""Where media lie, and when they were last asked for."""

from __future__ import annotations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Filled by the capabilities that need it."""
