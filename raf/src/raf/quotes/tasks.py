"""Telling people of quotes, later."""

from __future__ import annotations

from ostrov import Connection, current, task
from raf.notifications.tasks import QUEUE

QUOTE = "SELECT account_id, quoted_account_id FROM quote WHERE status_id = ? AND state = 'accepted'"
QUOTED = """
SELECT q.account_id, q.status_id, q.quoted_account_id FROM quote q WHERE q.quoted_id = ? AND q.state = 'accepted'"""


@task(name="raf.tell_of_quote", queue=QUEUE, retries=5)
async def tell_of_quote(status_id: int) -> int:
    """Tell an author that somebody quotes a post."""
    from raf.notifications.telling import Told, tell

    def decide(connection: Connection) -> list[Told]:
        row = connection.row(QUOTE, (status_id,))
        return [] if row is None else [Told(row[1], "quote", row[0], status_id)]

    return await tell(current(), decide)


@task(name="raf.tell_of_quoted_edit", queue=QUEUE, retries=5)
async def tell_of_quoted_edit(quoted_id: int) -> int:
    """Tell those who quote a post that it changed."""
    from raf.notifications.telling import Told, tell

    def decide(connection: Connection) -> list[Told]:
        rows = connection.rows(QUOTED, (quoted_id,))
        return [Told(account_id, "quoted_update", author_id, status_id) for account_id, status_id, author_id in rows]

    return await tell(current(), decide)
