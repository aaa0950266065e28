"""The command of writing a post anew: the old one goes and the new one comes, or neither."""

from __future__ import annotations

from collections.abc import Mapping

from ostrov import Connection
from raf.forms import NewPost
from raf.journal import Journal
from raf.posts import publishing


def redraft(
    connection: Connection,
    journal: Journal,
    account_id: int,
    old_id: int,
    new: NewPost,
    descriptions: Mapping[int, str],
    points: Mapping[int, tuple[float, float]],
) -> int:
    """Put a new post in the place of one's own, whose files it may hold; its id. Raises Missing, Invalid, Refused."""
    now = journal.begin(connection)
    if new.idempotency_key is not None:  # a form sent twice: the first one took the old post away
        same: int | None = connection.value(publishing.SAME, (account_id, new.idempotency_key, now))
        if same is not None:
            return same
    publishing.delete(connection, journal, account_id, old_id)
    publishing.describe(connection, descriptions, new.media_ids, account_id)
    publishing.focus(connection, points, new.media_ids, account_id)
    return publishing.publish(connection, journal, account_id, new)
