"""Commands: close an account, and forget what it left, some at a time."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from ostrov import Connection, Events
from raf.accounts import profiles
from raf.domain import moderation, streams, tags
from raf.domain.departures import AccountClosed, forgotten
from raf.domain.roles import OWNER
from raf.domain.visibility import NOBODY
from raf.errors import Missing, Refused
from raf.forms import ProfileChange
from raf.journal import Journal
from raf.posts import marking, publishing
from raf.relations import following

EMPTY: Final = ProfileChange(display_name="", note="", avatar=None, header=None, fields=[], discoverable=False, indexable=False)
ACCOUNT: Final = "SELECT role, avatar, header FROM account WHERE id = ?"
OWNERS: Final = "SELECT count(*) FROM account WHERE role = 'owner' AND suspended = 0"
BEGIN: Final = "INSERT INTO departure (account_id, state, created_at) VALUES (?, 'leaving', ?) ON CONFLICT DO NOTHING"
GONE: Final = "SELECT account_id FROM departure WHERE state = 'gone' ORDER BY account_id"
END: Final = "UPDATE departure SET state = 'gone', finished_at = ? WHERE account_id = ?"
STATE: Final = "SELECT state FROM departure WHERE account_id = ?"
OF_ACCOUNT: Final = (
    *("credential", "session", "oauth_token", "oauth_code", "second_factor", "recovery_code", "passkey", "log_in_step"),
    "open_log_in",
    *("marker", "idempotency", "featured_tag", "account_note", "endorsement", "scheduled_status", "conversation_state"),
    *("account_domain_block", "invite", "announcement_mark", "announcement_reaction", "suggestion_dismissed", "sign_up"),
    *("letter", "letter_key", "letter_box", "address_change", "known_device", "presence", "preference"),
    *("notification", "notification_policy", "notification_request", "notification_permission", "push_subscription"),
)
"""Plain tables of what is one's own, by `account_id`."""
TOWARDS: Final = (
    *(("notification", "from_account_id"), ("notification_request", "from_account_id")),
    *(("notification_permission", "from_account_id"), ("account_note", "target_id"), ("endorsement", "target_id")),
    *(("suggestion_dismissed", "target_id"), ("people_list_member", "account_id")),
)
"""What others kept of the account."""
BELOW: Final = (
    *(("people_list_member", "list_id", "people_list"), ("content_filter_keyword", "filter_id", "content_filter")),
    *(("content_filter_status", "filter_id", "content_filter"), ("import_row", "import_id", "import_job")),
)
"""Tables of parts: (table, its column, whose parts)."""
FILES: Final = """
SELECT file FROM export WHERE account_id = ? AND file IS NOT NULL
UNION ALL SELECT file FROM import_job WHERE account_id = ? AND file IS NOT NULL"""
POSTS: Final = "SELECT id, reblog_of_id FROM status WHERE account_id = ? ORDER BY id LIMIT ?"
FOLLOWS: Final = """
SELECT account_id, target_id FROM follow WHERE account_id = ?
UNION ALL SELECT account_id, target_id FROM follow WHERE target_id = ? LIMIT ?"""
LIKES: Final = "SELECT status_id FROM favourite WHERE account_id = ? LIMIT ?"
DELETED: Final = "SELECT status_id FROM tombstone WHERE account_id = ? AND status_id > ? ORDER BY status_id LIMIT ?"
APPEALS: Final = "SELECT strike_id FROM appeal WHERE account_id = ?"
UPLOADS: Final = "SELECT id FROM media WHERE account_id = ? AND status_id IS NULL LIMIT ?"


def close(connection: Connection, journal: Journal, account_id: int) -> tuple[list[str], list[str]]:
    """Nobody sees anything of the account from now on, and nothing opens it: names of its archives and of its pictures.

    Raises Missing, Refused when nobody else owns the house.
    """
    now = journal.begin(connection)
    row = connection.row(ACCOUNT, (account_id,))
    if row is None:
        raise Missing
    role, avatar, header = row
    if role == OWNER.name and connection.value(OWNERS) == 1:
        raise Refused("A house needs an owner: name another one first")
    archives = [name for (name,) in connection.rows(FILES, (account_id, account_id))]
    profiles.change_profile(connection, journal, account_id, EMPTY)
    journal.put(
        connection,
        AccountClosed(
            **journal.next(connection, streams.account(account_id), now),
            account_id=account_id,
        ),
    )
    for table, column, whole in BELOW:
        connection.execute(
            f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM {whole} WHERE account_id = ?)", (account_id,)
        )
    for table in (*OF_ACCOUNT, "people_list", "content_filter", "import_job", "export"):
        connection.execute(f"DELETE FROM {table} WHERE account_id = ?", (account_id,))
    for table, column in TOWARDS:
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (account_id,))
    connection.execute(BEGIN, (account_id, now))
    return archives, [name for name in (avatar, header) if name]


def leave_some(connection: Connection, journal: Journal, account_id: int, number: int) -> int:
    """Take back posts, boosts, likes and follows, at most about `number`; how many. 0 when nothing is left."""
    journal.begin(connection)
    posts = connection.rows(POSTS, (account_id, number))
    for status_id, boosted in posts:
        if boosted is None:
            publishing.delete(connection, journal, account_id, status_id)
        else:
            marking.unboost(connection, journal, account_id, boosted)
    likes = [] if posts else connection.rows(LIKES, (account_id, number))
    for (status_id,) in likes:
        marking.unfavourite(connection, journal, account_id, status_id)
    follows = [] if posts or likes else connection.rows(FOLLOWS, (account_id, account_id, number))
    for follower, followed in follows:
        following.unfollow(connection, journal, follower, followed)
    return len(posts) + len(likes) + len(follows)


def forget_some(connection: Connection, events: Events, account_id: int, after: int, number: int) -> int:
    """Rewrite the log of deleted posts above `after` without their words, also of those long gone; the last, 0 at the end."""
    found = [status_id for (status_id,) in connection.rows(DELETED, (account_id, after, number))]
    for status_id in found:
        events.rewrite(connection, streams.post(status_id), forgotten)
    return found[-1] if found else 0


def forget_profile(connection: Connection, events: Events, account_id: int) -> None:
    """Rewrite the log of the profile without what it showed, of appeals without their words, of followed tags without names."""
    events.rewrite(connection, streams.account(account_id), forgotten)
    for (strike_id,) in connection.rows(APPEALS, (account_id,)):
        events.rewrite(connection, moderation.appealed(strike_id), forgotten)
    for stream in events.streams(connection, tags.stream(account_id, "")):
        first = events.stream(connection, stream)[0]
        events.rewrite(connection, stream, forgotten)
        events.rename(connection, stream, f"t{account_id}#{first.id}")


def votes(connection: Connection, events: Events, account_id: int) -> list[str]:
    """The streams of the account's votes in polls."""
    return events.streams(connection, streams.votes(account_id))


def unsign_votes(connection: Connection, events: Events, names: Sequence[str]) -> None:
    """Make these votes nobody's: they were counted, so they stay, and nothing in the log leads from them to who chose."""
    for name in names:
        events.rewrite(connection, name, forgotten)
        events.rename(connection, name, f"v{NOBODY}.{secrets.token_hex(8)}")


def gone(connection: Connection) -> list[int]:
    """Everybody who has left."""
    return [account_id for (account_id,) in connection.rows(GONE)]


def finish(connection: Connection, account_id: int, now: float) -> None:
    connection.execute(END, (now, account_id))


def state(connection: Connection, account_id: int) -> str:
    """leaving or gone; empty for who stays."""
    return connection.value(STATE, (account_id,)) or ""


def uploads(connection: Connection, account_id: int, number: int) -> list[int]:
    """Files that no post has any more."""
    return [media_id for (media_id,) in connection.rows(UPLOADS, (account_id, number))]
