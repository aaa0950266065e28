"""What happened. Streams: one a post, one a pair (who likes what, who follows whom), one an account's profile.

No stream grows with an account's activity, so to decide on a command its whole stream is read, or only counted.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType

from ostrov import Event

Mentioned = tuple[int, str]
"""An account's id and its name as `acct`: `alice`, or `alice@elsewhere.example`."""


class RafEvent(Event, frozen=True, omit_defaults=True):
    """An event of the network."""


class PollTerms(Struct, frozen=True, omit_defaults=True):
    """What a poll asks. `expires_at` is in epoch seconds; `hide_totals` keeps the numbers secret until then."""

    options: tuple[str, ...]
    expires_at: float | None = None
    multiple: bool = False
    hide_totals: bool = False


# ---- a post: stream p{status_id} ------------------------------------------------------------------------------------


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
    """The whole new version. `visibility` and `in_reply_to_account_id` never change; they say whose concern it is."""

    topic: ClassVar[str] = "raf.post_edited"

    status_id: int
    account_id: int
    visibility: str = "public"
    in_reply_to_account_id: int | None = None
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
    quoted_id: int | None = None
    boosts: tuple[tuple[int, int], ...] = ()


# ---- a boost: stream b{account_id}.{post} ---------------------------------------------------------------------------


class Boosted(RafEvent, frozen=True):
    """`status_id` is the boost's own id."""

    topic: ClassVar[str] = "raf.boosted"

    status_id: int
    account_id: int
    reblog_of_id: int
    author_id: int
    visibility: str = "public"


class Unboosted(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.unboosted"

    status_id: int
    account_id: int
    reblog_of_id: int


# ---- votes in a poll: stream v{account_id}.{status_id} --------------------------------------------------------------


class Voted(RafEvent, frozen=True):
    """`choices` are indexes of options that this person had not chosen before; `first` says that they had chosen none."""

    topic: ClassVar[str] = "raf.voted"

    account_id: int
    status_id: int
    conversation_id: int
    choices: tuple[int, ...]
    first: bool = True


# ---- marks on a post: streams l, k, n {account_id}.{status_id}, and c{account_id}.{conversation_id} -----------------


class Favourited(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.favourited"

    id: int
    account_id: int
    status_id: int


class Unfavourited(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.unfavourited"

    account_id: int
    status_id: int


class Bookmarked(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.bookmarked"

    id: int
    account_id: int
    status_id: int


class Unbookmarked(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.unbookmarked"

    account_id: int
    status_id: int


class Pinned(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.pinned"

    id: int
    account_id: int
    status_id: int


class Unpinned(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.unpinned"

    account_id: int
    status_id: int


class ConversationMuted(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.conversation_muted"

    id: int
    account_id: int
    conversation_id: int


class ConversationUnmuted(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.conversation_unmuted"

    account_id: int
    conversation_id: int


# ---- between accounts: streams f, x, m {account_id}.{target_id} -----------------------------------------------------


class Followed(RafEvent, frozen=True):
    """Also when the options of a follow change, and when a request is granted."""

    topic: ClassVar[str] = "raf.followed"

    id: int
    account_id: int
    target_id: int
    reblogs: bool = True
    notify: bool = False
    languages: tuple[str, ...] | None = None


class FollowRequested(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.follow_requested"

    id: int
    account_id: int
    target_id: int
    reblogs: bool = True
    notify: bool = False
    languages: tuple[str, ...] | None = None


class FollowRejected(RafEvent, frozen=True):
    """A request was refused by its target or taken back by its maker."""

    topic: ClassVar[str] = "raf.follow_rejected"

    account_id: int
    target_id: int


class Unfollowed(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.unfollowed"

    account_id: int
    target_id: int


class Blocked(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.blocked"

    id: int
    account_id: int
    target_id: int


class Unblocked(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.unblocked"

    account_id: int
    target_id: int


class Muted(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.muted"

    id: int
    account_id: int
    target_id: int
    notifications: bool = True
    expires_at: float | None = None


class Unmuted(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.unmuted"

    account_id: int
    target_id: int


# ---- a profile: stream a{account_id} --------------------------------------------------------------------------------


class AccountOpened(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.account_opened"

    account_id: int
    username: str
    display_name: str = ""
    bot: bool = False


class ProfileChanged(RafEvent, frozen=True):
    """Only what is set has changed."""

    topic: ClassVar[str] = "raf.profile_changed"

    account_id: int
    display_name: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    avatar: str | UnsetType | None = UNSET
    header: str | UnsetType | None = UNSET
    locked: bool | UnsetType = UNSET
    bot: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET
    indexable: bool | UnsetType = UNSET
    hide_collections: bool | UnsetType = UNSET
    fields: tuple[tuple[str, str], ...] | UnsetType = UNSET
    language: str | UnsetType | None = UNSET
    visibility: str | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET
