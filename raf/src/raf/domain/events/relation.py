"""Between accounts: streams f, x, m {account_id}.{target_id}."""

from __future__ import annotations

from typing import ClassVar

from raf.domain.events.event import RafEvent


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
