"""Two factors, passkeys, exports, imports, and accounts that left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from raf.columns import TIME, big, count, text, when

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "second_factor",
        big("account_id", primary_key=True, autoincrement=False),
        text("secret"),
        big("last_step", server_default="0"),  # a code opens once
        when(),
        when("confirmed_at", nullable=True),
    )
    op.create_table(
        "recovery_code",
        big("account_id", primary_key=True, autoincrement=False),
        sa.Column("code", sa.LargeBinary, primary_key=True),
    )
    op.create_table(
        "passkey",
        big("id", primary_key=True, autoincrement=False),
        big("account_id", index=True),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("credential", sa.LargeBinary, nullable=False),  # attested credential data (WebAuthn §6.5.1)
        big("sign_count", server_default="0"),
        text("name"),
        when(),
        when("used_at", nullable=True),
    )
    op.create_table(
        "open_log_in",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        big("account_id", index=True),
        when(),
    )
    op.create_table(
        "log_in_step",  # a log-in half done, or the challenge of a passkey
        sa.Column("token", sa.LargeBinary, primary_key=True),
        big("account_id", nullable=True),
        text("kind"),
        text("state"),
        sa.Column("created_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "export",
        big("id", primary_key=True, autoincrement=False),
        big("account_id", index=True),
        text("state", "waiting"),  # waiting, ready, failed
        text("file", None),
        big("size", server_default="0"),
        count("posts"),
        when(),
        when("finished_at", nullable=True),
        text("error"),
    )
    op.create_table(
        "import_job",
        big("id", primary_key=True, autoincrement=False),
        big("account_id", index=True),
        text("kind"),
        text("mode", "merge"),
        text("state", "waiting"),  # waiting, working, done, failed
        text("name"),
        text("file", None),  # an archive that is not read to its end yet
        count("total"),
        count("done"),
        count("failed"),
        when(),
        when("finished_at", nullable=True),
        text("error"),
    )
    op.create_table(
        "import_row",
        big("import_id", primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        text("data"),
        text("state", "waiting"),  # waiting, done, failed
        text("error"),
    )
    op.create_table(
        "imported_post",  # so that the same archive twice posts once
        big("account_id", primary_key=True, autoincrement=False),
        sa.Column("uri", sa.Text, primary_key=True),
        big("status_id"),
    )
    op.create_table(
        "departure",
        big("account_id", primary_key=True, autoincrement=False),
        text("state", "leaving"),  # leaving, gone
        when(),
        when("finished_at", nullable=True),
    )
