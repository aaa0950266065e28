"""The index of the full-text search: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL; and people not suggested."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TELLING = sa.text("traits <> 0")
INDEXES = ("search_post_words", "search_person_words")


def upgrade() -> None:
    op.create_table(
        "search_post",
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        sa.Column("traits", sa.Integer, nullable=False, server_default="0"),  # bits, see raf.search.index
    )
    op.create_index("search_post_telling", "search_post", ["id"], postgresql_where=TELLING, sqlite_where=TELLING)
    for name in INDEXES:
        if op.get_bind().dialect.name == "sqlite":
            # The words come cut down to letters and digits with spaces between, so the simplest tokenizer is exact.
            op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(words, tokenize = 'ascii')")
        else:
            op.execute(f"CREATE TABLE {name} (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)")
            op.execute(f"CREATE INDEX {name}_found ON {name} USING GIN (words)")
    op.create_table(
        "suggestion_dismissed",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("target_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "post_link",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("status_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_index("post_link_status", "post_link", ["status_id"])
