"""Polls as the API shows them."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field

from raf.entities.account import CustomEmoji


class PollOption(Struct, kw_only=True):
    title: str
    votes_count: int | None = None


class Poll(Struct, kw_only=True):
    id: str
    expires_at: str | None = None
    expired: bool = False
    multiple: bool = False
    votes_count: int = 0
    voters_count: int | None = None
    options: list[PollOption] = field(default_factory=list)
    emojis: list[CustomEmoji] = field(default_factory=list)
    voted: bool | UnsetType = UNSET
    own_votes: list[int] | UnsetType = UNSET
