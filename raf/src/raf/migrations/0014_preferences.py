"""What people prefer, kept."""

from __future__ import annotations

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Filled by the capabilities that need it."""
