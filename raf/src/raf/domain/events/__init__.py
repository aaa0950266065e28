"""What happened. Streams: one a post, one a pair (who likes what, who follows whom), one an account's profile.

No stream grows with an account's activity, so to decide on a command its whole stream is read, or only counted.
"""

from __future__ import annotations

from raf.domain.events.boost import Boosted, Unboosted
from raf.domain.events.event import Mentioned, RafEvent
from raf.domain.events.mark import (
    Bookmarked,
    ConversationMuted,
    ConversationUnmuted,
    Favourited,
    Pinned,
    Unbookmarked,
    Unfavourited,
    Unpinned,
)
from raf.domain.events.post import PollTerms, PostDeleted, Posted, PostEdited, QuotePolicyChanged, QuoteRevoked
from raf.domain.events.profile import AccountOpened, ProfileChanged
from raf.domain.events.relation import Blocked, Followed, FollowRejected, FollowRequested, Muted, Unblocked, Unfollowed, Unmuted
from raf.domain.events.vote import Voted

__all__ = [
    "AccountOpened",
    "Blocked",
    "Bookmarked",
    "Boosted",
    "ConversationMuted",
    "ConversationUnmuted",
    "Favourited",
    "FollowRejected",
    "FollowRequested",
    "Followed",
    "Mentioned",
    "Muted",
    "Pinned",
    "PollTerms",
    "PostDeleted",
    "PostEdited",
    "Posted",
    "ProfileChanged",
    "QuotePolicyChanged",
    "QuoteRevoked",
    "RafEvent",
    "Unblocked",
    "Unbookmarked",
    "Unboosted",
    "Unfavourited",
    "Unfollowed",
    "Unmuted",
    "Unpinned",
    "Voted",
]
