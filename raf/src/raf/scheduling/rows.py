"""The table of posts that wait: plain rows, for a post that was not published is no event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from ostrov import Connection
from raf.domain import polls, posts
from raf.domain.posts import Defaults
from raf.errors import Invalid, Missing, Refused
from raf.forms import NewPost
from raf.journal import Journal
from raf.paging import Listing, Paging, newest_first
from raf.posts import publishing

SOONEST = 300
"""Seconds before its time that a post must be left to wait (ScheduledStatus::MINIMUM_OFFSET, Mastodon 4.4)."""
TOTAL, DAILY = 300, 25
DAY = 86_400
COLUMNS = "id, account_id, scheduled_at, post, error"
INSERT = "INSERT INTO scheduled_status (id, account_id, scheduled_at, post) VALUES (?, ?, ?, ?)"
PAGE = f"SELECT {COLUMNS} FROM scheduled_status WHERE account_id = ? AND id < ? AND id > ? ORDER BY id {{direction}} LIMIT ?"
ROW = f"SELECT {COLUMNS} FROM scheduled_status WHERE account_id = ? AND id = ?"
DUE = f"SELECT {COLUMNS} FROM scheduled_status WHERE id = ? AND scheduled_at = ?"
MOVE = "UPDATE scheduled_status SET scheduled_at = ?, error = NULL WHERE id = ?"
DELETE = "DELETE FROM scheduled_status WHERE account_id = ? AND id = ?"
FAIL = "UPDATE scheduled_status SET error = ? WHERE id = ?"
COUNT = "SELECT count(*) FROM scheduled_status WHERE account_id = ?"
COUNT_DAY = "SELECT count(*) FROM scheduled_status WHERE account_id = ? AND id <> ? AND scheduled_at >= ? AND scheduled_at < ?"
KEEP_FILE = "UPDATE media SET created_at = ? WHERE id = ? AND account_id = ? AND status_id IS NULL AND created_at < ?"
"""An upload that no post took is thrown away after a while; one that waits counts as made when its post is due."""
STATE = "SELECT state FROM media WHERE id = ? AND account_id = ? AND status_id IS NULL"
FAILED = "SELECT error FROM media WHERE id = ? AND account_id = ? AND status_id IS NULL AND state = 'failed'"
SOON = 2
"""Seconds between two looks whether a film is processed."""
DEFAULTS = "SELECT default_visibility, default_sensitive, default_language FROM account WHERE id = ? AND suspended = 0"
_decode = msgspec.json.Decoder(NewPost).decode


class ScheduledRow(NamedTuple):
    """`error` says why it was not published at its time."""

    id: int
    account_id: int
    scheduled_at: float
    post: NewPost
    error: str | None


def schedule(connection: Connection, journal: Journal, account_id: int, new: NewPost, at: float) -> int:
    """Have a post wait; its id. The same idempotency key again is the same one again. Raises Invalid, Refused, Missing."""
    from raf.scheduling.tasks import publish_scheduled

    now = journal.begin(connection)
    if new.idempotency_key is not None:
        same: int | None = connection.value(publishing.SAME, (account_id, new.idempotency_key, now))
        if same is not None:
            return same
    _check(connection, journal, account_id, new)
    _check_time(connection, account_id, 0, at, now)
    identity = journal.ids.next(now)
    kept = msgspec.json.encode(msgspec.structs.replace(new, idempotency_key=None)).decode()
    connection.execute(INSERT, (identity, account_id, at, kept))
    _keep_files(connection, new, account_id, at)
    publish_scheduled.using(run_after=datetime.fromtimestamp(at, UTC)).enqueue_in(connection, identity, at)
    if new.idempotency_key is not None:
        publishing.remember(connection, journal, account_id, new.idempotency_key, identity, now)
    return identity


def wait_for_files(connection: Connection, journal: Journal, account_id: int, new: NewPost) -> int | None:
    """Have a post whose films are being processed go out as soon as they are; its id, or None when none of them is any more.
    Raises Invalid, Refused, Missing."""
    from raf.scheduling.tasks import publish_scheduled

    now = journal.begin(connection)
    if new.idempotency_key is not None:
        same: int | None = connection.value(publishing.SAME, (account_id, new.idempotency_key, now))
        if same is not None:
            return same
    if not _unprepared(connection, new, account_id):
        return None
    _check(connection, journal, account_id, new)
    identity = journal.ids.next(now)
    kept = msgspec.json.encode(msgspec.structs.replace(new, idempotency_key=None)).decode()
    connection.execute(INSERT, (identity, account_id, now, kept))
    publish_scheduled.using(run_after=SOON).enqueue_in(connection, identity, now)
    if new.idempotency_key is not None:
        publishing.remember(connection, journal, account_id, new.idempotency_key, identity, now)
    return identity


def reschedule(connection: Connection, journal: Journal, account_id: int, identity: int, at: float) -> None:
    """Have it wait for another time. Raises Missing, Invalid."""
    from raf.scheduling.tasks import publish_scheduled

    now = journal.begin(connection)
    found = row(connection, account_id, identity)
    _check_time(connection, account_id, identity, at, now)
    connection.execute(MOVE, (at, identity))
    _keep_files(connection, found.post, account_id, at)
    publish_scheduled.using(run_after=datetime.fromtimestamp(at, UTC)).enqueue_in(connection, identity, at)


def publish_due(connection: Connection, journal: Journal, identity: int, at: float) -> int | None:
    """Publish it, unless it was taken back or moved; the id of the post. One whose films are being processed goes on
    waiting. Raises what publishing raises."""
    from raf.scheduling.tasks import publish_scheduled

    found = connection.row(DUE, (identity, at))
    if found is None:
        return None
    waiting = _row(found)
    if _unprepared(connection, waiting.post, waiting.account_id):
        publish_scheduled.using(run_after=SOON).enqueue_in(connection, identity, at)
        return None
    if why := failed_file(connection, waiting.post, waiting.account_id):
        raise Refused(why)
    connection.execute(DELETE, (waiting.account_id, identity))
    return publishing.publish(connection, journal, waiting.account_id, waiting.post)


def fail(connection: Connection, identity: int, error: str) -> None:
    """Keep why it could not be published."""
    connection.execute(FAIL, (error, identity))


def cancel(connection: Connection, account_id: int, identity: int) -> None:
    """Take it back. Raises Missing."""
    if not connection.execute(DELETE, (account_id, identity)):
        raise Missing


def row(connection: Connection, account_id: int, identity: int) -> ScheduledRow:
    """Raises Missing."""
    found = connection.row(ROW, (account_id, identity))
    if found is None:
        raise Missing
    return _row(found)


def page(connection: Connection, account_id: int, paging: Paging) -> Listing[ScheduledRow]:
    """An account's posts that wait, the last written first."""

    def select(direction: str, bounds: tuple[int, int, int]) -> list[ScheduledRow]:
        found = connection.rows(PAGE.format(direction=direction), (account_id, *bounds))
        return [_row(one) for one in found]

    items = newest_first(paging, select)
    return Listing(items, items[-1].id, items[0].id) if items else Listing([])


def _row(found: Sequence[Any]) -> ScheduledRow:
    identity, account_id, at, post, error = found
    return ScheduledRow(identity, account_id, at, _decode(post), error)


def _check(connection: Connection, journal: Journal, account_id: int, new: NewPost) -> None:
    """What would be refused at its time is refused now. Its films may be in the making."""
    defaults = connection.row(DEFAULTS, (account_id,))
    if defaults is None:
        raise Missing
    if new.poll is not None:
        polls.terms(new.poll, journal.clock())
    visibility, sensitive, language = defaults
    limits = journal.limits
    posts.draft(new, Defaults(visibility, bool(sensitive), language), limits.characters, limits.media)
    publishing.check_surroundings(connection, new, account_id, prepared=False)
    if connection.value(COUNT, (account_id,)) >= TOTAL:
        raise Invalid({"base": [("ERR_LIMIT", f"You have exceeded the limit of {TOTAL} scheduled posts")]})


def _check_time(connection: Connection, account_id: int, identity: int, at: float, now: float) -> None:
    if not now + SOONEST <= at <= now + 100 * 366 * DAY:
        raise Invalid({"scheduled_at": [("ERR_INVALID", "The scheduled date must be in the future")]})
    day = at // DAY * DAY
    if connection.value(COUNT_DAY, (account_id, identity, day, day + DAY)) >= DAILY:
        raise Invalid({"base": [("ERR_LIMIT", f"You have exceeded the limit of {DAILY} scheduled posts for today")]})


def _unprepared(connection: Connection, new: NewPost, account_id: int) -> bool:
    return any(connection.value(STATE, (media_id, account_id)) == "waiting" for media_id in new.media_ids)


def failed_file(connection: Connection, new: NewPost, account_id: int) -> str | None:
    """Why a file of the post could not be processed; None when none has failed."""
    found = (connection.value(FAILED, (media_id, account_id)) for media_id in new.media_ids)
    return next((str(why) for why in found if why), None)


def _keep_files(connection: Connection, new: NewPost, account_id: int, at: float) -> None:
    for media_id in new.media_ids:
        connection.execute(KEEP_FILE, (at, media_id, account_id, at))
