"""Hashtags that somebody shows on their profile, with how often they used each in posts that everybody may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ostrov import Connection
from raf.errors import Invalid, Missing

MOST = 10
OPEN = "s.reblog_of_id IS NULL AND s.visibility IN ('public', 'unlisted')"
OF_ACCOUNT = f"""
SELECT f.id, f.tag,
  (SELECT count(*) FROM status_tag t JOIN status s ON s.id = t.status_id
    WHERE t.tag = f.tag AND s.account_id = f.account_id AND {OPEN}),
  (SELECT max(s.created_at) FROM status_tag t JOIN status s ON s.id = t.status_id
    WHERE t.tag = f.tag AND s.account_id = f.account_id AND {OPEN})
FROM featured_tag f WHERE f.account_id = ? ORDER BY 3 DESC, f.id"""
KNOWN = "SELECT id FROM featured_tag WHERE account_id = ? AND tag = ?"
COUNT = "SELECT count(*) FROM featured_tag WHERE account_id = ?"
INSERT = "INSERT INTO featured_tag (id, account_id, tag) VALUES (?, ?, ?)"
DELETE = "DELETE FROM featured_tag WHERE account_id = ? AND id = ?"
DELETE_TAG = "DELETE FROM featured_tag WHERE account_id = ? AND tag = ?"
AMONG = "SELECT tag FROM featured_tag WHERE account_id = ? AND tag IN ({marks})"
USED = f"""
SELECT t.tag FROM status s JOIN status_tag t ON t.status_id = s.id WHERE s.account_id = ? AND s.id > ? AND {OPEN}
AND NOT EXISTS (SELECT 1 FROM featured_tag f WHERE f.account_id = s.account_id AND f.tag = t.tag)
GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT ?"""


class FeaturedTag(NamedTuple):
    """`last_at` is when a post with it was last written, in epoch seconds."""

    id: int
    tag: str
    posts: int
    last_at: float | None


def featured(connection: Connection, account_id: int) -> list[FeaturedTag]:
    """The tags of a profile, the most used first."""
    return [FeaturedTag(*row) for row in connection.rows(OF_ACCOUNT, (account_id,))]


def feature(connection: Connection, account_id: int, tag: str, identity: int, *, once: bool) -> None:
    """Show a tag. Raises Invalid when there are too many; with `once` also when it is shown already."""
    if connection.row(KNOWN, (account_id, tag)) is not None:
        if once:
            raise Invalid({"tag": [("ERR_TAKEN", "has already been taken")]})
        return
    if connection.value(COUNT, (account_id,)) >= MOST:
        raise Invalid({"base": [("ERR_LIMIT", "You have already featured the maximum number of hashtags")]})
    connection.execute(INSERT, (identity, account_id, tag))


def unfeature(connection: Connection, account_id: int, tag: str) -> None:
    connection.execute(DELETE_TAG, (account_id, tag))


def unfeature_id(connection: Connection, account_id: int, identity: int) -> None:
    """Raises Missing."""
    if not connection.execute(DELETE, (account_id, identity)):
        raise Missing


def featured_among(connection: Connection, account_id: int, tags: Sequence[str]) -> set[str]:
    """Which of these somebody shows."""
    if not tags:
        return set()
    return {tag for (tag,) in connection.rows(AMONG.format(marks=", ".join("?" * len(tags))), (account_id, *tags))}


def used(connection: Connection, account_id: int, since_id: int, limit: int) -> list[str]:
    """The tags somebody used most since a post, and does not show yet."""
    return [tag for (tag,) in connection.rows(USED, (account_id, since_id, limit))]
