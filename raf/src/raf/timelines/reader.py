"""What a process knows of one person: whom they follow, whom they do not want to see, what they marked, their home."""

from __future__ import annotations

import time
from typing import NamedTuple

import msgspec

from ostrov import Connection, Mailbox
from raf.filters import matching
from raf.timelines.caches import Recent
from raf.timelines.entry import Entry
from raf.timelines.home import Home

FOLLOWS = "SELECT target_id, reblogs, languages FROM follow WHERE account_id = ?"
BLOCKING = "SELECT target_id FROM block WHERE account_id = ?"
BLOCKED_BY = "SELECT account_id FROM block WHERE target_id = ?"
MUTING = "SELECT target_id, expires_at FROM mute WHERE account_id = ? AND (expires_at IS NULL OR expires_at > ?)"
SILENCED = "SELECT conversation_id FROM conversation_mute WHERE account_id = ?"
TAGS = "SELECT tag FROM tag_follow WHERE account_id = ?"
EXCLUSIVE = """
SELECT m.account_id FROM people_list l JOIN people_list_member m ON m.list_id = l.id
JOIN follow f ON f.account_id = l.account_id AND f.target_id = m.account_id AND f.id = m.follow_id
WHERE l.account_id = ? AND l.exclusive = 1"""
PINS = "SELECT status_id FROM pin WHERE account_id = ?"
NEVER = float("inf")

FAVOURITED, REBLOGGED, BOOKMARKED = 1, 2, 4


class Wish(NamedTuple):
    """What a follower wants of somebody, when it is not everything."""

    reblogs: bool = True
    languages: tuple[str, ...] | None = None


EVERYTHING = Wish()


class Reader:
    """Relations are always loaded; `home` is None until it is read, and again after it went stale."""

    __slots__ = (
        "account_id",
        "blocked_by",
        "blocking",
        "exclusive",
        "filters",
        "follows",
        "home",
        "mailboxes",
        "marks",
        "muting",
        "picky",
        "pins",
        "silenced",
        "stale_at",
        "tags",
        "topics",
        "watching",
    )

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        self.follows: dict[int, Wish] = {}
        self.blocking: set[int] = set()
        self.blocked_by: set[int] = set()
        self.muting: set[int] = set()
        self.silenced: set[int] = set()
        self.pins: set[int] = set()
        self.tags: set[str] = set()
        """Hashtags this person follows."""
        self.exclusive: set[int] = set()
        """Whom this person reads in a list alone."""
        self.filters: matching.Matcher | None = None
        """None for nearly everybody."""
        self.stale_at = NEVER
        """When the first mute or filter ends and all this has to be read again."""
        self.marks: Recent[int, int] = Recent(800)
        """Of posts looked at lately, which this person likes (1), boosted (2), bookmarked (4)."""
        self.home: Home | None = None
        self.mailboxes: tuple[Mailbox, ...] = ()
        """Who listens to this person's home, live."""
        self.watching = False
        self.picky = False
        """Whether even a plain post of a followed account may be unwanted: somebody is hidden, or a language is."""

    def choose(self) -> None:
        """Set `picky` after relations changed."""
        hides = self.muting or self.blocking or self.blocked_by or self.exclusive
        self.picky = bool(hides) or any(wish is not EVERYTHING for wish in self.follows.values())

    def hides(self, account_id: int) -> bool:
        """Whether this person does not want to see, or may not see, what that one posts."""
        return account_id in self.muting or account_id in self.blocking or account_id in self.blocked_by

    def hidden(self) -> set[int]:
        """Everybody it hides."""
        return self.muting | self.blocking | self.blocked_by

    def wants(self, entry: Entry) -> bool:
        """Whether a post or boost belongs to this person's home."""
        if entry.tags and self.wants_tagged(entry):
            return True
        return entry.account_id not in self.exclusive and self.wants_of_followed(entry)

    def wants_tagged(self, entry: Entry) -> bool:
        """Whether it is a public post with a hashtag this person follows, by somebody they want to see."""
        if entry.visibility != "public" or entry.root_id or self.tags.isdisjoint(entry.tags):
            return False
        return not self.hides(entry.account_id) and not any(self.hides(mentioned) for mentioned in entry.mentions)

    def wants_of_followed(self, entry: Entry) -> bool:
        """Whether it is for somebody who follows its author (app/lib/feed_manager.rb, filter_from_home, Mastodon 4.4)."""
        account_id, author_id = self.account_id, entry.account_id
        if author_id == account_id:
            return True
        wish = self.follows.get(author_id)
        if wish is None or self.hides(author_id):
            return False
        if entry.root_id:
            return wish.reblogs and not self.hides(entry.root_author_id)
        if entry.visibility == "direct" and account_id not in entry.mentions:
            return False
        if wish.languages and entry.language and entry.language not in wish.languages:
            return False
        reply_to = entry.reply_to
        if reply_to is not None and reply_to not in (author_id, account_id) and reply_to not in self.follows:
            return False
        return not any(self.hides(mentioned) for mentioned in entry.mentions)


def load(connection: Connection, account_id: int) -> Reader:
    """Everything but the home timeline."""
    reader, now = Reader(account_id), time.time()
    for target_id, reblogs, languages in connection.rows(FOLLOWS, (account_id,)):
        plain = reblogs and languages is None
        reader.follows[target_id] = EVERYTHING if plain else Wish(bool(reblogs), _languages(languages))
    reader.blocking.update(target for (target,) in connection.rows(BLOCKING, (account_id,)))
    reader.blocked_by.update(blocker for (blocker,) in connection.rows(BLOCKED_BY, (account_id,)))
    for target_id, expires_at in connection.rows(MUTING, (account_id, now)):
        reader.muting.add(target_id)
        if expires_at is not None:
            reader.stale_at = min(reader.stale_at, expires_at)
    reader.silenced.update(conversation for (conversation,) in connection.rows(SILENCED, (account_id,)))
    reader.tags.update(tag for (tag,) in connection.rows(TAGS, (account_id,)))
    reader.exclusive.update(member for (member,) in connection.rows(EXCLUSIVE, (account_id,)))
    reader.pins.update(status for (status,) in connection.rows(PINS, (account_id,)))
    reader.filters, ends = matching.load(connection, account_id, now)
    reader.stale_at = min(reader.stale_at, ends)
    reader.choose()
    return reader


def _languages(column: str | None) -> tuple[str, ...] | None:
    return None if column is None else tuple(msgspec.json.decode(column))
