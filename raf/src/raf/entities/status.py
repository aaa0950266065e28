"""Posts as the API shows them, with their history, source and thread."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

from raf.entities.account import Account, CustomEmoji
from raf.entities.card import PreviewCard
from raf.entities.media import MediaAttachment
from raf.entities.poll import Poll
from raf.entities.tag import StatusTag


class Mention(Struct, kw_only=True):
    id: str
    username: str
    url: str
    acct: str


class StatusApplication(Struct, kw_only=True):
    """The program a post was written with."""

    name: str
    website: str | None = None


class Status(Struct, kw_only=True):
    """A post, or a boost (then `reblog` holds the post). What concerns the viewer is unset for an anonymous one."""

    id: str
    created_at: str
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    sensitive: bool = False
    spoiler_text: str = ""
    visibility: str = "public"
    language: str | None = None
    uri: str
    url: str | None = None
    replies_count: int = 0
    reblogs_count: int = 0
    favourites_count: int = 0
    quotes_count: int = 0
    edited_at: str | None = None
    content: str = ""
    application: StatusApplication | None = None
    media_attachments: list[MediaAttachment] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    tags: list[StatusTag] = field(default_factory=list)
    emojis: list[CustomEmoji] = field(default_factory=list)
    card: PreviewCard | None = None
    poll: Poll | None = None
    quote: Quote | None = None
    account: Account
    reblog: Status | None = None
    favourited: bool | UnsetType = UNSET
    reblogged: bool | UnsetType = UNSET
    muted: bool | UnsetType = UNSET
    bookmarked: bool | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    filtered: list[Any] | UnsetType = UNSET


class Quote(Struct, kw_only=True):
    """A quoted post, as a document; `quoted_status_id` alone in a post that is quoted itself.

    `state` is accepted, pending, rejected, revoked, deleted or unauthorized; only an accepted one is shown.
    """

    state: str
    quoted_status: Status | UnsetType | None = UNSET
    quoted_status_id: str | UnsetType | None = UNSET


class StatusSource(Struct, kw_only=True):
    id: str
    text: str
    spoiler_text: str = ""


class StatusEdit(Struct, kw_only=True):
    """One version of a post, the oldest first in its history."""

    content: str
    spoiler_text: str
    sensitive: bool
    created_at: str
    account: Account
    media_attachments: list[MediaAttachment] = field(default_factory=list)
    emojis: list[CustomEmoji] = field(default_factory=list)
    poll: dict[str, Any] | UnsetType = UNSET


class Context(Struct, kw_only=True):
    ancestors: list[Status] = field(default_factory=list)
    descendants: list[Status] = field(default_factory=list)
