"""Letters by e-mail and previews of links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from raf.columns import TIME, big, text, when

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("credential", when("confirmed_at", nullable=True))
    op.execute("UPDATE credential SET confirmed_at = created_at")  # nobody who is here already has to prove anything
    op.create_table(
        "letter",
        big("id", primary_key=True, autoincrement=False),
        big("account_id", index=True),
        text("kind"),
        text("recipient"),
        text("locale", "en"),
        text("about", "{}"),  # JSON: what the letter speaks of; never a secret
        text("state", "waiting"),  # waiting, sent, refused, dropped
        sa.Column("created_at", TIME, nullable=False, index=True),
        when("sent_at", nullable=True),
        text("error"),
    )
    op.create_table(
        "letter_key",  # what a link in a letter opens
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        big("account_id", index=True),
        text("purpose"),  # confirm, new_address, old_address, reset
        text("email"),
        sa.Column("created_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "address_change",  # waits until both mailboxes agree
        big("account_id", primary_key=True, autoincrement=False),
        text("email"),
        when(),
        when("new_agreed_at", nullable=True),
        when("old_agreed_at", nullable=True),
    )
    op.create_table(
        "known_device",
        big("account_id", primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        when("seen_at"),
    )
    op.create_table(
        "letter_box",  # how far the letters about notifications are, and what ends them
        big("account_id", primary_key=True, autoincrement=False),
        text("stop_key", unique=True),
        big("told_id", server_default="0"),
    )
    op.create_table("presence", big("account_id", primary_key=True, autoincrement=False), when("seen_at"))
    op.create_table(
        "link_preview",  # one a link, for the whole network
        big("id", primary_key=True, autoincrement=False),
        text("url", unique=True),
        text("state", "waiting"),  # waiting, ready, none, failed
        text("card", "{}"),  # JSON: what the page says of itself
        text("image", None),  # below the media folder
        text("blurhash", None),
        when(),
        when("fetched_at", nullable=True),
        text("error"),
    )
    op.create_index("link_preview_image", "link_preview", ["image"])
    op.create_table(
        "post_preview",  # the first link of a post
        big("status_id", primary_key=True, autoincrement=False),
        sa.Column("url", sa.Text, nullable=False, index=True),
    )
