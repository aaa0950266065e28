"""Groups of notifications, notification policies and requests, Web Push subscriptions and the key they are signed with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from raf.columns import TIME, identity, text

revision = "0008"
down_revision = "0007"

GROUPED = sa.text("group_key <> ''")
FILTERED = sa.text("filtered = 1")


def upgrade() -> None:
    op.add_column("notification", text("group_key"))
    op.add_column("notification", sa.Column("filtered", sa.SmallInteger, nullable=False, server_default="0"))
    op.create_index(
        "notification_group",
        "notification",
        ["account_id", "group_key", "id"],
        postgresql_where=GROUPED,
        sqlite_where=GROUPED,
    )
    op.create_index(
        "notification_filtered",
        "notification",
        ["account_id", "from_account_id", "id"],
        postgresql_where=FILTERED,
        sqlite_where=FILTERED,
    )
    op.create_table(
        "notification_policy",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        text("for_not_following"),  # accept, filter or drop, as the others
        text("for_not_followers"),
        text("for_new_accounts"),
        text("for_private_mentions"),
        text("for_limited_accounts"),
    )
    op.create_table(
        "notification_request",
        identity(),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("from_account_id", sa.BigInteger, nullable=False),
        sa.Column("last_status_id", sa.BigInteger, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.UniqueConstraint("account_id", "from_account_id", name="notification_request_once"),
    )
    op.create_index("notification_request_listed", "notification_request", ["account_id", "id"])
    op.create_table(  # whose notifications are let through whatever the policy says
        "notification_permission",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("from_account_id", sa.BigInteger, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "push_subscription",
        identity(),
        sa.Column("account_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("holder", sa.Text, nullable=False, unique=True),  # t and a token's id, or s and a session's
        text("endpoint"),
        text("p256dh"),  # the receiver's public key and secret, base64url (RFC 8291)
        text("auth"),
        sa.Column("standard", sa.SmallInteger, nullable=False, server_default="0"),
        text("alerts", "{}"),  # JSON: {kind: whether wanted}
        text("policy", "all"),
        text("language", "en"),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table("push_key", identity(), text("private_key"), sa.Column("created_at", TIME, nullable=False))
