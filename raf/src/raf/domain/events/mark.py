"""Marks on a post: streams l, k, n {account_id}.{status_id}, and c{account_id}.{conversation_id}."""

from __future__ import annotations

from typing import ClassVar

from raf.domain.events.event import RafEvent


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
