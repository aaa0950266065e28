"""What is left of an account in the read models when its person is gone: its number and its name."""

from __future__ import annotations

from ostrov import Connection
from raf.domain.departures import AccountClosed

EMPTY = """
UPDATE account SET suspended = 1, quiet = 1, held = 0, role = '', display_name = '', display_key = '', note = '',
  note_html = '', avatar = NULL, header = NULL, fields = '[]', discoverable = 0, indexable = 0, default_language = NULL
WHERE id = ?"""
SILENCE = "UPDATE appeal SET text = '' WHERE account_id = ?"
OWN = ("bookmark", "pin", "conversation_mute", "block", "mute", "follow_request", "poll_vote", "tag_follow", "imported_post")
"""Read models of what was an account's own affair. What others count (follows, likes, posts) goes by events."""
CLEAR = (
    *(f"DELETE FROM {table} WHERE account_id = ?" for table in OWN),
    *(f"DELETE FROM {table} WHERE target_id = ?" for table in ("follow_request", "block", "mute")),
)


def closed(connection: Connection, event: AccountClosed) -> None:
    connection.execute(EMPTY, (event.account_id,))
    connection.execute(SILENCE, (event.account_id,))
    for statement in CLEAR:
        connection.execute(statement, (event.account_id,))


PROJECTIONS = {AccountClosed: closed}
TABLES = ()
