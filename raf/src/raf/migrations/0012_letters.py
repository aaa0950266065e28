"""Letters by e-mail and previews of links."""

from __future__ import annotations

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Filled by the capabilities that need it."""
