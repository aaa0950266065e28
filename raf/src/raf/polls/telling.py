"""Who hears of the end of a poll."""

from __future__ import annotations

from ostrov import Connection
from raf.notifications.telling import Told

POLL = "SELECT account_id FROM poll WHERE status_id = ? AND expires_at = ?"
VOTERS = "SELECT DISTINCT account_id FROM poll_vote WHERE status_id = ?"


def told_of_end(connection: Connection, status_id: int, expires_at: float) -> list[Told]:
    """Its author and those who voted, unless it is gone or ends at another time."""
    author_id: int | None = connection.value(POLL, (status_id, expires_at))
    if author_id is None:
        return []
    voters = [account_id for (account_id,) in connection.rows(VOTERS, (status_id,))]
    return [Told(account_id, "poll", author_id, status_id) for account_id in sorted({author_id, *voters})]
