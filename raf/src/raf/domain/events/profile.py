"""A profile: stream a{account_id}."""

from __future__ import annotations

from typing import ClassVar

from msgspec import UNSET, UnsetType

from raf.domain.events.event import RafEvent


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
