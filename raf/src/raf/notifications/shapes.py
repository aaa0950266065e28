"""The entities of grouped notifications, policies and requests, in Mastodon 4.4's shapes."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

from raf.entities import Account, Status


class Appealed(Struct, kw_only=True):
    """`state` is pending, approved or rejected."""

    text: str
    state: str


class AccountWarning(Struct, kw_only=True):
    """A judgement of the moderators, told to whom it is on."""

    id: str
    action: str
    text: str
    status_ids: list[str] | None
    target_account: Account
    appeal: Appealed | None
    created_at: str


class PartialAccount(Struct, kw_only=True):
    """What is needed to draw a face."""

    id: str
    acct: str
    locked: bool
    bot: bool
    url: str
    avatar: str
    avatar_static: str


class NotificationGroup(Struct, kw_only=True):
    """The `page_…` fields tell which part of the group is on the page; they are unset for a group on its own."""

    group_key: str
    notifications_count: int
    type: str
    most_recent_notification_id: int
    page_min_id: str | UnsetType = UNSET
    page_max_id: str | UnsetType = UNSET
    latest_page_notification_at: str | UnsetType = UNSET
    sample_account_ids: list[str] = field(default_factory=list)
    status_id: str | UnsetType = UNSET
    report: Any | UnsetType = UNSET
    moderation_warning: Any | UnsetType = UNSET


class GroupedNotifications(Struct, kw_only=True):
    """`partial_accounts` are there when they were asked for."""

    accounts: list[Account]
    partial_accounts: list[PartialAccount] | UnsetType = UNSET
    statuses: list[Status]
    notification_groups: list[NotificationGroup]


class PolicySummary(Struct, kw_only=True):
    pending_requests_count: int = 0
    pending_notifications_count: int = 0


class NotificationPolicy(Struct, kw_only=True):
    """`GET /api/v2/notifications/policy`."""

    for_not_following: str
    for_not_followers: str
    for_new_accounts: str
    for_private_mentions: str
    for_limited_accounts: str
    summary: PolicySummary


class NotificationPolicyV1(Struct, kw_only=True):
    """`GET /api/v1/notifications/policy`."""

    filter_not_following: bool
    filter_not_followers: bool
    filter_new_accounts: bool
    filter_private_mentions: bool
    summary: PolicySummary


class NotificationRequest(Struct, kw_only=True):
    """What somebody's notifications were kept aside of."""

    id: str
    created_at: str
    updated_at: str
    notifications_count: str
    account: Account
    last_status: Status | None = None
