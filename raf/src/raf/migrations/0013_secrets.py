"""Secrets that must be read again are kept sealed (`raf.identity.keys`); what is there unsealed, the running house seals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("second_factor", sa.Column("sealed", sa.LargeBinary, nullable=True))
    op.add_column("push_key", sa.Column("sealed", sa.LargeBinary, nullable=True))
