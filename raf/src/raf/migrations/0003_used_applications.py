"""Which applications somebody ever let in: the others are forgotten. Indexes to find who refers to a file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("oauth_application", sa.Column("used", sa.SmallInteger, nullable=False, server_default="0"))
    op.execute("UPDATE oauth_application SET used = 1 WHERE id IN (SELECT application_id FROM oauth_token)")
    for table, column in FILES:
        op.create_index(f"{table}_{column}", table, [column])


FILES = (("media", "file"), ("media", "preview"), ("account", "avatar"), ("account", "header"))
