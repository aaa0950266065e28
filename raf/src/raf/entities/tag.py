"""Hashtags as the API shows them."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field


class StatusTag(Struct, kw_only=True):
    name: str
    url: str


class TagHistory(Struct, kw_only=True):
    day: str
    uses: str = "0"
    accounts: str = "0"


class Tag(Struct, kw_only=True):
    id: str | UnsetType = UNSET
    name: str
    url: str
    history: list[TagHistory] = field(default_factory=list)
    following: bool | UnsetType = UNSET
    featuring: bool | UnsetType = UNSET
