"""What Raf brings: it is one component among the others."""

from __future__ import annotations

from ostrov import Check, Component, Mount, Service
from raf.settings import RafSettings

component = Component(
    name="raf",
    settings=RafSettings,
    migrations="raf:migrations",
    projections=(
        "raf.accounts.projection",
        "raf.posts.projection",
        "raf.polls.projection",
        "raf.quotes.projection",
        "raf.previews.projection",
        "raf.relations.projection",
        "raf.tags.projection",
        "raf.search.projection",
        "raf.moderation.projection",
        "raf.archive.projection",
        "raf.departure.projection",
    ),
    operations=(
        "raf.operations:rebuild",
        "raf.operations:seed",
        "raf.moderation.operations:role",
        "raf.moderation.operations:judge",
        "raf.moderation.operations:lift",
        "raf.moderation.operations:erase",
        "raf.moderation.operations:welcome",
        "raf.moderation.operations:reports",
        "raf.moderation.operations:block",
        "raf.moderation.operations:rule",
        "raf.moderation.operations:announce",
        "raf.moderation.operations:emoji",
        "raf.letters.operations:trial",
        "raf.letters.operations:listed",
        "raf.letters.operations:address",
        "raf.factors.operations:rekey",
        "raf.factors.operations:unguard",
    ),
    tasks=(
        "raf.notifications.tasks",
        "raf.media.tasks",
        "raf.identity.tasks",
        "raf.polls.ending",
        "raf.scheduling.tasks",
        "raf.quotes.tasks",
        "raf.moderation.tasks",
        "raf.archive.tasks",
        "raf.departure.tasks",
        "raf.push.tasks",
        "raf.letters.tasks",
        "raf.previews.tasks",
    ),
    services=(Service("search", run="raf.search.service:serve", group="worker"),),
    checks=(
        Check("search", "raf.search.checks:index"),
        Check("media", "raf.media.checks:storage"),
        Check("mail", "raf.letters.checks:mail"),
        Check("keys", "raf.factors.checks:keys"),
    ),
    after=("events", "tasks"),
    mounts=(
        Mount("/api", "raf.mastodon.application:build"),
        Mount("/oauth", "raf.mastodon.application:build"),
        Mount("/.well-known", "raf.mastodon.application:build"),
        Mount("/nodeinfo", "raf.mastodon.application:build"),
        Mount("/media", "raf.media.application:build"),
        Mount("/", "raf.web.application:build"),
    ),
)
