"""Finding the post a command is about."""

from __future__ import annotations

from typing import NamedTuple

from ostrov import Connection
from raf.domain.visibility import VISIBLE, viewer
from raf.errors import Missing


class Post(NamedTuple):
    """A row of `status`, as commands need it."""

    id: int
    account_id: int
    visibility: str
    reblog_of_id: int | None
    conversation_id: int
    in_reply_to_id: int | None


COLUMNS = "s.id, s.account_id, s.visibility, s.reblog_of_id, s.conversation_id, s.in_reply_to_id"
SEEN = f"SELECT {COLUMNS} FROM status s WHERE s.id = ? AND {VISIBLE}"
OWN = f"SELECT {COLUMNS} FROM status s WHERE s.id = ?"
MAY_SEE = f"SELECT 1 FROM status s WHERE s.id = ? AND {VISIBLE}"
BLOCKED = "SELECT 1 FROM block WHERE account_id = ? AND target_id = ?"


def seen(connection: Connection, status_id: int, viewer_id: int | None) -> Post:
    """A status the viewer may see, boost or post. Raises Missing."""
    row = connection.row(SEEN, (status_id, *viewer(viewer_id)))
    if row is None:
        raise Missing
    post = Post(*row)
    if post.reblog_of_id is not None and connection.row(MAY_SEE, (post.reblog_of_id, *viewer(viewer_id))) is None:
        raise Missing
    return post


def seen_post(connection: Connection, status_id: int, viewer_id: int | None) -> Post:
    """The post itself, when it is a boost the post it holds. Raises Missing."""
    post = seen(connection, status_id, viewer_id)
    return post if post.reblog_of_id is None else seen(connection, post.reblog_of_id, viewer_id)


def own(connection: Connection, status_id: int, account_id: int) -> Post:
    """One's own post. Raises Missing for everybody else's."""
    row = connection.row(OWN, (status_id,))
    if row is None or row[1] != account_id:
        raise Missing
    return Post(*row)


def is_blocked(connection: Connection, by: int, whom: int) -> bool:
    """Whether `by` has blocked `whom`."""
    return connection.row(BLOCKED, (by, whom)) is not None
