"""Polls, quotes, scheduled posts, and how far somebody has read a direct conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

DIRECT = sa.text("visibility = 'direct'")


def upgrade() -> None:
    op.add_column("status", sa.Column("extras", sa.SmallInteger, nullable=False, server_default="0"))  # 1 a poll, 2 a quote
    op.add_column("status", sa.Column("quotes_count", sa.Integer, nullable=False, server_default="0"))
    op.add_column("status", sa.Column("quote_policy", sa.Text, nullable=False, server_default="public"))
    op.add_column("status_edit", sa.Column("poll_options", sa.Text, nullable=True))  # JSON: [title, …]
    op.create_index("status_direct", "status", ["account_id", "id"], postgresql_where=DIRECT, sqlite_where=DIRECT)
    op.create_table(
        "poll",
        sa.Column("status_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("options", sa.Text, nullable=False),  # JSON: [title, …]
        sa.Column("counts", sa.Text, nullable=False),  # JSON: [votes, …]
        sa.Column("expires_at", sa.Double, nullable=True),
        sa.Column("multiple", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("hide_totals", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("voters_count", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "poll_vote",
        sa.Column("status_id", sa.BigInteger, primary_key=True),
        sa.Column("account_id", sa.BigInteger, primary_key=True),
        sa.Column("choice", sa.SmallInteger, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quote",
        sa.Column("status_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("quoted_id", sa.BigInteger, nullable=False),
        sa.Column("quoted_account_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),  # accepted, revoked, deleted
    )
    op.create_index("quote_quoted", "quote", ["quoted_id", "status_id"])
    op.create_table(
        "scheduled_status",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("scheduled_at", sa.Double, nullable=False),
        sa.Column("post", sa.Text, nullable=False),  # JSON: the post as it was sent
        sa.Column("error", sa.Text, nullable=True),  # why it could not be published
    )
    op.create_index("scheduled_status_listed", "scheduled_status", ["account_id", "id"])
    op.create_table(
        "conversation_state",
        sa.Column("account_id", sa.BigInteger, primary_key=True),
        sa.Column("conversation_id", sa.BigInteger, primary_key=True),
        sa.Column("read_id", sa.BigInteger, nullable=False, server_default="0"),  # its last post that was read
        sa.Column("deleted_id", sa.BigInteger, nullable=False, server_default="0"),  # its last post when it was put away
        sqlite_with_rowid=False,
    )
