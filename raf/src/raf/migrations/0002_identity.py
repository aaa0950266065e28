"""Credentials, browser sessions, tries, and OAuth's applications, codes and tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TIME: sa.Double[float] = sa.Double()


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("username", sa.Text, nullable=False, unique=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False, unique=True),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("application_id", sa.BigInteger),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("password_changed_at", TIME, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("token", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("account_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "login_attempt",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("last_at", TIME, nullable=False, index=True),
        sa.Column("blocked_until", TIME, nullable=False),
    )
    op.create_table(
        "oauth_application",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("client_id", sa.Text, nullable=False, unique=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("website", sa.Text),
        sa.Column("redirect_uris", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "oauth_code",
        sa.Column("code", sa.LargeBinary, primary_key=True),
        sa.Column("application_id", sa.BigInteger, nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("challenge", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False, index=True),
        sa.Column("token_id", sa.BigInteger),
    )
    op.create_table(
        "oauth_token",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("token", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("application_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("account_id", sa.BigInteger, index=True),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
