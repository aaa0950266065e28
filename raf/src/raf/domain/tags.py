"""What people do with hashtags: streams t{account_id}.{tag}. A tag is as `raf.domain.text.normal_tag` writes it."""

from __future__ import annotations

from typing import ClassVar

from raf.domain.events import RafEvent


class TagFollowed(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.tag_followed"

    id: int
    account_id: int
    tag: str


class TagUnfollowed(RafEvent, frozen=True):
    topic: ClassVar[str] = "raf.tag_unfollowed"

    account_id: int
    tag: str


def stream(account_id: int, tag: str) -> str:
    return f"t{account_id}.{tag}"
