"""Groups: a hundred likes of one post within half a day are one piece of news (Mastodon 4.3, `NotificationGroup`).

A notification gets the key of its group when it is written: what happened, to which post, and the hour the group began.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ostrov import Connection
from raf.notifications.reading import KINDS, NotificationRow
from raf.paging import Paging

GROUPABLE = ("favourite", "reblog", "follow", "admin.sign_up")
LONGEST = 12
"""Hours that a group spans at most."""
SAMPLE = 8
"""People of a group that are shown."""
HOUR = 3600
COLUMNS = "id, kind, from_account_id, status_id, created_at, group_key"
KNOWN = "SELECT group_key FROM notification WHERE account_id = ? AND group_key IN ({marks}) AND filtered = 0 LIMIT 1"
WALK = f"""
SELECT {COLUMNS} FROM notification
WHERE account_id = ? AND id < ? AND id > ? AND kind IN ({{kinds}}) AND (? = 0 OR from_account_id = ?) AND filtered <= ?
  AND (group_key = '' OR kind NOT IN ({{grouped}}) OR group_key NOT IN ({{seen}}))
ORDER BY id {{direction}} LIMIT ?"""
SUMS = """
SELECT group_key, count(*), max(id), min(CASE WHEN id >= ? THEN id END), max(CASE WHEN id <= ? THEN created_at END)
FROM notification WHERE account_id = ? AND group_key IN ({marks}) AND filtered = 0 GROUP BY group_key"""
PEOPLE = """
SELECT from_account_id FROM notification WHERE account_id = ? AND group_key = ? AND filtered = 0 ORDER BY id DESC LIMIT ?"""
MEMBERS = f"""
SELECT {COLUMNS} FROM notification
WHERE account_id = ? AND group_key = ? AND filtered = 0 AND id < ? AND id > ? ORDER BY id DESC LIMIT ?"""
ONE = f"SELECT {COLUMNS} FROM notification WHERE account_id = ? AND id = ?"
DISMISS = "DELETE FROM notification WHERE account_id = ? AND group_key = ?"
DISMISS_ONE = "DELETE FROM notification WHERE account_id = ? AND id = ?"
UNREAD = """
SELECT count(*) FROM (
  SELECT 1 FROM notification WHERE account_id = ? AND filtered = 0 AND kind IN ({kinds}) AND id > coalesce(
    (SELECT last_read_id FROM marker WHERE account_id = ? AND timeline = 'notifications'), 0)
  GROUP BY CASE WHEN group_key = '' OR kind NOT IN ({grouped}) THEN CAST(id AS TEXT) ELSE group_key END LIMIT ?) unread"""
AT_ONCE = 200


class Group(NamedTuple):
    """A group as a page shows it. `newest` is its newest notification on the page, `most_recent_id` its newest of all.

    `people` are the last who did it. `page_min_id` and `page_at` tell the part of it that lies on this page.
    """

    key: str
    newest: NotificationRow
    total: int
    people: list[int]
    most_recent_id: int
    page_min_id: int
    page_at: float


class Asked(NamedTuple):
    """Which notifications are wanted. No `types` means all."""

    types: frozenset[str] = frozenset()
    exclude_types: frozenset[str] = frozenset()
    from_account_id: int = 0
    filtered: bool = False
    grouped_types: frozenset[str] = frozenset(GROUPABLE)

    @property
    def kinds(self) -> list[str]:
        return [kind for kind in KINDS if (not self.types or kind in self.types) and kind not in self.exclude_types]

    @property
    def grouped(self) -> list[str]:
        return [kind for kind in GROUPABLE if kind in self.grouped_types]


def key_of(connection: Connection, account_id: int, kind: str, status_id: int, now: float) -> str:
    """The key of the group a new notification belongs to: one begun within the last hours, or a new one; empty for none."""
    if kind not in GROUPABLE:
        return ""
    stem = f"{kind}-{status_id}" if status_id else kind
    hour = int(now // HOUR)
    keys = [f"{stem}-{begun}" for begun in range(hour, hour - LONGEST, -1)]
    known: str | None = connection.value(KNOWN.format(marks=_marks(keys)), (account_id, *keys))
    return known or keys[0]


def page(connection: Connection, account_id: int, paging: Paging, asked: Asked) -> list[Group]:
    """A page of groups, each at the place of its newest notification; newest first."""
    kinds, grouped = asked.kinds, asked.grouped
    if not kinds:
        return []
    found: list[NotificationRow] = []
    seen: list[str] = []
    below, above = paging.below, paging.above
    while len(found) < paging.limit:
        sql = WALK.format(
            kinds=_marks(kinds),
            grouped=_marks(grouped) or "''",
            seen=_marks(seen) or "''",
            direction="ASC" if paging.ascending else "DESC",
        )
        who = asked.from_account_id
        rows = connection.rows(sql, (account_id, below, above, *kinds, who, who, int(asked.filtered), *grouped, *seen, AT_ONCE))
        for values in rows:
            row = NotificationRow(*values)
            key = row.group_key if row.kind in grouped else ""
            if key not in seen and len(found) < paging.limit:
                found.append(row)
                if key:
                    seen.append(key)
            below, above = (below, row.id) if paging.ascending else (row.id, above)
        if len(rows) < AT_ONCE:
            break
    if paging.ascending:
        found.reverse()
    return summed(connection, account_id, found, grouped, paging) if found else []


def summed(
    connection: Connection, account_id: int, found: Sequence[NotificationRow], grouped: Iterable[str], paging: Paging
) -> list[Group]:
    """Each notification as its group, with sums over the page's range (`Api::V2::NotificationsController`, Mastodon 4.4)."""
    begin, end = found[-1].id, found[0].id
    if len(found) < paging.limit and paging.ascending:
        end = max(end, paging.below - 1)
    elif len(found) < paging.limit:
        begin = min(begin, paging.above + 1)
    keys = [row.group_key for row in found if row.group_key and row.kind in grouped]
    sums = {}
    if keys:
        rows = connection.rows(SUMS.format(marks=_marks(keys)), (begin, end, account_id, *keys))
        sums = {key: values for key, *values in rows}
    groups = []
    for row in found:
        if row.group_key not in sums:
            groups.append(Group(f"ungrouped-{row.id}", row, 1, [row.from_account_id], row.id, row.id, row.created_at))
            continue
        count, most_recent, page_min, page_at = sums[row.group_key]
        people = [person for (person,) in connection.rows(PEOPLE, (account_id, row.group_key, SAMPLE))]
        groups.append(Group(row.group_key, row, count, people, most_recent, page_min or row.id, page_at or row.created_at))
    return groups


def group(connection: Connection, account_id: int, key: str) -> Group | None:
    """One group by its key, `ungrouped-<id>` for a notification on its own."""
    rows = members(connection, account_id, key, Paging(limit=1))
    if not rows:
        return None
    return summed(connection, account_id, rows, () if key.startswith("ungrouped-") else GROUPABLE, Paging(limit=1))[0]


def members(connection: Connection, account_id: int, key: str, paging: Paging) -> list[NotificationRow]:
    """The notifications of a group, newest first."""
    alone = _alone(key)
    if alone is not None:
        return [NotificationRow(*row) for row in connection.rows(ONE, (account_id, alone))]
    if not key:
        return []
    rows = connection.rows(MEMBERS, (account_id, key, paging.below, paging.above, paging.limit))
    return [NotificationRow(*row) for row in rows]


def dismiss(connection: Connection, account_id: int, key: str) -> None:
    """Put a whole group away; nothing when there is none."""
    alone = _alone(key)
    if alone is not None:
        connection.execute(DISMISS_ONE, (account_id, alone))
    elif key:
        connection.execute(DISMISS, (account_id, key))


def unread(connection: Connection, account_id: int, limit: int, asked: Asked) -> int:
    """How many groups are newer than the marker, counted up to the limit."""
    kinds, grouped = asked.kinds, asked.grouped
    if not kinds:
        return 0
    sql = UNREAD.format(kinds=_marks(kinds), grouped=_marks(grouped) or "''")
    found: int = connection.value(sql, (account_id, *kinds, account_id, *grouped, limit))
    return found


def _alone(key: str) -> int | None:
    """The id in `ungrouped-<id>`; 0, which nothing has, when it is no number."""
    kind, _, identity = key.partition("-")
    if kind != "ungrouped":
        return None
    return int(identity) if identity.isascii() and identity.isdigit() and len(identity) <= 18 else 0


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
