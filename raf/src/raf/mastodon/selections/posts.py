"""Posts by other ways than a timeline."""

from __future__ import annotations

from ostrov import Connection
from raf.paging import Paging, newest_first
from raf.snowflake import first_of

DAY = 86400
TRENDING = """
SELECT id FROM status WHERE visibility = 'public' AND reblog_of_id IS NULL AND id >= ? AND in_reply_to_id IS NULL
AND favourites_count + reblogs_count > 0 ORDER BY favourites_count + 2 * reblogs_count DESC, id DESC LIMIT ? OFFSET ?
"""
CONVERSATIONS = """
SELECT conversation_id, last FROM (
  SELECT s.conversation_id AS conversation_id, MAX(s.id) AS last FROM status s
  WHERE s.visibility = 'direct' AND (s.account_id = ? OR s.id IN (SELECT m.status_id FROM mention m WHERE m.account_id = ?))
  GROUP BY s.conversation_id
) AS threads WHERE last < ? AND last > ? ORDER BY last
"""
TAKING_PART = "SELECT account_id FROM status WHERE id = ? UNION SELECT account_id FROM mention WHERE status_id = ?"


def trending_posts(connection: Connection, now: float, limit: int, offset: int) -> list[int]:
    """The public posts most liked and boosted in the last three days."""
    return [identity for (identity,) in connection.rows(TRENDING, (first_of(now - 3 * DAY), limit, offset))]


def conversations_of(connection: Connection, account_id: int, paging: Paging) -> list[tuple[int, int, list[int]]]:
    """(thread, its last post, who takes part in that) of one's direct posts, the newest first."""

    def select(direction: str, bounds: tuple[int, int, int]) -> list[tuple[int, int]]:
        below, above, limit = bounds
        order = "ASC" if direction == "ASC" else "DESC"
        rows = connection.rows(f"{CONVERSATIONS} {order} LIMIT ?", (account_id, account_id, below, above, limit))
        return [(thread, last) for thread, last in rows]

    return [
        (thread, last, [person for (person,) in connection.rows(TAKING_PART, (last, last))])
        for thread, last in newest_first(paging, select)
    ]
