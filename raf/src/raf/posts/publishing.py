"""Commands: publish a post, edit it, delete it. Each runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UnsetType

from ostrov import Connection
from raf.domain import polls, posts, quotes, streams
from raf.domain import text as texts
from raf.domain.events import Mentioned, PollTerms, PostDeleted, Posted, PostEdited
from raf.domain.focus import check_focus
from raf.domain.posts import Defaults, Draft
from raf.domain.text import Piece
from raf.errors import Forbidden, Missing, Refused
from raf.forms import NewPost, PostChange
from raf.journal import Journal
from raf.notifications.forgetting import forget_status
from raf.notifications.tasks import tell_of_edit, tell_of_post
from raf.polls import reading as asked
from raf.polls.ending import end_later
from raf.posts import lookup
from raf.previews.posting import look_later
from raf.quotes.quoting import quotable
from raf.quotes.tasks import tell_of_quote, tell_of_quoted_edit

AUTHOR = """
SELECT default_visibility, default_sensitive, default_language, EXISTS (SELECT 1 FROM follow WHERE target_id = ? AND notify = 1)
FROM account WHERE id = ? AND suspended = 0"""
SAME = "SELECT status_id FROM idempotency WHERE account_id = ? AND key = ? AND expires_at > ?"
REMEMBER = """
INSERT INTO idempotency (account_id, key, status_id, expires_at) VALUES (?, ?, ?, ?)
ON CONFLICT (account_id, key) DO UPDATE SET status_id = excluded.status_id, expires_at = excluded.expires_at"""
NAMED = """
SELECT id, name_key, username, domain FROM account WHERE suspended = 0 AND name_key IN ({marks})
AND NOT EXISTS (SELECT 1 FROM block WHERE block.account_id = account.id AND block.target_id = ?)"""
FILE = "SELECT kind, state, status_id FROM media WHERE id = ? AND account_id = ?"
DESCRIBE = "UPDATE media SET description = ? WHERE id = ? AND account_id = ?"
META = "SELECT meta FROM media WHERE id = ? AND account_id = ?"
SET_META = "UPDATE media SET meta = ? WHERE id = ? AND account_id = ?"
CURRENT = "SELECT text, spoiler_text, visibility, sensitive, language, in_reply_to_account_id FROM status WHERE id = ?"
FILES = "SELECT id FROM media WHERE status_id = ? AND position >= 0 ORDER BY position"
BOOSTS = "SELECT id, account_id FROM status WHERE reblog_of_id = ? ORDER BY id"
QUOTED = "SELECT quoted_id FROM quote WHERE status_id = ?"
QUOTES_COUNT = "SELECT quotes_count FROM status WHERE id = ?"
BOOSTERS = "SELECT 1 FROM status WHERE reblog_of_id = ? LIMIT 1"


def publish(connection: Connection, journal: Journal, account_id: int, new: NewPost) -> int:
    """Write a post; its id, or that of the post this same request made before. Raises Invalid, Refused, Missing."""
    now = journal.begin(connection)
    if new.idempotency_key is not None:
        same: int | None = connection.value(SAME, (account_id, new.idempotency_key, now))
        if same is not None:
            return same
    author = connection.row(AUTHOR, (account_id, account_id))
    if author is None:
        raise Forbidden
    visibility, sensitive, language, has_subscribers = author
    limits = journal.limits
    poll = polls.terms(new.poll, now) if new.poll is not None else None
    draft = posts.draft(new, Defaults(visibility, bool(sensitive), language), limits.characters, limits.media)
    policy = quotes.policy(new.quote_policy)
    parent = _parent(connection, new.in_reply_to_id, account_id) if new.in_reply_to_id is not None else None
    mentions = _mentioned(connection, draft.found, account_id)
    _check_files(connection, new.media_ids, account_id, None)
    quoted = quotable(connection, new.quoted_id, account_id) if new.quoted_id is not None else None
    visibility = quotes.visibility(draft.visibility, quoted.visibility) if quoted else draft.visibility
    status_id = journal.ids.next(now)
    journal.put(
        connection,
        Posted(
            **journal.first(streams.post(status_id), now),
            status_id=status_id,
            account_id=account_id,
            text=draft.text,
            spoiler_text=draft.spoiler_text,
            visibility=visibility,
            sensitive=draft.sensitive,
            language=draft.language,
            in_reply_to_id=parent.id if parent else None,
            in_reply_to_account_id=parent.account_id if parent else None,
            conversation_id=parent.conversation_id if parent else status_id,
            mentions=mentions,
            media_ids=new.media_ids,
            application_id=new.application_id,
            poll=poll,
            quoted_id=quoted.id if quoted else None,
            quoted_account_id=quoted.account_id if quoted else None,
            quote_policy=policy,
        ),
    )
    look_later(connection, draft.found, visibility)
    if quoted is not None and quoted.account_id != account_id:
        tell_of_quote.enqueue_in(connection, status_id)
    if poll is not None:
        end_later(connection, status_id, poll)
    if new.idempotency_key is not None:
        remember(connection, journal, account_id, new.idempotency_key, status_id, now)
    if mentions or (has_subscribers and visibility != "direct"):
        tell_of_post.enqueue_in(connection, status_id)
    return status_id


def remember(connection: Connection, journal: Journal, account_id: int, key: str, identity: int, now: float) -> None:
    """What a request with this idempotency key has made."""
    connection.execute(REMEMBER, (account_id, key, identity, now + journal.limits.idempotency_hours * 3600))


def check_surroundings(connection: Connection, new: NewPost, account_id: int, prepared: bool = True) -> None:
    """Whether what a post replies to and holds is there, its files `prepared` to be shown. Raises Missing, Refused."""
    if new.in_reply_to_id is not None:
        _parent(connection, new.in_reply_to_id, account_id)
    _check_files(connection, new.media_ids, account_id, None, prepared)
    if new.quoted_id is not None:
        quotable(connection, new.quoted_id, account_id)


def edit(connection: Connection, journal: Journal, account_id: int, status_id: int, change: PostChange) -> None:
    """Write a new version of a post, if it differs. Raises Missing, Forbidden, Invalid, Refused."""
    now = journal.begin(connection)
    post = lookup.own(connection, status_id, account_id)
    if post.reblog_of_id is not None:
        raise Forbidden
    text, spoiler_text, visibility, sensitive, language, reply_to = connection.row(CURRENT, (status_id,)) or ()
    before = Draft(text, spoiler_text, visibility, bool(sensitive), language, [])
    attached = tuple(media_id for (media_id,) in connection.rows(FILES, (status_id,)))
    media_ids = change.media_ids if isinstance(change.media_ids, tuple) else attached
    after = posts.revision(change, before, media_ids, journal.limits.characters, journal.limits.media)
    _check_files(connection, media_ids, account_id, status_id)
    described = describe(connection, change.media_descriptions, media_ids, account_id)
    described |= focus(connection, change.media_focus, media_ids, account_id)
    poll_before = asked.terms(connection, status_id)
    poll = _revised(poll_before, change, now)
    if after._replace(found=[]) == before and media_ids == attached and poll == poll_before and not described:
        return
    if poll is not None and media_ids:
        raise Refused(f"Cannot attach more than {journal.limits.media} files")
    journal.put(
        connection,
        PostEdited(
            **journal.next(connection, streams.post(status_id), now),
            status_id=status_id,
            account_id=account_id,
            visibility=visibility,
            in_reply_to_account_id=reply_to,
            conversation_id=post.conversation_id,
            text=after.text,
            spoiler_text=after.spoiler_text,
            sensitive=after.sensitive,
            language=after.language,
            mentions=_mentioned(connection, after.found, account_id),
            media_ids=media_ids,
            poll=poll,
        ),
    )
    if poll is not None and (poll_before is None or poll.expires_at != poll_before.expires_at):
        end_later(connection, status_id, poll)
    look_later(connection, after.found, visibility)
    if connection.value(QUOTES_COUNT, (status_id,)):
        tell_of_quoted_edit.enqueue_in(connection, status_id)
    if connection.row(BOOSTERS, (status_id,)) is not None or texts.mentions(after.found):
        tell_of_edit.enqueue_in(connection, status_id)


def delete(connection: Connection, journal: Journal, account_id: int, status_id: int) -> None:
    """Take a post away, with its boosts, and its words out of the log. Raises Missing."""
    now = journal.begin(connection)
    post = lookup.own(connection, status_id, account_id)
    if post.reblog_of_id is not None:
        raise Missing
    journal.put(
        connection,
        PostDeleted(
            **journal.next(connection, streams.post(status_id), now),
            status_id=status_id,
            account_id=account_id,
            visibility=post.visibility,
            in_reply_to_id=post.in_reply_to_id,
            conversation_id=post.conversation_id,
            quoted_id=connection.value(QUOTED, (status_id,)),
            boosts=tuple((boost, booster) for boost, booster in connection.rows(BOOSTS, (status_id,))),
        ),
    )
    forget_status(connection, status_id)
    journal.events.rewrite(connection, streams.post(status_id), posts.wordless)


def _revised(before: PollTerms | None, change: PostChange, now: float) -> PollTerms | None:
    """The poll of a new version."""
    if isinstance(change.poll, UnsetType):
        return before
    return None if change.poll is None else polls.terms(change.poll, now)


def _parent(connection: Connection, status_id: int, account_id: int) -> lookup.Post:
    try:
        return lookup.seen_post(connection, status_id, account_id)
    except Missing:
        raise Missing("The post you are trying to reply to does not appear to exist.") from None


def _mentioned(connection: Connection, found: Sequence[Piece], account_id: int) -> tuple[Mentioned, ...]:
    """Who of the mentioned exists here and has not blocked the author."""
    names = texts.mentions(list(found)) if found else []
    if not names:
        return ()
    rows = connection.rows(NAMED.format(marks=", ".join("?" * len(names))), (*names, account_id))
    by_name = {name: (identity, f"{username}@{domain}" if domain else username) for identity, name, username, domain in rows}
    return tuple(by_name[name] for name in names if name in by_name)


def _check_files(
    connection: Connection, media_ids: Sequence[int], account_id: int, status_id: int | None, prepared: bool = True
) -> None:
    rows = {media_id: connection.row(FILE, (media_id, account_id)) for media_id in media_ids}
    found = [row for row in rows.values() if row is not None and row[2] in (None, status_id)]
    if len(found) < len(rows):
        gone = ", ".join(str(media_id) for media_id, row in rows.items() if row not in found)
        raise Refused(f"Media {gone} not found or already attached to another post")
    if len(found) > 1 and any(row[0] in ("video", "audio", "gifv") for row in found):
        raise Refused("Cannot attach a video to a post that already contains images")
    if any(row[1] != "ready" and (prepared or row[1] != "waiting") for row in found):
        raise Refused("Cannot attach files that have not finished processing. Try again in a moment!")
    if len(set(media_ids)) != len(media_ids):
        raise Refused("Cannot attach a file twice")


def describe(connection: Connection, descriptions: object, media_ids: Sequence[int], account_id: int) -> bool:
    """Change descriptions of attached files; whether any was given."""
    if not isinstance(descriptions, Mapping):
        return False
    for media_id, description in descriptions.items():
        if media_id in media_ids:
            connection.execute(DESCRIBE, (description or None, media_id, account_id))
    return bool(descriptions)


def focus(connection: Connection, points: object, media_ids: Sequence[int], account_id: int) -> bool:
    """Say of attached files where to look; whether anything changed. Raises Invalid for a point outside of the picture."""
    changed = False
    for media_id, point in points.items() if isinstance(points, Mapping) else ():
        encoded = connection.value(META, (media_id, account_id)) if media_id in media_ids else None
        if encoded is None:
            continue
        check_focus(point)
        meta: dict[str, Any] = msgspec.json.decode(encoded)
        wanted = {"x": point[0], "y": point[1]}
        if meta.get("focus", {"x": 0, "y": 0}) != wanted:
            meta["focus"] = wanted
            connection.execute(SET_META, (msgspec.json.encode(meta).decode(), media_id, account_id))
            changed = True
    return changed


def forget_keys(connection: Connection, now: float) -> int:
    """Delete idempotency keys whose time is over; how many."""
    return connection.execute("DELETE FROM idempotency WHERE expires_at < ?", (now,))
