"""The entities of Mastodon 4.4's client API, exactly in its shapes (docs.joinmastodon.org/entities).

Ids are decimal strings; times are ISO 8601 in UTC with milliseconds, as `raf.times.iso` writes them. A field typed
`UnsetType` is left out of the JSON when it is unset, as Mastodon leaves it out.
"""

from __future__ import annotations

from raf.entities.account import (
    Account,
    AccountRole,
    CredentialAccount,
    CustomEmoji,
    Emoji,
    Field,
    MutedAccount,
    Relationship,
    Role,
    Source,
)
from raf.entities.application import Application, Token
from raf.entities.card import PreviewCard
from raf.entities.conversation import Conversation
from raf.entities.error import Error
from raf.entities.instance import Instance, InstanceContact, InstanceThumbnail, InstanceV1, Rule, RuleTranslation
from raf.entities.media import MediaAttachment
from raf.entities.notification import Marker, Notification
from raf.entities.poll import Poll, PollOption
from raf.entities.scheduled import ScheduledStatus
from raf.entities.search import Search
from raf.entities.status import Context, Mention, Quote, Status, StatusApplication, StatusEdit, StatusSource
from raf.entities.tag import StatusTag, Tag, TagHistory

__all__ = [
    "Account",
    "AccountRole",
    "Application",
    "Context",
    "Conversation",
    "CredentialAccount",
    "CustomEmoji",
    "Emoji",
    "Error",
    "Field",
    "Instance",
    "InstanceContact",
    "InstanceThumbnail",
    "InstanceV1",
    "Marker",
    "MediaAttachment",
    "Mention",
    "MutedAccount",
    "Notification",
    "Poll",
    "PollOption",
    "PreviewCard",
    "Quote",
    "Relationship",
    "Role",
    "Rule",
    "RuleTranslation",
    "ScheduledStatus",
    "Search",
    "Source",
    "Status",
    "StatusApplication",
    "StatusEdit",
    "StatusSource",
    "StatusTag",
    "Tag",
    "TagHistory",
    "Token",
]
