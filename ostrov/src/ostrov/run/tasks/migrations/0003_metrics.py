"""What metrics count over all processes and their restarts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "task_metric",
        sa.Column("verb", sa.Text, primary_key=True),
        sa.Column("task", sa.Text, primary_key=True),
        sa.Column("queue", sa.Text, primary_key=True),
        sa.Column("part", sa.Text, primary_key=True),  # count, sum (seconds), or the upper bound of a bucket in seconds
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sqlite_with_rowid=False,
    )
