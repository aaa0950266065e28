"""Commands: follow a hashtag, stop; whose posts then come into one's home. And the list of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ostrov import Connection
from raf.domain.tags import TagFollowed, TagUnfollowed, stream
from raf.errors import Invalid
from raf.journal import Journal
from raf.paging import Listing, Paging, newest_first

MOST = 1000
FOLLOWED = "SELECT 1 FROM tag_follow WHERE account_id = ? AND tag = ?"
COUNT = "SELECT count(*) FROM tag_follow WHERE account_id = ?"
LISTED = "SELECT id, tag FROM tag_follow WHERE account_id = ? AND id < ? AND id > ? ORDER BY id {direction} LIMIT ?"
AMONG = "SELECT tag FROM tag_follow WHERE account_id = ? AND tag IN ({marks})"


def follow(connection: Connection, journal: Journal, account_id: int, tag: str) -> None:
    """Following again changes nothing. Raises Invalid when there are too many."""
    now = journal.begin(connection)
    if connection.row(FOLLOWED, (account_id, tag)) is not None:
        return
    if connection.value(COUNT, (account_id,)) >= MOST:
        raise Invalid({"base": [("ERR_LIMIT", f"You cannot follow more than {MOST} hashtags")]})
    journal.put(
        connection,
        TagFollowed(
            **journal.next(connection, stream(account_id, tag), now),
            id=journal.ids.next(now),
            account_id=account_id,
            tag=tag,
        ),
    )


def unfollow(connection: Connection, journal: Journal, account_id: int, tag: str) -> None:
    now = journal.begin(connection)
    if connection.row(FOLLOWED, (account_id, tag)) is None:
        return
    journal.put(
        connection, TagUnfollowed(**journal.next(connection, stream(account_id, tag), now), account_id=account_id, tag=tag)
    )


def followed(connection: Connection, account_id: int, paging: Paging) -> Listing[str]:
    """The tags somebody follows, the last followed first."""

    def select(direction: str, bounds: tuple[int, int, int]) -> list[Any]:
        return connection.rows(LISTED.format(direction=direction), (account_id, *bounds))

    rows = newest_first(paging, select)
    return Listing([tag for _, tag in rows], rows[-1][0], rows[0][0]) if rows else Listing([])


def followed_among(connection: Connection, account_id: int, tags: Sequence[str]) -> set[str]:
    """Which of these somebody follows."""
    if not tags:
        return set()
    return {tag for (tag,) in connection.rows(AMONG.format(marks=", ".join("?" * len(tags))), (account_id, *tags))}
