"""Hashtags of public posts."""

from __future__ import annotations

from ostrov import Connection
from raf.snowflake import first_of, time_of

DAY = 86400
OPEN = "s.visibility = 'public' AND s.account_id NOT IN (SELECT quiet.id FROM account quiet WHERE quiet.quiet = 1)"
"""Posts whose tags are told: those of the limited and the suspended are not."""
BEGINNING = f"""
SELECT tag FROM (
  SELECT t.tag AS tag FROM status_tag t JOIN status s ON s.id = t.status_id
  WHERE t.tag >= ? AND t.tag < ? AND {OPEN} ORDER BY t.tag LIMIT 5000
) AS uses GROUP BY tag ORDER BY COUNT(*) DESC, tag LIMIT ? OFFSET ?
"""
OF_DAYS = f"""
SELECT t.status_id, s.account_id FROM status_tag t JOIN status s ON s.id = t.status_id
WHERE t.tag = ? AND t.status_id >= ? AND {OPEN} ORDER BY t.status_id DESC LIMIT 10000
"""


def tags_beginning(connection: Connection, start: str, limit: int, offset: int) -> list[str]:
    """Tags that begin so, the most used first."""
    if not start:
        return []
    return [tag for (tag,) in connection.rows(BEGINNING, (start, start + "\U0010ffff", limit, offset))]


def tag_days(connection: Connection, tag: str, since: int) -> dict[int, tuple[int, int]]:
    """(uses, people) by the day's beginning."""
    days: dict[int, tuple[int, set[int]]] = {}
    for status_id, account_id in connection.rows(OF_DAYS, (tag, first_of(since))):
        begins = int(time_of(status_id)) // DAY * DAY
        uses, people = days.get(begins, (0, set()))
        people.add(account_id)
        days[begins] = (uses + 1, people)
    return {begins: (uses, len(people)) for begins, (uses, people) in days.items()}
