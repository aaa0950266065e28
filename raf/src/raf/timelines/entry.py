"""A post or boost as a timeline decides on it."""

from __future__ import annotations

from typing import NamedTuple

from raf.domain import text as texts
from raf.domain.events import Boosted, Posted, PostEdited

REPEAT = 12 * 3600 * 1000 << 16
"""A post that stood in a home timeline, itself or in a boost, is not shown there again in a boost for this long (12 hours)."""


class Entry(NamedTuple):
    """`root_id` is the post a boost holds, `root_author_id` who wrote it; both 0 for a post."""

    id: int
    account_id: int
    visibility: str
    language: str | None = None
    reply_to: int | None = None
    mentions: tuple[int, ...] = ()
    root_id: int = 0
    root_author_id: int = 0
    tags: tuple[str, ...] = ()
    """Known only where somebody follows tags."""

    @property
    def is_plain(self) -> bool:
        """Whether every follower wants it, whatever else they think."""
        return not (self.root_id or self.reply_to or self.mentions or self.visibility == "direct")


def of_post(event: Posted | PostEdited, *, tagged: bool = False) -> Entry:
    """`tagged` looks for hashtags, which only those need who follow some."""
    found = texts.tags(texts.pieces(event.text)) if tagged and event.visibility == "public" else ()
    return Entry(
        event.status_id,
        event.account_id,
        event.visibility,
        event.language,
        event.in_reply_to_account_id,
        tuple([account_id for account_id, _ in event.mentions]) if event.mentions else (),
        tags=tuple(found),
    )


def of_boost(event: Boosted) -> Entry:
    return Entry(
        event.status_id, event.account_id, event.visibility, root_id=event.reblog_of_id, root_author_id=event.author_id
    )
