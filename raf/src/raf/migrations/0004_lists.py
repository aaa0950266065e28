"""Lists, filters, followed and featured tags, notes about accounts.

Followed tags are a read model of events; the rest is what people set for themselves.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from raf.columns import TIME, big, flag, given, identity

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "people_list",
        identity(),
        big("account_id", index=True),
        given("title"),
        given("replies_policy", server_default="list"),  # list, followed, none
        flag("exclusive"),
    )
    op.create_table(
        "people_list_member",
        big("list_id", primary_key=True),
        big("account_id", primary_key=True),
        big("follow_id"),  # of the owner's follow, with which the membership ends; 0 for the owner
        sqlite_with_rowid=False,
    )
    op.create_index("people_list_member_account", "people_list_member", ["account_id"])
    op.create_table(
        "content_filter",
        identity(),
        big("account_id", index=True),
        given("title"),
        given("contexts"),  # JSON: home, notifications, public, thread, account
        given("action", server_default="warn"),  # warn, hide, blur
        sa.Column("expires_at", TIME),
    )
    op.create_table("content_filter_keyword", identity(), big("filter_id", index=True), given("keyword"), flag("whole_word"))
    op.create_table(
        "content_filter_status",
        identity(),
        big("filter_id"),
        big("status_id"),
        sa.UniqueConstraint("filter_id", "status_id", name="content_filter_status_once"),
    )
    op.create_table(
        "tag_follow",
        big("account_id", primary_key=True),
        given("tag", primary_key=True),
        big("id"),
        sa.Column("created_at", TIME, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("tag_follow_listed", "tag_follow", ["account_id", "id"])
    op.create_table(
        "featured_tag",
        identity(),
        big("account_id"),
        given("tag"),
        sa.UniqueConstraint("account_id", "tag", name="featured_tag_once"),
    )
    op.create_table(
        "account_note",
        big("account_id", primary_key=True),
        big("target_id", primary_key=True),
        given("comment"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "endorsement",
        big("account_id", primary_key=True),
        big("target_id", primary_key=True),
        big("follow_id"),  # with which it ends
        big("id"),
        sqlite_with_rowid=False,
    )
