"""A home timeline: in memory the newest entries as an array of ids, below them what a query finds.

Both follow one rule: what the reader wants (`Reader.wants`), and no boost of a post that stood there within `REPEAT`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ostrov import Connection, Row
from raf.paging import NEWEST, Paging
from raf.timelines.entry import REPEAT, Entry

if TYPE_CHECKING:
    from raf.timelines.reader import Reader

COLUMNS = """
s.id, s.account_id, s.visibility, s.language, s.in_reply_to_account_id, s.reblog_of_id,
(SELECT r.account_id FROM status r WHERE r.id = s.reblog_of_id)"""
FOLLOWED = """
(s.account_id IN (SELECT target_id FROM follow WHERE follow.account_id = ?) OR s.account_id = ?)"""
WRITERS = "SELECT target_id AS account_id FROM follow WHERE account_id = ? UNION SELECT ?"
RECENT = {
    "sqlite": """
SELECT s.id FROM ({writers}) w
JOIN status s ON s.account_id = w.account_id WHERE s.id < ? AND s.id > ? ORDER BY s.id {direction} LIMIT ?""",
    "postgresql": """
SELECT r.id FROM ({writers}) w CROSS JOIN LATERAL (
  SELECT s.id FROM status s WHERE s.account_id = w.account_id AND s.id < ? AND s.id > ? ORDER BY s.id {direction} LIMIT ?
) r ORDER BY r.id {direction} LIMIT ?""",
}
"""PostgreSQL is told how: it keeps one plan of a statement for all, and knows nothing of how much lies between two ids. Then it
went through everybody's posts, 25 ms among 100,000; each writer's own take 0.3."""
TAGGED = """
SELECT DISTINCT t.status_id FROM tag_follow w JOIN status_tag t ON t.tag = w.tag
WHERE w.account_id = ? AND t.status_id < ? AND t.status_id > ?
AND NOT EXISTS (SELECT 1 FROM status s JOIN account a ON a.id = s.account_id WHERE s.id = t.status_id AND a.quiet = 1)
ORDER BY t.status_id {direction} LIMIT ?"""
DETAILS = f"SELECT {COLUMNS} FROM status s WHERE s.id IN ({{marks}})"
MENTIONS = "SELECT status_id, account_id FROM mention WHERE status_id IN ({marks})"
TAGS = "SELECT status_id, tag FROM status_tag WHERE status_id IN ({marks})"
SAME_ROOT = f"""
SELECT {COLUMNS} FROM status s
WHERE (s.reblog_of_id IN ({{marks}}) OR s.id IN ({{marks}})) AND s.id > ? AND {{authors}}"""
OR_ROOT = "({authors} OR s.reblog_of_id IS NULL)"
DAY = 24 * 3600 * 1000 << 16
WINDOWS = (2 * DAY, 30 * DAY)
"""How far back is looked first, so that a query does not sort years of posts to show twenty."""
CHUNK = 400
FIRST = 80
"""Entries read when somebody comes; further back they are queried, for few people go there."""


class Source(NamedTuple):
    """Where the entries of a timeline come from.

    `writers` selects the accounts whose posts stand in it (`account_id`), `authors` is a condition on `s`; both have the
    parameters `who`. `wants` decides on an entry.
    """

    writers: str
    authors: str
    who: tuple[int, ...]
    wants: Callable[[Entry], bool]


def home_of(reader: Reader) -> Source:
    """What a home is made of."""
    who = (reader.account_id, reader.account_id)
    return Source(WRITERS, OR_ROOT.format(authors=FOLLOWED) if reader.tags else FOLLOWED, who, reader.wants)


class Home:
    """The newest entries of one home, oldest first. `whole` says that nothing is older than the first."""

    __slots__ = ("boosts", "full", "ids", "size", "whole")

    def __init__(self, size: int, ids: Iterable[int] = (), *, whole: bool = True) -> None:
        self.ids = array("q", ids)
        self.size = size
        self.full = size * 2
        self.whole = whole
        self.boosts: dict[int, int] = {}
        """The newest boost that this home was offered of each post, shown or not."""

    def add(self, identity: int) -> None:
        """Append a post."""
        ids = self.ids
        if not ids or ids[-1] < identity:
            ids.append(identity)
            if len(ids) > self.full:
                self.trim()
        else:
            at = bisect_left(ids, identity)
            if at == len(ids) or ids[at] != identity:
                ids.insert(at, identity)

    def offer(self, entry: Entry) -> bool:
        """Append a post or boost unless the post stood here a short time ago; whether it was appended."""
        if not entry.root_id:
            self.add(entry.id)
            return True
        before = self.boosts.get(entry.root_id, -REPEAT)
        if before >= entry.id:  # it was offered already
            return entry.id in self
        self.boosts[entry.root_id] = entry.id
        if entry.id - before < REPEAT or (entry.id - entry.root_id < REPEAT and entry.root_id in self):
            return False
        self.add(entry.id)
        return True

    def remove(self, identity: int) -> bool:
        """Whether it was there."""
        at = bisect_left(self.ids, identity)
        if at < len(self.ids) and self.ids[at] == identity:
            del self.ids[at]
            return True
        return False

    def agrees(self, identity: int, wanted: bool) -> bool:
        """Whether a post stands here exactly when it is wanted, as far back as this goes."""
        return (identity in self) == wanted or (not self.whole and (not self.ids or identity < self.ids[0]))

    def page(self, paging: Paging) -> list[int] | None:
        """The ids of a page, newest first; None when only a query knows."""
        ids = self.ids
        if paging.max_id is None and paging.since_id is None and paging.min_id is None:  # by far the most frequent
            if self.whole or len(ids) >= paging.limit:
                return ids[: -paging.limit - 1 : -1].tolist()
            return None
        end = bisect_left(ids, paging.below)
        start = bisect_left(ids, paging.above + 1)
        covered = self.whole or (bool(ids) and paging.above >= ids[0])
        if paging.ascending:
            return ids[start : min(end, start + paging.limit)].tolist()[::-1] if covered else None
        if covered or end - start >= paging.limit:
            return ids[max(start, end - paging.limit) : end].tolist()[::-1]
        return None

    def trim(self) -> None:
        """Forget the oldest entries."""
        if len(self.ids) > self.size:
            del self.ids[: len(self.ids) - self.size]
            self.whole = False
            oldest = self.ids[0] - REPEAT
            self.boosts = {root: boost for root, boost in self.boosts.items() if boost > oldest}

    def __contains__(self, identity: int) -> bool:
        at = bisect_left(self.ids, identity)
        return at < len(self.ids) and self.ids[at] == identity


def load(connection: Connection, reader: Reader, size: int) -> Home:
    """The newest entries of somebody's home, which may grow to `size`."""
    entries, exhausted = wanted(connection, reader, NEWEST, 0, min(FIRST, size), home_of(reader))
    shown, boosts = without_repeats(connection, reader, entries[::-1], home_of(reader))
    home = Home(size, shown, whole=exhausted)
    home.boosts = boosts
    return home


def page(connection: Connection, reader: Reader, paging: Paging, source: Source | None = None) -> list[int]:
    """The ids of any page, newest first, by query alone: of the reader's home, or of another timeline of theirs."""
    source = source or home_of(reader)
    limit = paging.limit
    shown: list[int] = []
    below, above = paging.below, paging.above
    while len(shown) < limit:
        entries, exhausted = wanted(connection, reader, below, above, limit, source, ascending=paging.ascending)
        if entries:
            kept, _ = without_repeats(connection, reader, entries if paging.ascending else entries[::-1], source)
            shown += kept if paging.ascending else kept[::-1]
            below, above = (below, entries[-1].id) if paging.ascending else (entries[-1].id, above)
        if exhausted:
            break
    shown = shown[:limit]
    return shown[::-1] if paging.ascending else shown


def wanted(
    connection: Connection, reader: Reader, below: int, above: int, limit: int, source: Source, *, ascending: bool = False
) -> tuple[list[Entry], bool]:
    """At least `limit` entries the reader wants between two ids, in the direction asked, and whether that is all there are."""
    found: list[Entry] = []
    chunk = min(CHUNK, limit * 2)
    newest = connection.value("SELECT max(id) FROM status") or 0
    floors = [] if ascending else [floor for window in WINDOWS if (floor := min(below, newest) - window) > above]
    for floor in [*floors, above]:
        while True:
            bottom = max(above, floor)
            ids = _recent(connection, reader, source, (below, bottom, chunk), ascending)
            found += [entry for entry in details(connection, reader, ids) if source.wants(entry)]
            if ids:
                below, above = (below, ids[-1]) if ascending else (ids[-1], above)
            if len(found) >= limit:
                return found, False
            if len(ids) < chunk:
                break
        if not ascending:
            below = min(below, floor + 1)
    return found, True


def _recent(connection: Connection, reader: Reader, source: Source, bounds: tuple[int, int, int], ascending: bool) -> list[int]:
    direction = "ASC" if ascending else "DESC"
    sql = RECENT[connection.dialect].format(writers=source.writers, direction=direction)
    limits = bounds[2:] * sql.count("LIMIT")
    ids = [i for (i,) in connection.rows(sql, (*source.who, *bounds[:2], *limits))]
    if reader.tags and source.writers is WRITERS:
        tagged = [i for (i,) in connection.rows(TAGGED.format(direction=direction), (reader.account_id, *bounds))]
        ids = sorted({*ids, *tagged}, reverse=not ascending)[: bounds[2]]
    return ids


def details(connection: Connection, reader: Reader, ids: Sequence[int]) -> list[Entry]:
    """The entries of these ids, in their order."""
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    rows = connection.rows(DETAILS.format(marks=marks), ids)
    return _in_order(ids, _entries(connection, reader, rows, marks, ids))


def without_repeats(
    connection: Connection, reader: Reader, entries: Sequence[Entry], source: Source
) -> tuple[list[int], dict[int, int]]:
    """The ids of entries, oldest first, without boosts of what stood there within `REPEAT`; and each post's newest boost."""
    roots = sorted({entry.root_id for entry in entries if entry.root_id})
    if not roots:
        return [entry.id for entry in entries], {}
    stood: dict[int, list[int]] = {root: [] for root in roots}
    for start in range(0, len(roots), CHUNK):
        some = roots[start : start + CHUNK]
        marks = ", ".join("?" * len(some))
        oldest = min(entry.id for entry in entries) - REPEAT
        sql = SAME_ROOT.format(marks=marks, authors=source.authors)
        rows = connection.rows(sql, (*some, *some, oldest, *source.who))
        ids = [row[0] for row in rows]
        for entry in _entries(connection, reader, rows, ", ".join("?" * len(ids)), ids):
            if source.wants(entry):
                stood[entry.root_id or entry.id].append(entry.id)
    shown, newest = [], dict[int, int]()
    for entry in entries:
        if entry.root_id:
            newest[entry.root_id] = max(newest.get(entry.root_id, 0), entry.id)
            if any(0 < entry.id - other < REPEAT for other in stood[entry.root_id]):
                continue
        shown.append(entry.id)
    return shown, newest


def _entries(connection: Connection, reader: Reader, rows: Sequence[Row], marks: str, ids: Sequence[int]) -> list[Entry]:
    mentions: dict[int, tuple[int, ...]] = {}
    if rows and (any(row[2] == "direct" for row in rows) or reader.muting or reader.blocking or reader.blocked_by):
        for status_id, account_id in connection.rows(MENTIONS.format(marks=marks), ids):
            mentions[status_id] = (*mentions.get(status_id, ()), account_id)
    tags: dict[int, tuple[str, ...]] = {}
    if rows and reader.tags:
        for status_id, tag in connection.rows(TAGS.format(marks=marks), ids):
            tags[status_id] = (*tags.get(status_id, ()), tag)
    return [
        Entry(
            *(identity, author, visibility, language, reply_to, mentions.get(identity, ()), root or 0, root_author or 0),
            tags=tags.get(identity, ()),
        )
        for identity, author, visibility, language, reply_to, root, root_author in rows
    ]


def _in_order(ids: Sequence[int], entries: Iterable[Entry]) -> list[Entry]:
    by_id = {entry.id: entry for entry in entries}
    return [by_id[identity] for identity in ids if identity in by_id]
