"""Entities that only the client API has, each for one endpoint, in Mastodon 4.4's shapes (docs.joinmastodon.org)."""

from __future__ import annotations

from msgspec import Struct, field

from raf.entities import Account, PreviewCard, Status, TagHistory


class Count(Struct, kw_only=True):
    """How many notifications, or groups of them, were not read."""

    count: int


class Merged(Struct, kw_only=True):
    """Whether the notifications of those who were accepted are among the others."""

    merged: bool


class FamiliarFollowers(Struct, kw_only=True):
    """Whom one follows that follows the account `id`."""

    id: str
    accounts: list[Account]


class Suggestion(Struct, kw_only=True):
    """Somebody to follow, and why; `source` is for clients older than `sources`."""

    source: str
    sources: list[str]
    account: Account


class DeletedStatus(Status, kw_only=True):
    """A post that is gone, with what its author typed; its media are kept for a day, to be posted again."""

    text: str


class TrendsLink(PreviewCard, kw_only=True):
    """An address that many told of."""

    history: list[TagHistory] = field(default_factory=list)


class Preferences(Struct, kw_only=True):
    """What one chose for new posts and for reading."""

    visibility: str = field(name="posting:default:visibility")
    sensitive: bool = field(name="posting:default:sensitive")
    language: str | None = field(name="posting:default:language")
    quote_policy: str = field(name="posting:default:quote_policy")
    media: str = field(name="reading:expand:media")
    spoilers: bool = field(name="reading:expand:spoilers")
    gifs: bool = field(name="reading:autoplay:gifs")


class InstanceActivity(Struct, kw_only=True):
    """One week: its beginning in epoch seconds and three counts, all as texts."""

    week: str
    statuses: str
    logins: str
    registrations: str


class InstanceText(Struct, kw_only=True):
    """A text about the server, as HTML."""

    updated_at: str
    content: str


class TermsOfService(Struct, kw_only=True):
    """The terms, as HTML, from the day they hold on."""

    effective_date: str
    effective: bool
    content: str
    succeeded_by: str | None


class Language(Struct, kw_only=True):
    """A language spoken here."""

    code: str
    name: str


class PublishedBlock(Struct, kw_only=True):
    """A server that is restricted here; its name may have stars in place of letters."""

    domain: str
    digest: str
    severity: str
    comment: str | None


class AuthorizationServer(Struct, kw_only=True):
    """RFC 8414's metadata, and Mastodon's `app_registration_endpoint`."""

    issuer: str
    service_documentation: str
    authorization_endpoint: str
    token_endpoint: str
    app_registration_endpoint: str
    revocation_endpoint: str
    userinfo_endpoint: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    code_challenge_methods_supported: list[str]


class UserInfo(Struct, kw_only=True):
    """Who a token belongs to, in OpenID Connect's words (OpenID Connect Core 1.0, 5.3)."""

    iss: str
    sub: str
    name: str
    preferred_username: str
    profile: str
    picture: str


class NodeInfoLink(Struct, kw_only=True):
    rel: str
    href: str


class NodeInfoLinks(Struct, kw_only=True):
    """Where NodeInfo is."""

    links: list[NodeInfoLink]


class NodeInfoSoftware(Struct, kw_only=True):
    name: str
    version: str


class NodeInfoServices(Struct, kw_only=True):
    inbound: list[str]
    outbound: list[str]


class NodeInfoUsers(Struct, kw_only=True):
    total: int
    active_month: int = field(name="activeMonth")
    active_half_year: int = field(name="activeHalfyear")


class NodeInfoUsage(Struct, kw_only=True):
    users: NodeInfoUsers
    local_posts: int = field(name="localPosts")


class NodeInfoMetadata(Struct, kw_only=True):
    name: str = field(name="nodeName")
    description: str = field(name="nodeDescription")


class NodeInfo(Struct, kw_only=True):
    """NodeInfo 2.0 (nodeinfo.diaspora.software)."""

    version: str
    software: NodeInfoSoftware
    protocols: list[str]
    services: NodeInfoServices
    usage: NodeInfoUsage
    open_registrations: bool = field(name="openRegistrations")
    metadata: NodeInfoMetadata
