"""The newest public posts of this server, in memory: every visitor asks for them."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from ostrov import Connection
from raf.domain.visibility import VISIBLE, viewer
from raf.paging import Paging, newest_first
from raf.timelines.entry import Entry
from raf.timelines.reader import Reader

CONDITION = """
s.visibility = 'public' AND s.reblog_of_id IS NULL
AND (s.in_reply_to_account_id IS NULL OR s.in_reply_to_account_id = s.account_id)
AND s.account_id NOT IN (SELECT quiet.id FROM account quiet WHERE quiet.quiet = 1)"""
QUIET = "SELECT id FROM account WHERE quiet = 1"
NEWEST = f"SELECT s.id, s.account_id FROM status s WHERE {CONDITION} ORDER BY s.id DESC LIMIT ?"
UNWANTED = """
NOT EXISTS (SELECT 1 FROM mute WHERE mute.account_id = ? AND mute.target_id = s.account_id
  AND (mute.expires_at IS NULL OR mute.expires_at > ?))
AND NOT EXISTS (SELECT 1 FROM block WHERE block.account_id = ? AND block.target_id = s.account_id)"""
PAGE = f"""
SELECT s.id FROM status s WHERE {CONDITION} AND s.id < ? AND s.id > ? AND (? = 0 OR s.media_count > 0)
AND {VISIBLE} AND {UNWANTED} ORDER BY s.id {{direction}} LIMIT ?"""


class Shore:
    """Ids and authors, oldest first. `whole` says that nothing is older than the first."""

    __slots__ = ("authors", "ids", "size", "whole")

    def __init__(self, size: int, rows: list[tuple[int, int]], *, whole: bool) -> None:
        self.ids = array("q", [identity for identity, _ in rows])
        self.authors = array("q", [author for _, author in rows])
        self.size = size
        self.whole = whole

    def add(self, entry: Entry) -> None:
        at = bisect_left(self.ids, entry.id)
        if at < len(self.ids) and self.ids[at] == entry.id:
            return
        self.ids.insert(at, entry.id)
        self.authors.insert(at, entry.account_id)
        if len(self.ids) > self.size * 2:
            surplus = len(self.ids) - self.size
            del self.ids[:surplus], self.authors[:surplus]
            self.whole = False

    def remove(self, identity: int) -> None:
        at = bisect_left(self.ids, identity)
        if at < len(self.ids) and self.ids[at] == identity:
            del self.ids[at], self.authors[at]

    def page(self, reader: Reader | None, paging: Paging) -> list[int] | None:
        """The ids of a page, newest first; None when only a query knows."""
        if paging.ascending:
            return None
        end, start = bisect_left(self.ids, paging.below), bisect_left(self.ids, paging.above + 1)
        hidden = reader.hidden() if reader else ()
        if not hidden:
            found = self.ids[max(start, end - paging.limit) : end].tolist()[::-1]
        else:
            found = []
            for at in range(end - 1, start - 1, -1):
                if self.authors[at] not in hidden:
                    found.append(self.ids[at])
                    if len(found) == paging.limit:
                        break
        covered = self.whole or (bool(self.ids) and paging.above >= self.ids[0])
        return found if covered or len(found) == paging.limit else None


def is_public(entry: Entry) -> bool:
    """Whether a post stands in the public timeline: no boosts, no replies to others."""
    return entry.visibility == "public" and not entry.root_id and entry.reply_to in (None, entry.account_id)


def quiet(connection: Connection) -> set[int]:
    """Whose posts do not stand there: the limited and the suspended."""
    return {account_id for (account_id,) in connection.rows(QUIET)}


def load(connection: Connection, size: int) -> Shore:
    rows = [(identity, author) for identity, author in connection.rows(NEWEST, (size,))]
    return Shore(size, rows[::-1], whole=len(rows) < size)


def page(connection: Connection, viewer_id: int | None, paging: Paging, only_media: bool, now: float) -> list[int]:
    """The ids of any page, newest first, by query alone."""
    who = viewer_id or 0

    def select(direction: str, bounds: tuple[int, int, int]) -> list[int]:
        below, above, limit = bounds
        parameters = (below, above, int(only_media), *viewer(viewer_id), who, now, who, limit)
        return [identity for (identity,) in connection.rows(PAGE.format(direction=direction), parameters)]

    return newest_first(paging, select)
