"""Commands: like, boost, bookmark, pin, silence a thread; and take each back. Doing one twice does it once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ostrov import Connection
from raf.domain import streams, visibility
from raf.domain.events import (
    Bookmarked,
    Boosted,
    ConversationMuted,
    ConversationUnmuted,
    Favourited,
    Pinned,
    RafEvent,
    Unbookmarked,
    Unboosted,
    Unfavourited,
    Unpinned,
)
from raf.errors import Forbidden, Invalid, Missing
from raf.journal import Journal
from raf.notifications.forgetting import forget_mark
from raf.notifications.tasks import tell_of_boost, tell_of_favourite
from raf.posts import lookup

PINS = "SELECT count(*) FROM pin WHERE account_id = ?"
BOOST = "SELECT id, visibility FROM status WHERE reblog_of_id = ? AND account_id = ?"
DEFAULT_VISIBILITY = "SELECT default_visibility FROM account WHERE id = ?"


class Mark(NamedTuple):
    """A kind of mark: how one is found, the letter of its streams, what it is of, and the events of making and undoing it."""

    found: str
    stream: str
    other: str
    made: Callable[..., RafEvent]
    undone: Callable[..., RafEvent]


FIND = "SELECT 1 FROM {table} WHERE account_id = ? AND {other} = ?"
FAVOURITE = Mark(FIND.format(table="favourite", other="status_id"), "l", "status_id", Favourited, Unfavourited)
BOOKMARK = Mark(FIND.format(table="bookmark", other="status_id"), "k", "status_id", Bookmarked, Unbookmarked)
PIN = Mark(FIND.format(table="pin", other="status_id"), "n", "status_id", Pinned, Unpinned)
SILENCE = Mark(
    FIND.format(table="conversation_mute", other="conversation_id"),
    *("c", "conversation_id", ConversationMuted, ConversationUnmuted),
)


def favourite(connection: Connection, journal: Journal, account_id: int, status_id: int) -> None:
    """Raises Missing, Forbidden (of somebody one has blocked)."""
    now = journal.begin(connection)
    post = lookup.seen_post(connection, status_id, account_id)
    if _is_there(connection, FAVOURITE, account_id, post.id):
        return
    _check_not_blocking(connection, account_id, post.account_id)
    _put(connection, journal, FAVOURITE, account_id, post.id, now)
    if post.account_id != account_id:
        tell_of_favourite.enqueue_in(connection, post.id, account_id)


def unfavourite(connection: Connection, journal: Journal, account_id: int, status_id: int) -> None:
    now = journal.begin(connection)
    post_id = _post_id(connection, status_id)
    if _undo(connection, journal, FAVOURITE, account_id, post_id, now):
        forget_mark(connection, "favourite", account_id, post_id)


def boost(connection: Connection, journal: Journal, account_id: int, status_id: int, wanted: str | None) -> int:
    """The boost's id. Raises Missing, Forbidden, Invalid (no such visibility)."""
    now = journal.begin(connection)
    if wanted is not None and wanted not in visibility.VISIBILITIES:
        raise Invalid({"visibility": [("ERR_INCLUSION", "is not included in the list")]})
    made, post = boostable(connection, account_id, status_id)
    if made is not None:
        return made
    default = connection.value(DEFAULT_VISIBILITY, (account_id,))
    if default is None:
        raise Forbidden
    boost_id = journal.ids.next(now)
    journal.put(
        connection,
        Boosted(
            **journal.next(connection, streams.pair("b", account_id, post.id), now),
            status_id=boost_id,
            account_id=account_id,
            reblog_of_id=post.id,
            author_id=post.account_id,
            visibility=visibility.boost_visibility(post.visibility, wanted, default),
        ),
    )
    if post.account_id != account_id:
        tell_of_boost.enqueue_in(connection, post.id, account_id)
    return boost_id


def boostable(connection: Connection, account_id: int, status_id: int) -> tuple[int | None, lookup.Post]:
    """The boost that was made already, and the post, which one may boost. Raises Missing, Forbidden."""
    post = lookup.seen_post(connection, status_id, account_id)
    made: int | None = connection.value(BOOST, (post.id, account_id))
    if made is None:
        if not visibility.may_boost(post.visibility, post.account_id, account_id):
            raise Forbidden
        _check_not_blocking(connection, account_id, post.account_id)
    return made, post


def unboost(connection: Connection, journal: Journal, account_id: int, status_id: int) -> None:
    now = journal.begin(connection)
    post_id = _post_id(connection, status_id)
    made = connection.row(BOOST, (post_id, account_id))
    if made is None:
        return
    journal.put(
        connection,
        Unboosted(
            **journal.next(connection, streams.pair("b", account_id, post_id), now),
            status_id=made[0],
            account_id=account_id,
            reblog_of_id=post_id,
        ),
    )
    forget_mark(connection, "reblog", account_id, post_id)


def bookmark(connection: Connection, journal: Journal, account_id: int, status_id: int) -> None:
    """Raises Missing."""
    now = journal.begin(connection)
    post = lookup.seen_post(connection, status_id, account_id)
    if not _is_there(connection, BOOKMARK, account_id, post.id):
        _put(connection, journal, BOOKMARK, account_id, post.id, now)


def unbookmark(connection: Connection, journal: Journal, account_id: int, status_id: int) -> None:
    now = journal.begin(connection)
    _undo(connection, journal, BOOKMARK, account_id, _post_id(connection, status_id), now)


def pin(connection: Connection, journal: Journal, account_id: int, status_id: int) -> None:
    """Raises Missing, Invalid in Mastodon's words."""
    now = journal.begin(connection)
    post = lookup.seen(connection, status_id, account_id)
    if post.reblog_of_id is not None:
        raise _unpinnable("A boost cannot be pinned")
    if post.account_id != account_id:
        raise _unpinnable("Someone else's post cannot be pinned")
    if post.visibility == visibility.DIRECT:
        raise _unpinnable("Posts that are only visible to mentioned users cannot be pinned")
    if _is_there(connection, PIN, account_id, post.id):
        return
    if connection.value(PINS, (account_id,)) >= journal.limits.pins:
        raise _unpinnable("You have already pinned the maximum number of posts")
    _put(connection, journal, PIN, account_id, post.id, now)


def unpin(connection: Connection, journal: Journal, account_id: int, status_id: int) -> None:
    _undo(connection, journal, PIN, account_id, status_id, journal.begin(connection))


def silence(connection: Connection, journal: Journal, account_id: int, status_id: int) -> None:
    """No more notifications from the thread of a status. Raises Missing."""
    now = journal.begin(connection)
    post = lookup.seen_post(connection, status_id, account_id)
    if not _is_there(connection, SILENCE, account_id, post.conversation_id):
        _put(connection, journal, SILENCE, account_id, post.conversation_id, now)


def unsilence(connection: Connection, journal: Journal, account_id: int, status_id: int) -> None:
    """Raises Missing."""
    now = journal.begin(connection)
    post = lookup.seen_post(connection, status_id, account_id)
    _undo(connection, journal, SILENCE, account_id, post.conversation_id, now)


def _is_there(connection: Connection, mark: Mark, account_id: int, other_id: int) -> bool:
    return connection.row(mark.found, (account_id, other_id)) is not None


def _put(connection: Connection, journal: Journal, mark: Mark, account_id: int, other_id: int, now: float) -> None:
    next_one = journal.next(connection, streams.pair(mark.stream, account_id, other_id), now)
    whose = {"account_id": account_id, mark.other: other_id}
    journal.put(connection, mark.made(**next_one, id=journal.ids.next(now), **whose))


def _undo(connection: Connection, journal: Journal, mark: Mark, account_id: int, other_id: int, now: float) -> bool:
    """Whether there was a mark to take back."""
    if not _is_there(connection, mark, account_id, other_id):
        return False
    next_one = journal.next(connection, streams.pair(mark.stream, account_id, other_id), now)
    journal.put(connection, mark.undone(**next_one, account_id=account_id, **{mark.other: other_id}))
    return True


def _check_not_blocking(connection: Connection, account_id: int, author_id: int) -> None:
    if account_id != author_id and lookup.is_blocked(connection, account_id, author_id):
        raise Forbidden


def _post_id(connection: Connection, status_id: int) -> int:
    """The post a status means, whether or not it may still be seen: a mark can always be taken back."""
    row = connection.row(lookup.OWN, (status_id,))
    if row is None:
        raise Missing
    post = lookup.Post(*row)
    return post.id if post.reblog_of_id is None else post.reblog_of_id


def _unpinnable(why: str) -> Invalid:
    return Invalid({"base": [("ERR_INVALID", why)]})
