"""The first link of each open post, as a table: which card it shows."""

from __future__ import annotations

from ostrov import Connection
from raf.domain import text as texts
from raf.domain.events import PostDeleted, Posted, PostEdited
from raf.domain.visibility import is_open

HAS_LINK = 4
"""The bit of `status.extras` that says that a post has a link whose card may be shown."""
PUT = """
INSERT INTO post_preview (status_id, url) VALUES (?, ?) ON CONFLICT (status_id) DO UPDATE SET url = excluded.url"""
DELETE = "DELETE FROM post_preview WHERE status_id = ?"
MARK = f"UPDATE status SET extras = extras | {HAS_LINK} WHERE id = ?"
UNMARK = f"UPDATE status SET extras = extras & ~{HAS_LINK} WHERE id = ?"


def posted(connection: Connection, event: Posted) -> None:
    if "://" in event.text and is_open(event.visibility):
        _put(connection, event.status_id, event.text)


def edited(connection: Connection, event: PostEdited) -> None:
    if not is_open(event.visibility):
        return
    if connection.execute(DELETE, (event.status_id,)):
        connection.execute(UNMARK, (event.status_id,))
    if "://" in event.text:
        _put(connection, event.status_id, event.text)


def deleted(connection: Connection, event: PostDeleted) -> None:
    connection.execute(DELETE, (event.status_id,))


def _put(connection: Connection, status_id: int, text: str) -> None:
    from raf.previews.posting import first_link

    url = first_link(texts.pieces(text))
    if url:
        connection.execute(PUT, (status_id, url))
        connection.execute(MARK, (status_id,))


PROJECTIONS = {Posted: posted, PostEdited: edited, PostDeleted: deleted}
TABLES = ("post_preview",)
