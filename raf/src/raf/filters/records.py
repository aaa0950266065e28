"""Filters as tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from ostrov import Connection
from raf.errors import Invalid, Missing
from raf.filters.forms import MOST, FilterChange, KeywordChange
from raf.posts.lookup import seen

COLUMNS = "id, title, contexts, action, expires_at"
OF_ACCOUNT = f"SELECT {COLUMNS} FROM content_filter WHERE account_id = ? ORDER BY id"
BY_ID = f"SELECT {COLUMNS} FROM content_filter WHERE id = ? AND account_id = ?"
COUNT = "SELECT count(*) FROM content_filter WHERE account_id = ?"
INSERT = "INSERT INTO content_filter (id, account_id, title, contexts, action, expires_at) VALUES (?, ?, ?, ?, ?, ?)"
UPDATE = "UPDATE content_filter SET title = ?, contexts = ?, action = ?, expires_at = ? WHERE id = ?"
DELETE = "DELETE FROM content_filter WHERE id = ?"
DELETE_KEYWORDS = "DELETE FROM content_filter_keyword WHERE filter_id = ?"
DELETE_STATUSES = "DELETE FROM content_filter_status WHERE filter_id = ?"
KEYWORDS = """
SELECT k.filter_id, k.id, k.keyword, k.whole_word FROM content_filter_keyword k JOIN content_filter f ON f.id = k.filter_id
WHERE f.account_id = ? ORDER BY k.id"""
STATUSES = """
SELECT p.filter_id, p.id, p.status_id FROM content_filter_status p JOIN content_filter f ON f.id = p.filter_id
WHERE f.account_id = ? AND EXISTS (SELECT 1 FROM status s WHERE s.id = p.status_id) ORDER BY p.id"""
FILTER_OF_KEYWORD = """
SELECT k.filter_id FROM content_filter_keyword k JOIN content_filter f ON f.id = k.filter_id
WHERE k.id = ? AND f.account_id = ?"""
FILTER_OF_STATUS = """
SELECT p.filter_id FROM content_filter_status p JOIN content_filter f ON f.id = p.filter_id
WHERE p.id = ? AND f.account_id = ?"""
COUNT_KEYWORDS = "SELECT count(*) FROM content_filter_keyword WHERE filter_id = ?"
COUNT_STATUSES = "SELECT count(*) FROM content_filter_status WHERE filter_id = ?"
INSERT_KEYWORD = "INSERT INTO content_filter_keyword (id, filter_id, keyword, whole_word) VALUES (?, ?, ?, ?)"
UPDATE_KEYWORD = "UPDATE content_filter_keyword SET keyword = ?, whole_word = ? WHERE id = ?"
DELETE_KEYWORD = "DELETE FROM content_filter_keyword WHERE id = ?"
INSERT_STATUS = "INSERT INTO content_filter_status (id, filter_id, status_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
DELETE_STATUS = "DELETE FROM content_filter_status WHERE id = ?"
NextId = Callable[[], int]


class Keyword(NamedTuple):
    """A word or phrase of a filter."""

    id: int
    keyword: str
    whole_word: bool


class FilteredPost(NamedTuple):
    """A post that stands in a filter itself."""

    id: int
    status_id: int


class Filter(NamedTuple):
    """`expires_at` is in epoch seconds, None for never; `action` is warn, hide or blur."""

    id: int
    title: str
    contexts: tuple[str, ...]
    action: str
    expires_at: float | None
    keywords: tuple[Keyword, ...] = ()
    statuses: tuple[FilteredPost, ...] = ()


def filters_of(connection: Connection, account_id: int) -> list[Filter]:
    """An account's filters with all they hold, the oldest first, the expired too."""
    rows = connection.rows(OF_ACCOUNT, (account_id,))
    if not rows:
        return []
    keywords: dict[int, list[Keyword]] = {}
    for filter_id, identity, keyword, whole in connection.rows(KEYWORDS, (account_id,)):
        keywords.setdefault(filter_id, []).append(Keyword(identity, keyword, bool(whole)))
    statuses: dict[int, list[FilteredPost]] = {}
    for filter_id, identity, status_id in connection.rows(STATUSES, (account_id,)):
        statuses.setdefault(filter_id, []).append(FilteredPost(identity, status_id))
    return [
        Filter(
            *(identity, title, tuple(msgspec.json.decode(contexts)), action, expires_at),
            tuple(keywords.get(identity, ())),
            tuple(statuses.get(identity, ())),
        )
        for identity, title, contexts, action, expires_at in rows
    ]


def filter_at(connection: Connection, account_id: int, filter_id: int) -> Filter:
    """One's own filter. Raises Missing."""
    for found in filters_of(connection, account_id):
        if found.id == filter_id:
            return found
    raise Missing


def insert_filter(connection: Connection, account_id: int, change: FilterChange, next_id: NextId, now: float) -> int:
    """A new filter; its id. Raises Invalid when there are too many."""
    if connection.value(COUNT, (account_id,)) >= MOST:
        raise Invalid({"base": [("ERR_LIMIT", f"You cannot have more than {MOST} filters")]})
    filter_id = next_id()
    action = "warn" if change.action is UNSET else change.action
    expires_at = now + change.expires_in if isinstance(change.expires_in, float | int) else None
    contexts = msgspec.json.encode(change.contexts).decode()
    connection.execute(INSERT, (filter_id, account_id, change.title, contexts, action, expires_at))
    _change_keywords(connection, account_id, filter_id, change.keywords, next_id)
    return filter_id


def update_filter(
    connection: Connection, account_id: int, filter_id: int, change: FilterChange, next_id: NextId, now: float
) -> None:
    """Raises Missing, Invalid."""
    known = filter_at(connection, account_id, filter_id)
    contexts = known.contexts if change.contexts is UNSET else change.contexts
    expires_at = known.expires_at
    if change.expires_in is not UNSET:
        expires_at = None if change.expires_in is None else now + change.expires_in
    connection.execute(
        UPDATE,
        (
            known.title if change.title is UNSET else change.title,
            msgspec.json.encode(contexts).decode(),
            known.action if change.action is UNSET else change.action,
            expires_at,
            filter_id,
        ),
    )
    _change_keywords(connection, account_id, filter_id, change.keywords, next_id)


def delete_filter(connection: Connection, account_id: int, filter_id: int) -> None:
    """Raises Missing."""
    if connection.row(BY_ID, (filter_id, account_id)) is None:
        raise Missing
    for statement in (DELETE_KEYWORDS, DELETE_STATUSES, DELETE):
        connection.execute(statement, (filter_id,))


def filter_of_keyword(connection: Connection, account_id: int, keyword_id: int) -> Filter:
    """The filter one's keyword stands in. Raises Missing."""
    return filter_at(connection, account_id, connection.value(FILTER_OF_KEYWORD, (keyword_id, account_id)) or 0)


def filter_of_status(connection: Connection, account_id: int, filtered_id: int) -> Filter:
    """The filter a post stands in, by the id of its standing there. Raises Missing."""
    return filter_at(connection, account_id, connection.value(FILTER_OF_STATUS, (filtered_id, account_id)) or 0)


def put_keyword(connection: Connection, account_id: int, filter_id: int, change: KeywordChange, next_id: NextId) -> int:
    """Add or change a keyword; its id. Raises Missing, Invalid."""
    known = filter_at(connection, account_id, filter_id)
    if change.id is None:
        if connection.value(COUNT_KEYWORDS, (filter_id,)) >= MOST:
            raise Invalid({"base": [("ERR_LIMIT", f"A filter cannot have more than {MOST} keywords")]})
        identity = next_id()
        connection.execute(INSERT_KEYWORD, (identity, filter_id, change.keyword, int(change.whole_word is not False)))
        return identity
    for before in known.keywords:
        if before.id == change.id:
            keyword = before.keyword if change.keyword is UNSET else change.keyword
            whole = before.whole_word if change.whole_word is UNSET else change.whole_word
            connection.execute(UPDATE_KEYWORD, (keyword, int(whole), before.id))
            return before.id
    raise Missing


def delete_keyword(connection: Connection, account_id: int, keyword_id: int, *, with_empty_filter: bool = False) -> None:
    """Raises Missing. On wish a filter that holds nothing any more goes with its last keyword."""
    known = filter_of_keyword(connection, account_id, keyword_id)
    connection.execute(DELETE_KEYWORD, (keyword_id,))
    if with_empty_filter and len(known.keywords) == 1 and not known.statuses:
        delete_filter(connection, account_id, known.id)


def put_status(connection: Connection, account_id: int, filter_id: int, status_id: int, next_id: NextId) -> int:
    """Filter one post. Raises Missing (the filter, or a post one may not see), Invalid (there already)."""
    known = filter_at(connection, account_id, filter_id)
    post = seen(connection, status_id, account_id)
    if len(known.statuses) >= MOST * 5:
        raise Invalid({"base": [("ERR_LIMIT", f"A filter cannot have more than {MOST * 5} posts")]})
    identity = next_id()
    if not connection.execute(INSERT_STATUS, (identity, filter_id, post.id)):
        raise Invalid({"status": [("ERR_TAKEN", "has already been taken")]})
    return identity


def delete_status(connection: Connection, account_id: int, filtered_id: int) -> None:
    """Raises Missing."""
    filter_of_status(connection, account_id, filtered_id)
    connection.execute(DELETE_STATUS, (filtered_id,))


def _change_keywords(
    connection: Connection, account_id: int, filter_id: int, changes: tuple[KeywordChange, ...], next_id: NextId
) -> None:
    for change in changes:
        if change.gone and change.id is not None:
            if connection.value(FILTER_OF_KEYWORD, (change.id, account_id)) != filter_id:
                raise Missing
            connection.execute(DELETE_KEYWORD, (change.id,))
        elif not change.gone:
            put_keyword(connection, account_id, filter_id, change, next_id)
