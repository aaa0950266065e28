"""Lists of posts selected from tables: profiles, hashtags, threads, favourites, versions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from ostrov import Connection
from raf.accounts.reading import StatusVersion
from raf.domain.text import normal_tag
from raf.domain.visibility import VISIBLE, viewer
from raf.media.attachments import COLUMNS as MEDIA_COLUMNS
from raf.media.attachments import Attachment
from raf.paging import Listing, Paging, newest_first
from raf.posts import lookup

OF_ACCOUNT = f"""
SELECT s.id FROM status s WHERE s.account_id = ? AND s.id < ? AND s.id > ?
AND (? = 0 OR s.in_reply_to_account_id IS NULL OR s.in_reply_to_account_id = s.account_id)
AND (? = 0 OR s.reblog_of_id IS NULL) AND (? = 0 OR s.media_count > 0)
AND (? = '' OR EXISTS (SELECT 1 FROM status_tag WHERE status_tag.tag = ? AND status_tag.status_id = s.id))
AND {VISIBLE} ORDER BY s.id {{direction}} LIMIT ?"""
PINNED = f"""
SELECT s.id FROM pin JOIN status s ON s.id = pin.status_id WHERE pin.account_id = ? AND {VISIBLE}
ORDER BY pin.id DESC LIMIT ?"""
UNWANTED = """
NOT EXISTS (SELECT 1 FROM mute WHERE mute.account_id = ? AND mute.target_id = s.account_id
  AND (mute.expires_at IS NULL OR mute.expires_at > ?))
AND NOT EXISTS (SELECT 1 FROM block WHERE block.account_id = ? AND block.target_id = s.account_id)"""
OF_TAG = f"""
SELECT s.id FROM status_tag t JOIN status s ON s.id = t.status_id
WHERE t.tag = ? AND t.status_id < ? AND t.status_id > ? AND s.visibility = 'public' AND (? = 0 OR s.media_count > 0)
AND {VISIBLE} AND {UNWANTED} ORDER BY t.status_id {{direction}} LIMIT ?"""
OF_TAGS = f"""
SELECT s.id FROM status s
WHERE s.id IN (SELECT status_id FROM status_tag WHERE tag IN ({{any_of}})) AND s.id < ? AND s.id > ? AND s.visibility = 'public'
AND (? = 0 OR s.media_count > 0) AND {VISIBLE} AND {UNWANTED}
AND (SELECT count(*) FROM status_tag WHERE status_id = s.id AND tag IN ({{all_of}})) = ?
AND NOT EXISTS (SELECT 1 FROM status_tag WHERE status_id = s.id AND tag IN ({{none_of}}))
ORDER BY s.id {{direction}} LIMIT ?"""
MARKED = """
SELECT id, status_id FROM {table} WHERE account_id = ? AND id < ? AND id > ? ORDER BY id {direction} LIMIT ?"""
ABOVE = """
WITH RECURSIVE above (id, parent, depth) AS (
  SELECT id, in_reply_to_id, 0 FROM status WHERE id = ?
  UNION ALL SELECT s.id, s.in_reply_to_id, above.depth + 1 FROM above JOIN status s ON s.id = above.parent
  WHERE above.depth < ?)
SELECT id FROM above WHERE depth > 0 ORDER BY depth DESC"""
BELOW = """
WITH RECURSIVE below (id, parent, depth) AS (
  SELECT id, in_reply_to_id, 0 FROM status WHERE id = ?
  UNION ALL SELECT s.id, s.in_reply_to_id, below.depth + 1 FROM below JOIN status s ON s.in_reply_to_id = below.id
  WHERE below.depth < ?)
SELECT id, parent FROM below WHERE depth > 0 ORDER BY id LIMIT ?"""
SEEN = f"SELECT s.id FROM status s WHERE s.id IN ({{marks}}) AND {VISIBLE} AND {UNWANTED}"
SOURCE = "SELECT text, spoiler_text FROM status WHERE id = ?"
VERSIONS = """
SELECT content, spoiler_text, sensitive, created_at, media_ids, poll_options
FROM status_edit WHERE status_id = ? ORDER BY version"""
PRESENT = """
SELECT content, spoiler_text, sensitive, coalesce(edited_at, created_at),
  (SELECT options FROM poll WHERE poll.status_id = status.id) FROM status WHERE id = ?"""
LIKERS = "SELECT id, account_id FROM favourite WHERE status_id = ? AND id < ? AND id > ? ORDER BY id {direction} LIMIT ?"
BOOSTERS = f"""
SELECT s.id, s.account_id FROM status s WHERE s.reblog_of_id = ? AND s.id < ? AND s.id > ? AND {VISIBLE}
ORDER BY s.id {{direction}} LIMIT ?"""
FILE = f"SELECT {MEDIA_COLUMNS} FROM media WHERE id = ?"
FILES = f"SELECT {MEDIA_COLUMNS} FROM media WHERE status_id = ? AND position >= 0 ORDER BY position"
MOST_ABOVE, MOST_BELOW, DEEPEST = 4096, 4096, 4096
STRANGERS_ABOVE, STRANGERS_BELOW, STRANGERS_DEEPEST = 40, 60, 20
"""How much of a thread is shown to whom (app/controllers/api/v1/statuses_controller.rb, Mastodon 4.4)."""


def of_account(
    connection: Connection,
    account_id: int,
    viewer_id: int | None,
    paging: Paging,
    exclude_replies: bool,
    exclude_reblogs: bool,
    only_media: bool,
    tagged: str,
) -> list[int]:
    """What an account posted and the viewer may see, newest first."""
    tag = normal_tag(tagged) if tagged else ""
    chosen = (int(exclude_replies), int(exclude_reblogs), int(only_media), tag, tag)

    def select(direction: str, bounds: tuple[int, int, int]) -> list[int]:
        below, above, limit = bounds
        parameters = (account_id, below, above, *chosen, *viewer(viewer_id), limit)
        return _ids(connection.rows(OF_ACCOUNT.format(direction=direction), parameters))

    return newest_first(paging, select)


def pinned(connection: Connection, account_id: int, viewer_id: int | None, limit: int) -> list[int]:
    """What an account pinned and the viewer may see, the last pinned first."""
    return _ids(connection.rows(PINNED, (account_id, *viewer(viewer_id), limit)))


def of_tag(
    connection: Connection,
    viewer_id: int | None,
    tag: str,
    paging: Paging,
    only_media: bool,
    any_of: Sequence[str],
    all_of: Sequence[str],
    none_of: Sequence[str],
) -> list[int]:
    """Public posts with a hashtag (or one of `any_of`), with all of `all_of` and none of `none_of`, newest first."""
    who, now = viewer_id or 0, time.time()
    first = list(dict.fromkeys(normal_tag(name) for name in (tag, *any_of)))
    every, none = sorted({normal_tag(name) for name in all_of}), sorted({normal_tag(name) for name in none_of})
    seen = (int(only_media), *viewer(viewer_id), who, now, who)

    def select(direction: str, bounds: tuple[int, int, int]) -> list[int]:
        below, above, limit = bounds
        if len(first) == 1 and not every and not none:
            return _ids(connection.rows(OF_TAG.format(direction=direction), (*first, below, above, *seen, limit)))
        sql = OF_TAGS.format(any_of=_marks(first), all_of=_marks(every), none_of=_marks(none), direction=direction)
        return _ids(connection.rows(sql, (*first, below, above, *seen, *every, len(every), *none, limit)))

    return newest_first(paging, select)


def marked(connection: Connection, table: str, account_id: int, paging: Paging) -> Listing[int]:
    """The statuses an account likes (`favourite`) or kept (`bookmark`), the last one first."""
    assert table in ("favourite", "bookmark")

    def select(direction: str, bounds: tuple[int, int, int]) -> list[Any]:
        return connection.rows(MARKED.format(table=table, direction=direction), (account_id, *bounds))

    return _listing(newest_first(paging, select))


def context(connection: Connection, status_id: int, viewer_id: int | None) -> tuple[list[int], list[int]]:
    """Ids above a status, the thread's first one first, and below it, each reply before the replies to it. Raises Missing."""
    post = lookup.seen_post(connection, status_id, viewer_id)
    stranger = viewer_id is None
    above = _ids(connection.rows(ABOVE, (post.id, STRANGERS_ABOVE if stranger else MOST_ABOVE)))
    limits = (STRANGERS_DEEPEST, STRANGERS_BELOW) if stranger else (DEEPEST, MOST_BELOW)
    below = _threaded(post.id, connection.rows(BELOW, (post.id, *limits)))
    seen = _seen(connection, [*above, *below], viewer_id)
    return [identity for identity in above if identity in seen], [identity for identity in below if identity in seen]


def source(connection: Connection, account_id: int, status_id: int) -> tuple[str, str]:
    """The text and the warning as typed. Raises Missing."""
    post = lookup.own(connection, status_id, account_id)
    row = connection.row(SOURCE, (post.id,))
    assert row is not None
    return row[0], row[1]


def versions(connection: Connection, status_id: int, viewer_id: int | None) -> tuple[int, list[StatusVersion]]:
    """The author's id and each version of a post, the oldest first. Raises Missing."""
    post = lookup.seen_post(connection, status_id, viewer_id)
    found: list[StatusVersion] = []
    for content, spoiler_text, sensitive, at, media_ids, options in connection.rows(VERSIONS, (post.id,)):
        files = [Attachment(*row) for i in msgspec.json.decode(media_ids) for row in connection.rows(FILE, (i,))]
        found.append((content, spoiler_text, sensitive, at, files, options))
    for content, spoiler_text, sensitive, at, options in connection.rows(PRESENT, (post.id,)):
        files = [Attachment(*row) for row in connection.rows(FILES, (post.id,))]
        found.append((content, spoiler_text, sensitive, at, files, options))
    return post.account_id, found


def likers(connection: Connection, status_id: int, viewer_id: int | None, paging: Paging) -> Listing[int]:
    """Ids of the accounts that like a post. Raises Missing."""
    post = lookup.seen_post(connection, status_id, viewer_id)

    def select(direction: str, bounds: tuple[int, int, int]) -> list[Any]:
        return connection.rows(LIKERS.format(direction=direction), (post.id, *bounds))

    return _listing(newest_first(paging, select))


def boosters(connection: Connection, status_id: int, viewer_id: int | None, paging: Paging) -> Listing[int]:
    """Ids of the accounts that boosted a post and whose boost the viewer may see. Raises Missing."""
    post = lookup.seen_post(connection, status_id, viewer_id)

    def select(direction: str, bounds: tuple[int, int, int]) -> list[Any]:
        below, above, limit = bounds
        parameters = (post.id, below, above, *viewer(viewer_id), limit)
        return connection.rows(BOOSTERS.format(direction=direction), parameters)

    return _listing(newest_first(paging, select))


def _seen(connection: Connection, ids: Sequence[int], viewer_id: int | None) -> set[int]:
    seen: set[int] = set()
    who, now = viewer_id or 0, time.time()
    for start in range(0, len(ids), 400):
        some = ids[start : start + 400]
        sql = SEEN.format(marks=_marks(some))
        seen.update(_ids(connection.rows(sql, (*some, *viewer(viewer_id), who, now, who))))
    return seen


def _threaded(root: int, rows: Sequence[Any]) -> list[int]:
    children: dict[int, list[int]] = {}
    for identity, parent in rows:
        children.setdefault(parent, []).append(identity)
    ordered: list[int] = []
    waiting = children.get(root, [])[::-1]
    while waiting:
        identity = waiting.pop()
        ordered.append(identity)
        waiting += children.get(identity, [])[::-1]
    return ordered


def _listing(rows: Sequence[Any]) -> Listing[int]:
    if not rows:
        return Listing([])
    return Listing([other for _, other in rows], older=rows[-1][0], newer=rows[0][0])


def _ids(rows: Sequence[Any]) -> list[int]:
    return [row[0] for row in rows]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values)) or "NULL"
