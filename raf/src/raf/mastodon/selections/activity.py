"""How much happens here."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf.snowflake import first_of

WEEK = 7 * 86400
MONTH = 30 * 86400
HALF_YEAR = 180 * 86400
COUNTED = 30.0
"""Seconds that `usage` is told without counting again."""
MONDAY = 4 * 86400  # the epoch began on a Thursday


class Week(NamedTuple):
    """`begins` is in epoch seconds; `active` are accounts that posted."""

    begins: int
    posts: int
    active: int
    accounts: int


def usage(connection: Connection, now: float) -> tuple[int, int, int, int]:
    """Local accounts, those that posted in a month and in half a year, and posts."""
    users, posts = connection.row(
        "SELECT COUNT(*), COALESCE(SUM(statuses_count), 0) FROM account WHERE domain = '' AND suspended = 0"
    ) or (0, 0)
    active = [
        connection.value("SELECT COUNT(*) FROM account WHERE domain = '' AND last_status_at > ?", (now - period,))
        for period in (MONTH, HALF_YEAR)
    ]
    return int(users), int(active[0]), int(active[1]), int(posts)


def weeks(connection: Connection, now: float, count: int) -> list[Week]:
    """The last weeks, this one first, each from its Monday."""
    this = int((now - MONDAY) // WEEK * WEEK + MONDAY)
    found = []
    for back in range(count):
        begins = this - back * WEEK
        bounds = (first_of(begins), first_of(begins + WEEK))
        posts, active = connection.row(
            "SELECT COUNT(*), COUNT(DISTINCT account_id) FROM status WHERE id >= ? AND id < ? AND reblog_of_id IS NULL", bounds
        ) or (0, 0)
        accounts = connection.value("SELECT COUNT(*) FROM account WHERE id >= ? AND id < ? AND domain = ''", bounds)
        found.append(Week(begins, int(posts), int(active), int(accounts)))
    return found
