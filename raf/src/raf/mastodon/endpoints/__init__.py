"""The endpoints, one file a noun of Mastodon's documentation. Each has its rule of access beside its path."""

from __future__ import annotations

from raf.mastodon.endpoints import (
    accounts,
    admin_accounts,
    admin_blocks,
    admin_reports,
    announcements,
    apps,
    authorization,
    conversations,
    discovery,
    domain_blocks,
    empty,
    featured,
    filters,
    grouped_notifications,
    instance,
    lists,
    media,
    notification_requests,
    notifications,
    oauth,
    people,
    polls,
    profile,
    push,
    registration,
    relations,
    reports,
    scheduled,
    search,
    statuses,
    tags,
    timelines,
    trends,
)

MODULES = (
    *(admin_accounts, admin_blocks, admin_reports, announcements, domain_blocks, reports),
    *(featured, filters, lists),
    *(accounts, apps, authorization, conversations, discovery, empty, instance, media, notifications),
    *(grouped_notifications, notification_requests),
    *(oauth, people, polls, profile, push, registration, relations, scheduled, search, statuses, tags, timelines, trends),
)
HANDLERS = [handler for module in MODULES for handler in module.HANDLERS]
