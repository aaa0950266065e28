"""Servers that one person does not want to see anything of."""

from __future__ import annotations

from ostrov import Connection
from raf.journal import Journal
from raf.moderation.blocking import normal_domain
from raf.paging import Listing, Paging, newest_first

PAGE = """
SELECT id, domain FROM account_domain_block WHERE account_id = ? AND id < ? AND id > ? ORDER BY id {direction} LIMIT ?"""
INSERT = "INSERT INTO account_domain_block (account_id, domain, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
DELETE = "DELETE FROM account_domain_block WHERE account_id = ? AND domain = ?"


def hide(connection: Connection, journal: Journal, account_id: int, domain: str) -> None:
    """Raises Invalid."""
    now = journal.begin(connection)
    connection.execute(INSERT, (account_id, normal_domain(domain), journal.ids.next(now)))


def show(connection: Connection, journal: Journal, account_id: int, domain: str) -> None:
    """Raises Invalid."""
    connection.execute(DELETE, (account_id, normal_domain(domain)))


def hidden(connection: Connection, account_id: int, paging: Paging) -> Listing[str]:
    """The names, the latest first."""

    def select(direction: str, bounds: tuple[int, int, int]) -> list[tuple[int, str]]:
        return [(row[0], row[1]) for row in connection.rows(PAGE.format(direction=direction), (account_id, *bounds))]

    rows = newest_first(paging, select)
    if not rows:
        return Listing([])
    return Listing([domain for _, domain in rows], older=rows[-1][0], newer=rows[0][0])
