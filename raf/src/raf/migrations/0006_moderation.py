"""Roles, reports, strikes, rules and blocks, announcements, custom emojis."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from raf.columns import big, count, flag, identity, text, when

revision = "0006"
down_revision = "0005"

FLAGS = ("silenced", "sensitized", "disabled", "held", "quiet")
SUSPENDED, QUIET, HELD = sa.text("suspended = 1"), sa.text("quiet = 1"), sa.text("held = 1")


def upgrade() -> None:
    for name in FLAGS:
        op.add_column("account", flag(name))
    op.add_column("account", text("role"))
    op.create_index("account_suspended", "account", ["id"], postgresql_where=SUSPENDED, sqlite_where=SUSPENDED)
    op.create_index("account_quiet", "account", ["id"], postgresql_where=QUIET, sqlite_where=QUIET)
    op.create_index("account_held", "account", ["id"], postgresql_where=HELD, sqlite_where=HELD)
    op.create_table(
        "sign_up",
        big("account_id", primary_key=True, autoincrement=False),
        text("reason"),  # why somebody wants to join
        big("invite_id", nullable=True, index=True),
        text("address"),
    )
    op.create_table(
        "report",
        identity(),
        big("account_id"),
        big("target_id", index=True),
        text("category", "other"),
        text("comment"),
        text("status_ids", "[]"),
        text("rule_ids", "[]"),
        flag("forwarded"),
        when(),
        when("updated_at"),
        big("assigned_id", nullable=True),
        when("resolved_at", nullable=True),
        big("resolved_by_id", nullable=True),
    )
    op.create_table("report_note", identity(), big("report_id", index=True), big("account_id"), text("text"), when())
    op.create_table(
        "strike",
        identity(),
        big("account_id", index=True),
        big("moderator_id"),
        text("action"),
        text("text"),
        big("report_id", nullable=True),
        text("status_ids", "[]"),
        when(),
        when("overruled_at", nullable=True),
    )
    op.create_table(
        "appeal",
        big("strike_id", primary_key=True, autoincrement=False),
        big("account_id"),
        text("text"),
        when(),
        when("decided_at", nullable=True),
        flag("approved"),
        big("decided_by_id", nullable=True),
    )
    op.create_table(
        "moderation_act", identity(), big("actor_id"), text("act"), text("kind"), text("target"), text("words"), when()
    )
    op.create_table(
        "domain_block",
        identity(),
        text("domain", unique=True),
        text("severity", "silence"),
        flag("reject_media"),
        flag("reject_reports"),
        flag("obfuscate"),
        text("private_comment", None),
        text("public_comment", None),
        when(),
    )
    op.create_table("domain_allow", identity(), text("domain", unique=True), when())
    op.create_table("email_domain_block", identity(), text("domain", unique=True), flag("allow_with_approval"), when())
    op.create_table(
        "ip_block",
        identity(),
        text("ip", unique=True),
        text("severity", "sign_up_block"),
        text("comment"),
        when("expires_at", nullable=True),
        when(),
    )
    op.create_table("canonical_email_block", identity(), text("hash", unique=True), big("account_id", nullable=True), when())
    op.create_table("account_domain_block", big("account_id", primary_key=True), text("domain", primary_key=True), big("id"))
    op.create_table(
        "invite",
        identity(),
        text("code", unique=True),
        big("account_id", index=True),
        sa.Column("max_uses", sa.Integer),
        count("uses"),
        when("expires_at", nullable=True),
        flag("autofollow"),
        text("comment"),
        when(),
    )
    op.create_table("house_rule", identity(), count("position"), text("text"), text("hint"))
    op.create_table("house_text", sa.Column("name", sa.Text, primary_key=True), text("text"), when("updated_at"))
    op.create_table(
        "announcement",
        identity(),
        text("text"),
        text("content"),
        when("starts_at", nullable=True),
        when("ends_at", nullable=True),
        flag("all_day"),
        flag("published"),
        when(),
        when("updated_at"),
    )
    op.create_table(
        "announcement_mark",
        big("announcement_id", primary_key=True, autoincrement=False),
        big("account_id", primary_key=True, autoincrement=False),
    )
    op.create_table(
        "announcement_reaction",
        big("announcement_id", primary_key=True, autoincrement=False),
        big("account_id", primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, primary_key=True),
        when(),
    )
    op.create_table(
        "custom_emoji",
        identity(),
        text("shortcode", unique=True),
        text("file"),
        text("static_file"),
        text("category", None),
        sa.Column("visible", sa.SmallInteger, nullable=False, server_default="1"),
        flag("disabled"),
        when(),
    )
