"""The entities of Mastodon 4.4's moderation API (docs.joinmastodon.org/entities/Admin_Account and its neighbours)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

from raf import entities


class Address(Struct, kw_only=True):
    ip: str
    used_at: str


class AdminAccount(Struct, kw_only=True):
    id: str
    username: str
    domain: str | None
    created_at: str
    email: str
    ip: str | None
    ips: list[Address] = field(default_factory=list)
    locale: str
    invite_request: str | None
    role: entities.Role | None
    confirmed: bool = True
    approved: bool
    disabled: bool
    silenced: bool
    suspended: bool
    sensitized: bool
    account: entities.Account
    created_by_application_id: str | UnsetType = UNSET
    invited_by_account_id: str | UnsetType = UNSET


class Report(Struct, kw_only=True):
    """As its maker sees it."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    status_ids: list[str] | None
    rule_ids: list[str] | None
    target_account: entities.Account


class AdminReport(Struct, kw_only=True):
    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    updated_at: str
    account: AdminAccount
    target_account: AdminAccount
    assigned_account: AdminAccount | None
    action_taken_by_account: AdminAccount | None
    statuses: list[entities.Status]
    rules: list[entities.Rule]


class DomainBlock(Struct, kw_only=True):
    id: str
    domain: str
    digest: str
    created_at: str
    severity: str
    reject_media: bool
    reject_reports: bool
    private_comment: str | None
    public_comment: str | None
    obfuscate: bool


class DomainAllow(Struct, kw_only=True):
    id: str
    domain: str
    created_at: str


class EmailDomainBlock(Struct, kw_only=True):
    id: str
    domain: str
    created_at: str
    history: list[dict[str, str]] = field(default_factory=list)
    allow_with_approval: bool = False


class IpBlock(Struct, kw_only=True):
    id: str
    ip: str
    severity: str
    comment: str
    created_at: str
    expires_at: str | None


class CanonicalEmailBlock(Struct, kw_only=True):
    id: str
    canonical_email_hash: str


class Reaction(Struct, kw_only=True):
    name: str
    count: int
    me: bool | UnsetType = UNSET
    url: str | UnsetType = UNSET
    static_url: str | UnsetType = UNSET


class Announcement(Struct, kw_only=True):
    id: str
    content: str
    starts_at: str | None
    ends_at: str | None
    all_day: bool
    published_at: str
    updated_at: str
    read: bool | UnsetType = UNSET
    mentions: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    tags: list[entities.StatusTag] = field(default_factory=list)
    emojis: list[entities.CustomEmoji] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
