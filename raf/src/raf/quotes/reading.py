"""Which post quotes which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ostrov import Connection
from raf.domain.visibility import VISIBLE, viewer
from raf.paging import Listing, Paging, newest_first
from raf.posts import lookup


class QuoteRow(NamedTuple):
    """`state` is accepted, revoked (by the quoted author) or deleted (the quoted post is gone)."""

    status_id: int
    account_id: int
    quoted_id: int
    quoted_account_id: int
    state: str


ROWS = f"SELECT {', '.join(QuoteRow._fields)} FROM quote WHERE status_id IN ({{marks}})"
OF_POST = f"""
SELECT s.id FROM quote q JOIN status s ON s.id = q.status_id
WHERE q.quoted_id = ? AND q.state = 'accepted' AND s.id < ? AND s.id > ? AND {VISIBLE} ORDER BY s.id {{direction}} LIMIT ?"""


def rows(connection: Connection, ids: Sequence[int]) -> dict[int, QuoteRow]:
    """The quotes that these posts hold; posts without one are left out."""
    if not ids:
        return {}
    return {row[0]: QuoteRow(*row) for row in connection.rows(ROWS.format(marks=", ".join("?" * len(ids))), ids)}


def of_post(connection: Connection, status_id: int, viewer_id: int | None, paging: Paging) -> Listing[int]:
    """Ids of the posts that quote one and that the viewer may see, the newest first. Raises Missing."""
    post = lookup.seen_post(connection, status_id, viewer_id)

    def select(direction: str, bounds: tuple[int, int, int]) -> list[int]:
        below, above, limit = bounds
        found = connection.rows(OF_POST.format(direction=direction), (post.id, below, above, *viewer(viewer_id), limit))
        return [identity for (identity,) in found]

    found = newest_first(paging, select)
    return Listing(found, found[-1], found[0]) if found else Listing([])
