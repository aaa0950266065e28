"""Posts, boosts and marks as tables: what the timelines are selected from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ostrov import Connection
from raf.domain import text as texts
from raf.domain.events import (
    Bookmarked,
    Boosted,
    ConversationMuted,
    ConversationUnmuted,
    Favourited,
    Mentioned,
    Pinned,
    PostDeleted,
    Posted,
    PostEdited,
    Unbookmarked,
    Unboosted,
    Unfavourited,
    Unpinned,
)
from raf.domain.text import Piece
from raf.domain.visibility import is_counted, is_open

INSERT_STATUS = """
INSERT INTO status (id, account_id, created_at, in_reply_to_id, in_reply_to_account_id, conversation_id, visibility, sensitive,
  spoiler_text, language, text, content, application_id, media_count)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
INSERT_BOOST = """
INSERT INTO status (id, account_id, created_at, conversation_id, reblog_of_id, visibility) VALUES (?, ?, ?, ?, ?, ?)"""
COUNT_POST = """
UPDATE account SET statuses_count = statuses_count + 1, last_status_at = ? WHERE id = ?"""
UNCOUNT_POST = "UPDATE account SET statuses_count = statuses_count - 1 WHERE id = ?"
COUNT_REPLY = "UPDATE status SET replies_count = replies_count + ? WHERE id = ?"
COUNT_FAVOURITE = "UPDATE status SET favourites_count = favourites_count + ? WHERE id = ?"
COUNT_BOOST = "UPDATE status SET reblogs_count = reblogs_count + ? WHERE id = ?"
INSERT_MENTION = "INSERT INTO mention (status_id, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
INSERT_TAG = "INSERT INTO status_tag (tag, status_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
ATTACH = "UPDATE media SET status_id = ?, position = ? WHERE id = ?"
DETACH = "UPDATE media SET status_id = NULL, position = 0 WHERE status_id = ?"
RETIRE = "UPDATE media SET position = -1 WHERE status_id = ?"
"""Files of older versions stay with their post, for its history shows them."""
INSERT_MARK = "INSERT INTO {table} (account_id, {other}, id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
DELETE_MARK = "DELETE FROM {table} WHERE account_id = ? AND {other} = ?"
INSERT_FAVOURITE = INSERT_MARK.format(table="favourite", other="status_id")
DELETE_FAVOURITE = DELETE_MARK.format(table="favourite", other="status_id")
INSERT_EDIT = """
INSERT INTO status_edit (status_id, version, created_at, spoiler_text, sensitive, content, media_ids, poll_options)
SELECT s.id, (SELECT count(*) FROM status_edit e WHERE e.status_id = s.id) + 1, coalesce(s.edited_at, s.created_at),
  s.spoiler_text, s.sensitive, s.content, ?, (SELECT p.options FROM poll p WHERE p.status_id = s.id)
FROM status s WHERE s.id = ?"""
EDIT_STATUS = """
UPDATE status SET edited_at = ?, spoiler_text = ?, sensitive = ?, language = ?, text = ?, content = ?, media_count = ?
WHERE id = ?"""
MEDIA_IDS = "SELECT id FROM media WHERE status_id = ? AND position >= 0 ORDER BY position"
POST = "SELECT account_id, visibility, in_reply_to_id FROM status WHERE id = ?"
INSERT_TOMBSTONE = "INSERT INTO tombstone (status_id, account_id, deleted_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
ORPHAN = "UPDATE status SET in_reply_to_id = NULL WHERE in_reply_to_id = ?"
BOOSTS = "SELECT id, account_id FROM status WHERE reblog_of_id = ?"
BOOST = "SELECT visibility FROM status WHERE id = ?"
DELETE_STATUS = "DELETE FROM status WHERE id = ?"
OF_POST = tuple(
    f"DELETE FROM {table} WHERE status_id = ?"
    for table in ("favourite", "bookmark", "pin", "mention", "status_tag", "status_edit")
)


def posted(connection: Connection, event: Posted) -> None:
    found = texts.pieces(event.text)
    connection.execute(
        INSERT_STATUS,
        (
            event.status_id,
            event.account_id,
            event.at,
            event.in_reply_to_id,
            event.in_reply_to_account_id,
            event.conversation_id or event.status_id,
            event.visibility,
            int(event.sensitive),
            event.spoiler_text,
            event.language,
            event.text,
            texts.html(event.text, found, _accts(event.mentions)),
            event.application_id,
            len(event.media_ids),
        ),
    )
    if is_counted(event.visibility):
        connection.execute(COUNT_POST, (event.at, event.account_id))
    if event.in_reply_to_id is not None and is_open(event.visibility):
        connection.execute(COUNT_REPLY, (1, event.in_reply_to_id))
    if found or event.mentions:
        _index(connection, event.status_id, event.mentions, found)
    for position, media_id in enumerate(event.media_ids):
        connection.execute(ATTACH, (event.status_id, position, media_id))


def edited(connection: Connection, event: PostEdited) -> None:
    before = [media_id for (media_id,) in connection.rows(MEDIA_IDS, (event.status_id,))]
    connection.execute(INSERT_EDIT, (msgspec.json.encode(before).decode(), event.status_id))
    found = texts.pieces(event.text)
    content = texts.html(event.text, found, _accts(event.mentions))
    connection.execute(
        EDIT_STATUS,
        (
            *(event.at, event.spoiler_text, int(event.sensitive), event.language, event.text, content),
            *(len(event.media_ids), event.status_id),
        ),
    )
    connection.execute("DELETE FROM mention WHERE status_id = ?", (event.status_id,))
    connection.execute("DELETE FROM status_tag WHERE status_id = ?", (event.status_id,))
    _index(connection, event.status_id, event.mentions, found)
    connection.execute(RETIRE, (event.status_id,))
    for position, media_id in enumerate(event.media_ids):
        connection.execute(ATTACH, (event.status_id, position, media_id))


def deleted(connection: Connection, event: PostDeleted) -> None:
    post = connection.row(POST, (event.status_id,))
    if post is None:
        return
    account_id, visibility, in_reply_to_id = post
    for boost_id, booster_id in connection.rows(BOOSTS, (event.status_id,)):
        _delete_boost(connection, boost_id, booster_id)
    for statement in OF_POST:
        connection.execute(statement, (event.status_id,))
    connection.execute(DETACH, (event.status_id,))
    connection.execute(ORPHAN, (event.status_id,))
    connection.execute(DELETE_STATUS, (event.status_id,))
    connection.execute(INSERT_TOMBSTONE, (event.status_id, account_id, event.at))
    if is_counted(visibility):
        connection.execute(UNCOUNT_POST, (account_id,))
    if in_reply_to_id is not None and is_open(visibility):
        connection.execute(COUNT_REPLY, (-1, in_reply_to_id))


def boosted(connection: Connection, event: Boosted) -> None:
    connection.execute(
        INSERT_BOOST,
        (event.status_id, event.account_id, event.at, event.status_id, event.reblog_of_id, event.visibility),
    )
    connection.execute(COUNT_BOOST, (1, event.reblog_of_id))
    connection.execute(COUNT_POST, (event.at, event.account_id))


def unboosted(connection: Connection, event: Unboosted) -> None:
    if connection.value(BOOST, (event.status_id,)) is None:
        return
    _delete_boost(connection, event.status_id, event.account_id)
    connection.execute(COUNT_BOOST, (-1, event.reblog_of_id))


def favourited(connection: Connection, event: Favourited) -> None:
    if connection.execute(INSERT_FAVOURITE, (event.account_id, event.status_id, event.id, event.at)):
        connection.execute(COUNT_FAVOURITE, (1, event.status_id))


def unfavourited(connection: Connection, event: Unfavourited) -> None:
    if connection.execute(DELETE_FAVOURITE, (event.account_id, event.status_id)):
        connection.execute(COUNT_FAVOURITE, (-1, event.status_id))


def _marked(table: str, other: str) -> Callable[[Connection, Any], None]:
    statement = INSERT_MARK.format(table=table, other=other)

    def marked(connection: Connection, event: Any) -> None:
        connection.execute(statement, (event.account_id, getattr(event, other), event.id, event.at))

    return marked


def _unmarked(table: str, other: str) -> Callable[[Connection, Any], None]:
    statement = DELETE_MARK.format(table=table, other=other)

    def unmarked(connection: Connection, event: Any) -> None:
        connection.execute(statement, (event.account_id, getattr(event, other)))

    return unmarked


def _accts(mentioned: Sequence[Mentioned]) -> dict[str, str]:
    return {name.lower(): name for _, name in mentioned}


def _index(connection: Connection, status_id: int, mentioned: Sequence[Mentioned], found: list[Piece]) -> None:
    for account_id, _ in mentioned:
        connection.execute(INSERT_MENTION, (status_id, account_id))
    for tag in texts.tags(found):
        connection.execute(INSERT_TAG, (tag, status_id))


def _delete_boost(connection: Connection, boost_id: int, booster_id: int) -> None:
    connection.execute(DELETE_STATUS, (boost_id,))
    connection.execute(UNCOUNT_POST, (booster_id,))


def reset(connection: Connection) -> None:
    """Files stay; which post holds them is written again."""
    connection.execute("UPDATE media SET status_id = NULL, position = 0 WHERE status_id IS NOT NULL")


PROJECTIONS = {
    Posted: posted,
    PostEdited: edited,
    PostDeleted: deleted,
    Boosted: boosted,
    Unboosted: unboosted,
    Favourited: favourited,
    Unfavourited: unfavourited,
    Bookmarked: _marked("bookmark", "status_id"),
    Unbookmarked: _unmarked("bookmark", "status_id"),
    Pinned: _marked("pin", "status_id"),
    Unpinned: _unmarked("pin", "status_id"),
    ConversationMuted: _marked("conversation_mute", "conversation_id"),
    ConversationUnmuted: _unmarked("conversation_mute", "conversation_id"),
}
TABLES = (
    *("status", "tombstone", "status_edit", "mention", "status_tag"),
    *("favourite", "bookmark", "pin", "conversation_mute"),
)
