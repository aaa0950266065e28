"""Somebody leaves for good, and what of the past is forgotten with them."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from msgspec import UNSET

from raf.domain.arrivals import PostImported
from raf.domain.events import AccountOpened, Posted, PostEdited, ProfileChanged, RafEvent, Voted
from raf.domain.moderation import StrikeAppealed
from raf.domain.posts import wordless
from raf.domain.tags import TagFollowed, TagUnfollowed
from raf.domain.visibility import NOBODY


class AccountClosed(RafEvent, frozen=True):
    """In the stream of the profile. The name is never given to anybody else: it stood under posts."""

    topic: ClassVar[str] = "raf.account_closed"

    account_id: int


def forgotten(event: RafEvent) -> RafEvent:
    """The event without what its person said or showed: that it happened, when, and between whom is all that stays."""
    if isinstance(event, PostImported):
        event = msgspec.structs.replace(event, uri="")
    if isinstance(event, Posted | PostEdited):
        return wordless(event)
    if isinstance(event, Voted):
        return msgspec.structs.replace(event, account_id=NOBODY)
    if isinstance(event, TagFollowed | TagUnfollowed):
        return msgspec.structs.replace(event, tag="")
    if isinstance(event, StrikeAppealed):
        return msgspec.structs.replace(event, text="")
    if isinstance(event, AccountOpened):
        return msgspec.structs.replace(event, display_name="")
    if isinstance(event, ProfileChanged):
        empty: dict[str, Any] = {"display_name": "", "note": "", "avatar": None, "header": None, "fields": (), "language": None}
        return msgspec.structs.replace(
            event, **{name: value for name, value in empty.items() if getattr(event, name) is not UNSET}
        )
    return event
