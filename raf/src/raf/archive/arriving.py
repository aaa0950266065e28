"""One row of a CSV file that somebody brings, done: a follow, a block, a mute, a place in a list, a bookmark."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from ostrov import Connection
from raf.archive.outgoing import Addresses
from raf.archive.sheets import Row, said_true
from raf.errors import Forbidden, Invalid, Missing, RafError
from raf.journal import Journal
from raf.lists import records
from raf.lists.forms import ListChange, checked
from raf.moderation import hiding
from raf.posts import marking
from raf.relations import following, shunning

ACCOUNT: Final = "SELECT id FROM account WHERE name_key = ? AND suspended = 0"
LIST: Final = "SELECT id FROM people_list WHERE account_id = ? AND title = ? ORDER BY id LIMIT 1"
STATUS: Final = re.compile(r"/(?:users/[^/]+/statuses|@[^/]+)/(\d{1,19})$")
OTHERS: Final = {
    "following": "SELECT target_id FROM follow WHERE account_id = ?",
    "blocking": "SELECT target_id FROM block WHERE account_id = ?",
    "muting": "SELECT target_id FROM mute WHERE account_id = ?",
    "bookmarks": "SELECT status_id FROM bookmark WHERE account_id = ?",
}


def arrive(connection: Connection, journal: Journal, account_id: int, kind: str, row: Row, addresses: Addresses) -> str:
    """Do what a row says; empty, or the code of why it cannot be done (a key of the pages' `WORDS`)."""
    try:
        with connection.savepoint():
            _arrive(connection, journal, account_id, kind, row, addresses)
    except Missing:
        return "ERR_UNKNOWN"
    except Forbidden:
        return "ERR_BLOCKED"
    except Invalid as problem:
        return next((code for found in problem.details.values() for code, _ in found), "ERR_INVALID")
    except RafError:
        return "ERR_INVALID"
    return ""


def clear(
    connection: Connection, journal: Journal, account_id: int, kind: str, rows: Iterable[Row], addresses: Addresses
) -> None:
    """Take back what no row names: the file is to stand in place of what was there, not beside it."""
    if kind == "lists":
        for people in records.lists_of(connection, account_id):
            records.delete_list(connection, account_id, people.id)
        return
    if kind == "domain_blocking":
        kept = {row[0].lower() for row in rows}
        for (domain,) in connection.rows("SELECT domain FROM account_domain_block WHERE account_id = ?", (account_id,)):
            if domain not in kept:
                hiding.show(connection, journal, account_id, domain)
        return
    found = (
        named_status(row[0], addresses) if kind == "bookmarks" else _account(connection, row[0], addresses) for row in rows
    )
    named = {identity for identity in found if identity is not None}
    undo = {
        "following": following.unfollow,
        "blocking": shunning.unblock,
        "muting": shunning.unmute,
        "bookmarks": marking.unbookmark,
    }[kind]
    for (other,) in connection.rows(OTHERS[kind], (account_id,)):
        if other not in named:
            undo(connection, journal, account_id, other)


def _arrive(connection: Connection, journal: Journal, account_id: int, kind: str, row: Row, addresses: Addresses) -> None:
    if kind == "domain_blocking":
        hiding.hide(connection, journal, account_id, row[0])
        return
    if kind == "bookmarks":
        status_id = named_status(row[0], addresses)
        if status_id is None:
            raise Missing
        marking.bookmark(connection, journal, account_id, status_id)
        return
    other = _account(connection, row[1 if kind == "lists" else 0], addresses)
    if other is None:
        raise Missing
    if kind == "following":
        languages = [code.strip() for code in row[3].split(",") if code.strip()] or None
        notify = said_true(row[2], otherwise=False)
        following.follow(connection, journal, account_id, other, said_true(row[1], otherwise=True), notify, languages)
    elif kind == "blocking":
        shunning.block(connection, journal, account_id, other)
    elif kind == "muting":
        shunning.mute(connection, journal, account_id, other, said_true(row[1], otherwise=True), 0)
    else:
        list_id = connection.value(LIST, (account_id, row[0]))
        if list_id is None:
            list_id = journal.ids.next()
            records.insert_list(connection, account_id, list_id, checked(ListChange(title=row[0]), new=True))
        if other != account_id:
            following.follow(connection, journal, account_id, other)
        if connection.row(records.MEMBER, (list_id, other)) is None:
            records.add_members(connection, account_id, list_id, [other])


def _account(connection: Connection, address: str, addresses: Addresses) -> int | None:
    """The account of `name@host`, or of `name` alone here."""
    username, _, host = address.strip().removeprefix("@").partition("@")
    key = username.lower() if host.lower() in ("", addresses.host.lower()) else f"{username}@{host}".lower()
    found: int | None = connection.value(ACCOUNT, (key,))
    return found


def named_status(uri: str, addresses: Addresses) -> int | None:
    """The post of an address of this place."""
    found = STATUS.search(uri) if uri.startswith(addresses.url + "/") else None
    return int(found[1]) if found and int(found[1]) < 2**63 else None


def row_of(data: str) -> Row:
    """A row as it is kept."""
    return msgspec.json.decode(data, type=tuple[str, ...])
