"""Commands: follow, ask to follow, grant, refuse, stop."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ostrov import Connection
from raf.domain import streams
from raf.domain.events import Followed, FollowRejected, FollowRequested, Unfollowed
from raf.domain.posts import language_of
from raf.errors import Forbidden, Invalid, Missing
from raf.journal import Journal
from raf.lists.records import granted
from raf.notifications.forgetting import forget_follow
from raf.notifications.tasks import tell_of_follow, tell_of_request
from raf.posts.lookup import is_blocked

TARGET = "SELECT locked FROM account WHERE id = ? AND suspended = 0"
FOLLOW = "SELECT id, reblogs, notify, languages FROM follow WHERE account_id = ? AND target_id = ?"
REQUEST = "SELECT id, reblogs, notify, languages FROM follow_request WHERE account_id = ? AND target_id = ?"
COUNTS = "SELECT following_count, followers_count FROM account WHERE id = ? AND suspended = 0"


def follow(
    connection: Connection,
    journal: Journal,
    account_id: int,
    target_id: int,
    reblogs: bool | None = None,
    notify: bool | None = None,
    languages: Sequence[str] | None = None,
) -> None:
    """Follow or ask to, or change the options of either; None keeps an option, no languages means all of them.

    Raises Missing, Forbidden, Invalid.
    """
    now = journal.begin(connection)
    locked = connection.value(TARGET, (target_id,))
    if locked is None or account_id == target_id:
        raise Missing
    if is_blocked(connection, account_id, target_id) or is_blocked(connection, target_id, account_id):
        raise Forbidden
    known = connection.row(FOLLOW, (account_id, target_id))
    asked = None if known else connection.row(REQUEST, (account_id, target_id))
    before = known or asked
    chosen = (
        (bool(before[1]) if before else True) if reblogs is None else reblogs,
        (bool(before[2]) if before else False) if notify is None else notify,
    )
    spoken = (languages_of(before[3]) if before else None) if languages is None else _known(languages)
    kind = Followed if known is not None or not locked else FollowRequested
    same = before is not None and (bool(before[1]), bool(before[2]), languages_of(before[3])) == (*chosen, spoken)
    if same and (kind is Followed) == (known is not None):
        return
    if before is None:
        _check_room(connection, journal, account_id)
    journal.put(
        connection,
        kind(
            **journal.next(connection, streams.pair("f", account_id, target_id), now),
            id=before[0] if before and not (asked and kind is Followed) else journal.ids.next(now),
            account_id=account_id,
            target_id=target_id,
            reblogs=chosen[0],
            notify=chosen[1],
            languages=spoken,
        ),
    )
    if kind is Followed and asked is not None:
        forget_follow(connection, "follow_request", target_id, account_id)
    if kind is Followed and known is None:
        tell_of_follow.enqueue_in(connection, account_id, target_id)
    elif kind is FollowRequested and asked is None:
        tell_of_request.enqueue_in(connection, account_id, target_id)


def unfollow(connection: Connection, journal: Journal, account_id: int, target_id: int) -> None:
    """Stop following, or take a request back."""
    now = journal.begin(connection)
    stream = streams.pair("f", account_id, target_id)
    if connection.row(FOLLOW, (account_id, target_id)) is not None:
        kind: type[Unfollowed] | type[FollowRejected] = Unfollowed
    elif connection.row(REQUEST, (account_id, target_id)) is not None:
        kind = FollowRejected
    else:
        return
    journal.put(
        connection,
        kind(**journal.next(connection, stream, now), account_id=account_id, target_id=target_id),
    )
    forget_follow(connection, "follow" if kind is Unfollowed else "follow_request", target_id, account_id)


def grant(connection: Connection, journal: Journal, account_id: int, requester_id: int) -> None:
    """Let somebody who asked follow. Raises Missing."""
    now = journal.begin(connection)
    asked = connection.row(REQUEST, (requester_id, account_id))
    if asked is None:
        raise Missing
    stream = streams.pair("f", requester_id, account_id)
    identity = journal.ids.next(now)
    journal.put(
        connection,
        Followed(
            **journal.next(connection, stream, now),
            id=identity,
            account_id=requester_id,
            target_id=account_id,
            reblogs=bool(asked[1]),
            notify=bool(asked[2]),
            languages=languages_of(asked[3]),
        ),
    )
    granted(connection, account_id, asked[0], identity)
    forget_follow(connection, "follow_request", account_id, requester_id)
    tell_of_follow.enqueue_in(connection, requester_id, account_id)


def refuse(connection: Connection, journal: Journal, account_id: int, requester_id: int) -> None:
    """Refuse somebody who asked. Raises Missing."""
    now = journal.begin(connection)
    if connection.row(REQUEST, (requester_id, account_id)) is None:
        raise Missing
    journal.put(
        connection,
        FollowRejected(
            **journal.next(connection, streams.pair("f", requester_id, account_id), now),
            account_id=requester_id,
            target_id=account_id,
        ),
    )
    forget_follow(connection, "follow_request", account_id, requester_id)


def languages_of(column: str | None) -> tuple[str, ...] | None:
    """The `languages` column as the event has it."""
    return None if column is None else tuple(msgspec.json.decode(column))


def _known(languages: Sequence[str]) -> tuple[str, ...] | None:
    """Those that are codes of languages; None for all languages."""
    return tuple(dict.fromkeys(code for code in map(language_of, languages[:100]) if code)) or None


def _check_room(connection: Connection, journal: Journal, account_id: int) -> None:
    """Whoever follows thousands without being followed by as many is a machine (as Mastodon's FollowLimitValidator)."""
    counts = connection.row(COUNTS, (account_id,))
    if counts is None:
        raise Forbidden
    following, followers = counts
    limit = max(journal.limits.follows, int(followers * 1.1))
    if following >= limit:
        raise Invalid({"base": [("ERR_LIMIT", f"You cannot follow more than {limit} people")]})
