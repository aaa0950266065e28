"""People to meet."""

from __future__ import annotations

from ostrov import Connection

FAMILIAR = """
SELECT mine.target_id FROM follow mine JOIN follow theirs ON theirs.account_id = mine.target_id AND theirs.target_id = ?
WHERE mine.account_id = ? ORDER BY theirs.id DESC LIMIT ?
"""
LISTED = "SELECT id FROM account WHERE domain = '' AND discoverable = 1 AND suspended = 0"
BY_TIME = f"{LISTED} ORDER BY id DESC LIMIT ? OFFSET ?"
BY_ACTIVITY = f"{LISTED} ORDER BY COALESCE(last_status_at, 0) DESC, id DESC LIMIT ? OFFSET ?"
SUGGESTED = """
SELECT a.id FROM account a WHERE a.domain = '' AND a.discoverable = 1 AND a.suspended = 0 AND a.locked = 0 AND a.id <> ?
AND NOT EXISTS (SELECT 1 FROM follow f WHERE f.account_id = ? AND f.target_id = a.id)
AND NOT EXISTS (SELECT 1 FROM block b WHERE b.account_id = ? AND b.target_id = a.id)
AND NOT EXISTS (SELECT 1 FROM block b WHERE b.account_id = a.id AND b.target_id = ?)
AND NOT EXISTS (SELECT 1 FROM mute m WHERE m.account_id = ? AND m.target_id = a.id)
ORDER BY a.followers_count DESC, a.last_status_at DESC, a.id LIMIT ?
"""


def familiar_followers(connection: Connection, viewer_id: int, account_id: int, limit: int) -> list[int]:
    """Whom the viewer follows that follows this account, unless that one hides who does."""
    hidden = connection.value("SELECT hide_collections FROM account WHERE id = ?", (account_id,))
    if hidden is None or (hidden and viewer_id != account_id):
        return []
    return [identity for (identity,) in connection.rows(FAMILIAR, (account_id, viewer_id, limit))]


def listed_people(connection: Connection, newest: bool, limit: int, offset: int) -> list[int]:
    """Who wants to be found."""
    return [identity for (identity,) in connection.rows(BY_TIME if newest else BY_ACTIVITY, (limit, offset))]


def suggested_people(connection: Connection, viewer_id: int, limit: int) -> list[int]:
    """Whom one could follow, the most followed first."""
    return [identity for (identity,) in connection.rows(SUGGESTED, (*(viewer_id,) * 5, limit))]
