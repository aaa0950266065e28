"""People to meet."""

from __future__ import annotations

from ostrov import Connection

FAMILIAR = """
SELECT mine.target_id FROM follow mine JOIN follow theirs ON theirs.account_id = mine.target_id AND theirs.target_id = ?
WHERE mine.account_id = ? ORDER BY theirs.id DESC LIMIT ?
"""


def familiar_followers(connection: Connection, viewer_id: int, account_id: int, limit: int) -> list[int]:
    """Whom the viewer follows that follows this account, unless that one hides who does."""
    hidden = connection.value("SELECT hide_collections FROM account WHERE id = ?", (account_id,))
    if hidden is None or (hidden and viewer_id != account_id):
        return []
    return [identity for (identity,) in connection.rows(FAMILIAR, (account_id, viewer_id, limit))]
