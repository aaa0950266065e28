"""The rows of one's files: whom one follows, blocks and mutes, one's lists, bookmarks and blocked domains."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ostrov import Connection
from raf.archive.sheets import Row

PEOPLE = "SELECT account.username, account.domain{columns} FROM {table} JOIN account ON account.id = {table}.target_id"
FOLLOWING = PEOPLE.format(table="follow", columns=", reblogs, notify, languages") + " WHERE account_id = ? ORDER BY follow.id"
BLOCKING = PEOPLE.format(table="block", columns="") + " WHERE account_id = ? ORDER BY block.id"
MUTING = (
    PEOPLE.format(table="mute", columns=", notifications") + " WHERE account_id = ? AND expires_at IS NULL ORDER BY mute.id"
)
DOMAINS = "SELECT domain FROM account_domain_block WHERE account_id = ? ORDER BY domain"
LISTS = """
SELECT people_list.title, account.username, account.domain FROM people_list
JOIN people_list_member ON people_list_member.list_id = people_list.id
JOIN account ON account.id = people_list_member.account_id
WHERE people_list.account_id = ? ORDER BY people_list.id, account.id"""
BOOKMARKS = """
SELECT status.id, account.username FROM bookmark JOIN status ON status.id = bookmark.status_id
JOIN account ON account.id = status.account_id WHERE bookmark.account_id = ? ORDER BY bookmark.id"""
COUNTS = {
    "following": "SELECT count(*) FROM follow WHERE account_id = ?",
    "lists": "SELECT count(*) FROM people_list WHERE account_id = ?",
    "blocking": "SELECT count(*) FROM block WHERE account_id = ?",
    "muting": "SELECT count(*) FROM mute WHERE account_id = ? AND expires_at IS NULL",
    "domain_blocking": "SELECT count(*) FROM account_domain_block WHERE account_id = ?",
    "bookmarks": "SELECT count(*) FROM bookmark WHERE account_id = ?",
}


class Addresses(NamedTuple):
    """How things are called elsewhere; `url` is the public address without a slash at its end."""

    url: str
    host: str

    def account(self, username: str, domain: str) -> str:
        return f"{username}@{domain or self.host}"

    def status(self, status_id: int, username: str) -> str:
        return f"{self.url}/users/{username}/statuses/{status_id}"


def rows_of(connection: Connection, kind: str, account_id: int, addresses: Addresses) -> list[Row]:
    """The rows of one's file of a kind."""
    name = addresses.account
    if kind == "following":
        found = connection.rows(FOLLOWING, (account_id,))
        return [(name(u, d), _said(reblogs), _said(notify), _spoken(languages)) for u, d, reblogs, notify, languages in found]
    if kind == "blocking":
        return [(name(u, d),) for u, d in connection.rows(BLOCKING, (account_id,))]
    if kind == "muting":
        return [(name(u, d), _said(hide)) for u, d, hide in connection.rows(MUTING, (account_id,))]
    if kind == "domain_blocking":
        return [(domain,) for (domain,) in connection.rows(DOMAINS, (account_id,))]
    if kind == "lists":
        return [(title, name(u, d)) for title, u, d in connection.rows(LISTS, (account_id,))]
    return [(addresses.status(status_id, u),) for status_id, u in connection.rows(BOOKMARKS, (account_id,))]


def counts(connection: Connection, account_id: int) -> dict[str, int]:
    """How many rows each file would have, by kind."""
    return {kind: connection.value(sql, (account_id,)) for kind, sql in COUNTS.items()}


def _said(flag: int) -> str:
    return "true" if flag else "false"


def _spoken(languages: str | None) -> str:
    return ", ".join(msgspec.json.decode(languages)) if languages else ""
