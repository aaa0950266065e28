"""Lists and their members as tables. A membership ends with the follow it was made under."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET

from ostrov import Connection
from raf.errors import Invalid, Missing
from raf.lists.forms import MOST, ListChange
from raf.paging import Listing, Paging, newest_first

MEMBERS = """
(m.account_id = l.account_id OR EXISTS (SELECT 1 FROM follow f
  WHERE f.account_id = l.account_id AND f.target_id = m.account_id AND f.id = m.follow_id))"""
"""Whether a row `m` of a list `l` still stands."""
STANDING = f"""
({MEMBERS} OR EXISTS (SELECT 1 FROM follow_request r
  WHERE r.account_id = l.account_id AND r.target_id = m.account_id AND r.id = -m.follow_id))"""
"""The same, or it waits: of somebody who was asked and has not answered yet, `follow_id` is the request's id below zero."""
COLUMNS = "l.id, l.account_id, l.title, l.replies_policy, l.exclusive"
OF_ACCOUNT = f"SELECT {COLUMNS} FROM people_list l WHERE l.account_id = ? ORDER BY l.id"
BY_ID = f"SELECT {COLUMNS} FROM people_list l WHERE l.id = ? AND l.account_id = ?"
COUNT = "SELECT count(*) FROM people_list WHERE account_id = ?"
INSERT = "INSERT INTO people_list (id, account_id, title, replies_policy, exclusive) VALUES (?, ?, ?, ?, ?)"
UPDATE = "UPDATE people_list SET title = ?, replies_policy = ?, exclusive = ? WHERE id = ?"
DELETE = "DELETE FROM people_list WHERE id = ?"
DELETE_MEMBERS = "DELETE FROM people_list_member WHERE list_id = ?"
DELETE_MEMBER = "DELETE FROM people_list_member WHERE list_id = ? AND account_id = ?"
FOLLOW = """
SELECT id FROM follow WHERE account_id = ? AND target_id = ?
UNION ALL SELECT -id FROM follow_request WHERE account_id = ? AND target_id = ?"""
GRANT = "UPDATE people_list_member SET follow_id = ? WHERE account_id = ? AND follow_id = ?"
MEMBER = f"""
SELECT 1 FROM people_list_member m JOIN people_list l ON l.id = m.list_id WHERE l.id = ? AND m.account_id = ? AND {STANDING}"""
PUT_MEMBER = """
INSERT INTO people_list_member (list_id, account_id, follow_id) VALUES (?, ?, ?)
ON CONFLICT (list_id, account_id) DO UPDATE SET follow_id = excluded.follow_id"""
MEMBER_IDS = (
    f"SELECT m.account_id FROM people_list_member m JOIN people_list l ON l.id = m.list_id WHERE l.id = ? AND {MEMBERS}"
)
LISTED = f"""
SELECT m.account_id FROM people_list_member m JOIN people_list l ON l.id = m.list_id
JOIN account a ON a.id = m.account_id AND a.suspended = 0
WHERE l.id = ? AND {STANDING} AND m.account_id < ? AND m.account_id > ? ORDER BY m.account_id {{direction}} LIMIT ?"""
HOLDING = f"""
SELECT {COLUMNS} FROM people_list l JOIN people_list_member m ON m.list_id = l.id
WHERE l.account_id = ? AND m.account_id = ? AND {STANDING} ORDER BY l.id"""
SIZES = f"""
SELECT l.id, count(*) FROM people_list l JOIN people_list_member m ON m.list_id = l.id
WHERE l.account_id = ? AND {STANDING} GROUP BY l.id"""


class PeopleList(NamedTuple):
    """A row of `people_list`. `account_id` is the owner's."""

    id: int
    account_id: int
    title: str
    replies_policy: str
    exclusive: int


def lists_of(connection: Connection, account_id: int) -> list[PeopleList]:
    """An account's lists, the oldest first."""
    return [PeopleList(*row) for row in connection.rows(OF_ACCOUNT, (account_id,))]


def sizes(connection: Connection, account_id: int) -> dict[int, int]:
    """How many people each of an account's lists holds; empty ones are left out."""
    return dict(connection.rows(SIZES, (account_id,)))


def holding(connection: Connection, account_id: int, member_id: int) -> list[PeopleList]:
    """Those of an account's lists that somebody stands in."""
    return [PeopleList(*row) for row in connection.rows(HOLDING, (account_id, member_id))]


def list_at(connection: Connection, account_id: int, list_id: int) -> PeopleList:
    """One's own list. Raises Missing for everybody else's."""
    row = connection.row(BY_ID, (list_id, account_id))
    if row is None:
        raise Missing
    return PeopleList(*row)


def insert_list(connection: Connection, account_id: int, list_id: int, change: ListChange) -> int:
    """A new list; its id. Raises Invalid when there are too many."""
    if connection.value(COUNT, (account_id,)) >= MOST:
        raise Invalid({"base": [("ERR_LIMIT", "You have reached the maximum number of lists")]})
    policy = "list" if change.replies_policy is UNSET else change.replies_policy
    connection.execute(INSERT, (list_id, account_id, change.title, policy, int(change.exclusive is True)))
    return list_id


def update_list(connection: Connection, account_id: int, list_id: int, change: ListChange) -> PeopleList:
    """The list as it is now. Raises Missing."""
    known = list_at(connection, account_id, list_id)
    title = known.title if change.title is UNSET else change.title
    policy = known.replies_policy if change.replies_policy is UNSET else change.replies_policy
    exclusive = known.exclusive if change.exclusive is UNSET else int(change.exclusive)
    connection.execute(UPDATE, (title, policy, exclusive, list_id))
    return PeopleList(list_id, account_id, title, policy, exclusive)


def delete_list(connection: Connection, account_id: int, list_id: int) -> None:
    """Raises Missing."""
    list_at(connection, account_id, list_id)
    connection.execute(DELETE_MEMBERS, (list_id,))
    connection.execute(DELETE, (list_id,))


def add_members(connection: Connection, account_id: int, list_id: int, ids: Sequence[int]) -> None:
    """Put people the owner follows, or has asked to, into a list.

    Raises Missing (list, or somebody neither followed nor asked), Invalid (there already).
    """
    list_at(connection, account_id, list_id)
    for member_id in dict.fromkeys(ids):
        follow_id = 0 if member_id == account_id else connection.value(FOLLOW, (account_id, member_id) * 2)
        if follow_id is None:
            raise Missing
        if connection.row(MEMBER, (list_id, member_id)) is not None:
            raise Invalid({"account": [("ERR_TAKEN", "has already been taken")]})
        connection.execute(PUT_MEMBER, (list_id, member_id, follow_id))


def granted(connection: Connection, member_id: int, request_id: int, follow_id: int) -> None:
    """A follow that was asked for is there: a place in a list that waited for it holds."""
    connection.execute(GRANT, (follow_id, member_id, -request_id))


def remove_members(connection: Connection, account_id: int, list_id: int, ids: Sequence[int]) -> None:
    """Take people out of a list. Raises Missing."""
    list_at(connection, account_id, list_id)
    for member_id in ids:
        connection.execute(DELETE_MEMBER, (list_id, member_id))


def member_ids(connection: Connection, list_id: int) -> list[int]:
    """Everybody in a list."""
    return [member_id for (member_id,) in connection.rows(MEMBER_IDS, (list_id,))]


def members(connection: Connection, account_id: int, list_id: int, paging: Paging) -> Listing[int]:
    """A page of a list's people, those who came to the network last first. Raises Missing."""
    list_at(connection, account_id, list_id)

    def select(direction: str, bounds: tuple[int, int, int]) -> list[int]:
        return [member_id for (member_id,) in connection.rows(LISTED.format(direction=direction), (list_id, *bounds))]

    found = newest_first(paging, select)
    return Listing(found, found[-1], found[0]) if found else Listing([])
