"""Imported posts and boosts as tables: like any other; what a post was called is remembered, so that none comes twice."""

from __future__ import annotations

from ostrov import Connection
from raf.domain.arrivals import BoostImported, PostImported
from raf.posts.projection import boosted, posted

LAST = "SELECT last_status_at FROM account WHERE id = ?"
SET_LAST = "UPDATE account SET last_status_at = ? WHERE id = ? AND last_status_at < ?"
REMEMBER = "INSERT INTO imported_post (account_id, uri, status_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


def imported(connection: Connection, event: PostImported) -> None:
    last = connection.value(LAST, (event.account_id,))
    posted(connection, event)
    _keep_last(connection, event.account_id, last)
    connection.execute(REMEMBER, (event.account_id, event.uri, event.status_id))


def boost_imported(connection: Connection, event: BoostImported) -> None:
    last = connection.value(LAST, (event.account_id,))
    boosted(connection, event)
    _keep_last(connection, event.account_id, last)


def _keep_last(connection: Connection, account_id: int, last: float | None) -> None:
    """The past does not make an account's last post older."""
    if last is not None:
        connection.execute(SET_LAST, (last, account_id, last))


PROJECTIONS = {PostImported: imported, BoostImported: boost_imported}
TABLES = ("imported_post",)
