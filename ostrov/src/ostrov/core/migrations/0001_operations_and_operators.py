"""Runs of operations with their approvals, the audit, operators and how they come in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TIME: sa.Double[float] = sa.Double()
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "operation_run",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("need", sa.Integer, nullable=False),
        sa.Column("result", sa.Text, nullable=False, server_default=""),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("host", sa.Text, nullable=False, server_default=""),
        sa.Column("process", sa.Text, nullable=False, server_default=""),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False, server_default="0"),
        sa.Column("started_at", TIME, nullable=False, server_default="0"),
        sa.Column("finished_at", TIME, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "operation_approval",
        sa.Column("run", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("run", NUMBER, nullable=False, index=True),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", NUMBER, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.execute(f"INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '{'0' * 64}')")
    op.create_table(
        "operator",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "operator_session",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("operator", NUMBER, nullable=False, index=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "operator_token",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("operator", NUMBER, nullable=False, index=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "operator_link",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("operator", NUMBER, nullable=False, index=True),
        sa.Column("expires_at", TIME, nullable=False),
    )
    op.create_table(
        "operator_failure",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", TIME, nullable=False, index=True),
    )
    _make_append_only()


def _make_append_only() -> None:
    """Against accidents; whoever owns the database can still drop this, which is what the chain is for."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    )
