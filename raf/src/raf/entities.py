"""The entities of Mastodon 4.4's client API, exactly in its shapes (docs.joinmastodon.org/entities).

Ids are decimal strings; times are ISO 8601 in UTC with milliseconds, as `raf.times.iso` writes them. A field typed
`UnsetType` is left out of the JSON when it is unset, as Mastodon leaves it out.
"""

from __future__ import annotations

from typing import Any

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


class MediaAttachment(Struct, kw_only=True):
    """`type` is image, gifv, video, audio or unknown; `url` is null while the file is being processed."""

    id: str
    type: str
    url: str | None = None
    preview_url: str | None = None
    remote_url: str | None = None
    preview_remote_url: str | None = None
    text_url: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    description: str | None = None
    blurhash: str | None = None


class Mention(Struct, kw_only=True):
    id: str
    username: str
    url: str
    acct: str


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


class StatusApplication(Struct, kw_only=True):
    """The program a post was written with."""

    name: str
    website: str | None = None


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


class PreviewCard(Struct, kw_only=True):
    url: str
    title: str = ""
    description: str = ""
    language: str | None = None
    type: str = "link"
    author_name: str = ""
    author_url: str = ""
    provider_name: str = ""
    provider_url: str = ""
    html: str = ""
    width: int = 0
    height: int = 0
    image: str | None = None
    image_description: str = ""
    embed_url: str = ""
    blurhash: str | None = None
    published_at: str | None = None
    authors: list[dict[str, Any]] = field(default_factory=list)


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


class ScheduledStatus(Struct, kw_only=True):
    """A post that waits. `params` is what was asked for; `error`, our own, says why it could not be published."""

    id: str
    scheduled_at: str
    params: dict[str, Any]
    media_attachments: list[MediaAttachment] = field(default_factory=list)
    error: str | UnsetType = UNSET


class Conversation(Struct, kw_only=True):
    """Direct posts of a thread: its last one, and who else takes part in that."""

    id: str
    unread: bool = False
    accounts: list[Account] = field(default_factory=list)
    last_status: Status | None = None


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


class Notification(Struct, kw_only=True):
    """`type` is mention, status, reblog, follow, follow_request, favourite, poll, update, admin.sign_up or admin.report."""

    id: str
    type: str
    created_at: str
    group_key: str
    account: Account
    status: Status | UnsetType | None = UNSET
    report: Any | UnsetType = UNSET
    moderation_warning: Any | UnsetType = UNSET


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


class Marker(Struct, kw_only=True):
    last_read_id: str
    version: int
    updated_at: str


class Application(Struct, kw_only=True):
    """A registered client. The secrets are shown to itself only, when it registers."""

    id: str
    name: str
    website: str | None = None
    scopes: list[str] = field(default_factory=list)
    redirect_uris: list[str] = field(default_factory=list)
    redirect_uri: str = ""
    vapid_key: str = ""
    client_id: str | UnsetType = UNSET
    client_secret: str | UnsetType = UNSET
    client_secret_expires_at: int | UnsetType = UNSET


class Token(Struct, kw_only=True):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105
    scope: str = ""
    created_at: int = 0


class Search(Struct, kw_only=True):
    accounts: list[Account] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    hashtags: list[Tag] = field(default_factory=list)


class Rule(Struct, kw_only=True):
    id: str
    text: str
    hint: str = ""


class InstanceThumbnail(Struct, kw_only=True):
    url: str
    blurhash: str | None = None
    versions: dict[str, str] = field(default_factory=dict)


class InstanceContact(Struct, kw_only=True):
    email: str = ""
    account: Account | None = None


class Instance(Struct, kw_only=True):
    """`GET /api/v2/instance`."""

    domain: str
    title: str
    version: str
    source_url: str = ""
    description: str = ""
    usage: dict[str, Any] = field(default_factory=dict)
    thumbnail: InstanceThumbnail
    icon: list[dict[str, str]] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    configuration: dict[str, Any] = field(default_factory=dict)
    registrations: dict[str, Any] = field(default_factory=dict)
    api_versions: dict[str, int] = field(default_factory=dict)
    contact: InstanceContact
    rules: list[Rule] = field(default_factory=list)


class InstanceV1(Struct, kw_only=True):
    """`GET /api/v1/instance`."""

    uri: str
    title: str
    short_description: str = ""
    description: str = ""
    email: str = ""
    version: str
    urls: dict[str, str] = field(default_factory=dict)
    stats: dict[str, int] = field(default_factory=dict)
    thumbnail: str | None = None
    languages: list[str] = field(default_factory=list)
    registrations: bool = True
    approval_required: bool = False
    invites_enabled: bool = False
    configuration: dict[str, Any] = field(default_factory=dict)
    contact_account: Account | None = None
    rules: list[Rule] = field(default_factory=list)


class Error(Struct, kw_only=True):
    """What every failed request answers."""

    error: str
    error_description: str | UnsetType = UNSET
    details: dict[str, list[dict[str, str]]] | UnsetType = UNSET
