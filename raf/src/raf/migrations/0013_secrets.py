"""Secrets of accounts that are kept encrypted."""

from __future__ import annotations

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Filled by the capabilities that need it."""
