"""The read models of the network, written by projections of its events, and three tables of their own: media,
notifications and idempotency keys."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from raf.columns import TIME, big, count, flag, identity, text

revision = "0001"
down_revision = None


def pair(table: str, other: str, *columns: sa.Column[Any]) -> None:
    """A relation of an account to something: one row a pair, listed by the id of the event that made it."""
    op.create_table(
        table,
        big("account_id", primary_key=True),
        big(other, primary_key=True),
        big("id"),
        sa.Column("created_at", TIME, nullable=False),
        *columns,
        sqlite_with_rowid=False,
    )
    op.create_index(f"{table}_reverse", table, [other, "id"])
    op.create_index(f"{table}_listed", table, ["account_id", "id"])


def upgrade() -> None:
    op.create_table(
        "account",
        identity(),
        text("username"),
        text("domain"),
        text("name_key", unique=True),  # the lower-case username, with @domain for a remote one
        text("display_name"),
        text("display_key"),  # the same in lower case, to search in (SQLite knows only the Latin alphabet's)
        text("note"),
        text("note_html"),
        text("avatar", None),
        text("header", None),
        flag("locked"),
        flag("bot"),
        sa.Column("discoverable", sa.SmallInteger, nullable=False, server_default="1"),
        sa.Column("indexable", sa.SmallInteger, nullable=False, server_default="1"),
        flag("hide_collections"),
        flag("suspended"),
        text("fields", "[]"),  # JSON: [[name, value as typed, HTML], …]
        text("default_visibility", "public"),
        flag("default_sensitive"),
        text("default_language", None),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_status_at", TIME),
        count("followers_count"),
        count("following_count"),
        count("statuses_count"),
    )
    op.create_table(
        "status",
        identity(),
        big("account_id"),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("edited_at", TIME),
        big("in_reply_to_id", nullable=True),
        big("in_reply_to_account_id", nullable=True),
        big("conversation_id"),
        big("reblog_of_id", nullable=True),
        text("visibility", "public"),
        flag("sensitive"),
        text("spoiler_text"),
        text("language", None),
        text("text"),
        text("content"),  # HTML; local addresses begin with a slash
        big("application_id", nullable=True),
        count("media_count"),
        count("replies_count"),
        count("reblogs_count"),
        count("favourites_count"),
    )
    op.create_index("status_account", "status", ["account_id", "id"])
    op.create_index("status_public", "status", ["id"], postgresql_where=PUBLIC, sqlite_where=PUBLIC)
    op.create_index("status_reply", "status", ["in_reply_to_id", "id"], postgresql_where=REPLY, sqlite_where=REPLY)
    op.create_index(
        "status_reblog", "status", ["reblog_of_id", "account_id"], unique=True, postgresql_where=REBLOG, sqlite_where=REBLOG
    )
    op.create_table("tombstone", identity("status_id"), big("account_id"), sa.Column("deleted_at", TIME, nullable=False))
    op.create_table(
        "status_edit",
        big("status_id", primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("created_at", TIME, nullable=False),
        text("spoiler_text"),
        flag("sensitive"),
        text("content"),
        text("media_ids", "[]"),
    )
    op.create_table("mention", big("status_id", primary_key=True), big("account_id", primary_key=True), sqlite_with_rowid=False)
    op.create_index("mention_account", "mention", ["account_id", "status_id"])
    op.create_table("status_tag", text("tag", primary_key=True), big("status_id", primary_key=True), sqlite_with_rowid=False)
    op.create_index("status_tag_status", "status_tag", ["status_id"])
    pair("favourite", "status_id")
    pair("bookmark", "status_id")
    pair("pin", "status_id")
    pair("conversation_mute", "conversation_id")
    pair("follow", "target_id", sa.Column("reblogs", sa.SmallInteger, nullable=False), flag("notify"), text("languages", None))
    pair(
        "follow_request",
        "target_id",
        sa.Column("reblogs", sa.SmallInteger, nullable=False),
        flag("notify"),
        text("languages", None),
    )
    pair("block", "target_id")
    pair("mute", "target_id", flag("notifications"), sa.Column("expires_at", TIME))
    op.create_index("follow_notify", "follow", ["target_id"], postgresql_where=NOTIFY, sqlite_where=NOTIFY)
    op.create_table(
        "media",
        identity(),
        big("account_id"),
        big("status_id", nullable=True),
        sa.Column("position", sa.Integer, nullable=False, server_default="0"),
        text("kind", "unknown"),  # image, gifv, video, audio, unknown
        text("state", "waiting"),  # waiting, ready, failed
        text("content_type"),
        text("file", None),  # below the media folder
        text("preview", None),
        text("remote_url", None),
        text("meta", "{}"),
        text("description", None),
        text("blurhash", None),
        big("size", server_default="0"),
        sa.Column("created_at", TIME, nullable=False),
        text("error", None),
    )
    op.create_index("media_status", "media", ["status_id", "position"])
    op.create_index("media_unattached", "media", ["created_at"], postgresql_where=UNATTACHED, sqlite_where=UNATTACHED)
    op.create_table(
        "notification",
        identity(),
        big("account_id"),
        text("kind"),
        big("from_account_id"),
        big("status_id", server_default="0"),  # 0 for none, so that the key below holds
        sa.Column("created_at", TIME, nullable=False),
        sa.UniqueConstraint("account_id", "kind", "from_account_id", "status_id", name="notification_once"),
    )
    op.create_index("notification_listed", "notification", ["account_id", "id"])
    op.create_index("notification_status", "notification", ["status_id"])
    op.create_table(
        "marker",
        big("account_id", primary_key=True),
        sa.Column("timeline", sa.Text, primary_key=True),
        big("last_read_id"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
    )
    op.create_table(
        "idempotency",
        big("account_id", primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        big("status_id"),
        sa.Column("expires_at", TIME, nullable=False, index=True),
    )


PUBLIC = sa.text("visibility = 'public' AND reblog_of_id IS NULL")
REPLY = sa.text("in_reply_to_id IS NOT NULL")
REBLOG = sa.text("reblog_of_id IS NOT NULL")
NOTIFY = sa.text("notify = 1")
UNATTACHED = sa.text("status_id IS NULL")
