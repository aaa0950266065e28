"""A post: stream p{status_id}."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from raf.domain.events.event import Mentioned, RafEvent


class PollTerms(Struct, frozen=True, omit_defaults=True):
    """What a poll asks. `expires_at` is in epoch seconds; `hide_totals` keeps the numbers secret until then."""

    options: tuple[str, ...]
    expires_at: float | None = None
    multiple: bool = False
    hide_totals: bool = False


class Posted(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.posted"

    status_id: int
    account_id: int
    text: str = ""
    spoiler_text: str = ""
    visibility: str = "public"
    sensitive: bool = False
    language: str | None = None
    in_reply_to_id: int | None = None
    in_reply_to_account_id: int | None = None
    conversation_id: int = 0
    mentions: tuple[Mentioned, ...] = ()
    media_ids: tuple[int, ...] = ()
    application_id: int | None = None
    poll: PollTerms | None = None
    quoted_id: int | None = None
    quoted_account_id: int | None = None
    quote_policy: str = "public"


class PostEdited(RafEvent, frozen=True):
    """The whole new version. `visibility`, `in_reply_to_account_id` and `conversation_id` never change; they say whose concern
    it is. A conversation of 0 is one that was not written down yet.
    """

    topic: ClassVar[str] = "raf.post_edited"

    status_id: int
    account_id: int
    visibility: str = "public"
    in_reply_to_account_id: int | None = None
    conversation_id: int = 0
    text: str = ""
    spoiler_text: str = ""
    sensitive: bool = False
    language: str | None = None
    mentions: tuple[Mentioned, ...] = ()
    media_ids: tuple[int, ...] = ()
    poll: PollTerms | None = None


class QuotePolicyChanged(RafEvent, frozen=True):
    """Who may quote the post from now on: public, followers or nobody."""

    topic: ClassVar[str] = "raf.quote_policy_changed"

    status_id: int
    account_id: int
    policy: str


class QuoteRevoked(RafEvent, frozen=True):
    """In the stream of the quoting post: the quoted post's author `by_account_id` does not want to be quoted there."""

    topic: ClassVar[str] = "raf.quote_revoked"

    status_id: int
    account_id: int
    quoted_id: int
    by_account_id: int


class PostDeleted(RafEvent, frozen=True):
    """With its boosts, which go with it, as (boost's id, booster's id)."""

    topic: ClassVar[str] = "raf.post_deleted"

    status_id: int
    account_id: int
    visibility: str = "public"
    in_reply_to_id: int | None = None
    conversation_id: int = 0
    quoted_id: int | None = None
    boosts: tuple[tuple[int, int], ...] = ()
