"""People as the API shows them, and how they stand to each other."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field


class Field(Struct, frozen=True, kw_only=True):
    """A row of a profile's table. `value` is HTML, in `source` it is what was typed."""

    name: str
    value: str
    verified_at: str | None = None


class CustomEmoji(Struct, frozen=True, kw_only=True):
    shortcode: str
    url: str
    static_url: str
    visible_in_picker: bool = True
    category: str | None = None


Emoji = CustomEmoji


class Role(Struct, frozen=True, kw_only=True):
    id: str = "-99"
    name: str = ""
    permissions: str = "0"
    color: str = ""
    highlighted: bool = False


class AccountRole(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    color: str = ""


class Account(Struct, kw_only=True):
    """A person, bot or group as others see it. `note` is HTML."""

    id: str
    username: str
    acct: str
    display_name: str = ""
    locked: bool = False
    bot: bool = False
    discoverable: bool | None = False
    indexable: bool = False
    group: bool = False
    created_at: str
    note: str = ""
    url: str
    uri: str
    avatar: str
    avatar_static: str
    header: str
    header_static: str
    followers_count: int = 0
    following_count: int = 0
    statuses_count: int = 0
    last_status_at: str | None = None
    hide_collections: bool | None = None
    noindex: bool = False
    emojis: list[CustomEmoji] = field(default_factory=list)
    roles: list[AccountRole] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    suspended: bool | UnsetType = UNSET
    limited: bool | UnsetType = UNSET
    memorial: bool | UnsetType = UNSET
    moved: Account | UnsetType | None = UNSET


class Source(Struct, kw_only=True):
    """What its owner edits: plain text and defaults of new posts."""

    privacy: str = "public"
    sensitive: bool = False
    language: str | None = None
    note: str = ""
    fields: list[Field] = field(default_factory=list)
    follow_requests_count: int = 0
    hide_collections: bool | None = None
    discoverable: bool | None = False
    indexable: bool = False
    attribution_domains: list[str] = field(default_factory=list)


class CredentialAccount(Account, kw_only=True):
    """An account as its owner sees it."""

    source: Source
    role: Role = Role()


class MutedAccount(Account, kw_only=True):
    mute_expires_at: str | None = None


class Relationship(Struct, kw_only=True):
    id: str
    following: bool = False
    showing_reblogs: bool = False
    notifying: bool = False
    languages: list[str] | None = None
    followed_by: bool = False
    blocking: bool = False
    blocked_by: bool = False
    muting: bool = False
    muting_notifications: bool = False
    muting_expires_at: str | None = None
    requested: bool = False
    requested_by: bool = False
    domain_blocking: bool = False
    endorsed: bool = False
    note: str = ""
