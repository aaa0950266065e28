"""Posts with a link in them."""

from __future__ import annotations

from ostrov import Connection
from raf.domain.visibility import VISIBLE, viewer
from raf.paging import Paging, newest_first

WITH_LINK = f"""
SELECT s.id FROM post_link l JOIN status s ON s.id = l.status_id JOIN account a ON a.id = s.account_id
WHERE l.url = ? AND l.status_id < ? AND l.status_id > ? AND s.visibility = 'public' AND a.discoverable = 1 AND a.quiet = 0
AND {VISIBLE}
AND NOT EXISTS (SELECT 1 FROM block WHERE block.account_id = ? AND block.target_id = s.account_id)
AND NOT EXISTS (SELECT 1 FROM mute WHERE mute.account_id = ? AND mute.target_id = s.account_id
  AND (mute.expires_at IS NULL OR mute.expires_at > ?))
ORDER BY l.status_id {{direction}} LIMIT ?"""


def posts_with_link(connection: Connection, url: str, viewer_id: int | None, paging: Paging, now: float) -> list[int]:
    """Ids of public posts in which people who want to be found wrote this address, the newest first."""
    who = viewer_id or 0

    def select(direction: str, bounds: tuple[int, int, int]) -> list[int]:
        below, above, limit = bounds
        parameters = (url, below, above, *viewer(viewer_id), who, who, now, limit)
        return [identity for (identity,) in connection.rows(WITH_LINK.format(direction=direction), parameters)]

    return newest_first(paging, select)
