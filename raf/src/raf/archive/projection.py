"""Imported posts as tables: like any other, and remembered by what they were called, so that none comes twice."""

from __future__ import annotations

from ostrov import Connection
from raf.domain.arrivals import PostImported
from raf.posts.projection import posted

LAST = "SELECT last_status_at FROM account WHERE id = ?"
SET_LAST = "UPDATE account SET last_status_at = ? WHERE id = ? AND last_status_at < ?"
REMEMBER = "INSERT INTO imported_post (account_id, uri, status_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


def imported(connection: Connection, event: PostImported) -> None:
    last = connection.value(LAST, (event.account_id,))
    posted(connection, event)
    if last is not None:  # the past does not make an account's last post older
        connection.execute(SET_LAST, (last, event.account_id, last))
    connection.execute(REMEMBER, (event.account_id, event.uri, event.status_id))


PROJECTIONS = {PostImported: imported}
TABLES = ("imported_post",)
