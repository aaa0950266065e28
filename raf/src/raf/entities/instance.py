"""The house as it shows itself to clients."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from raf.entities.account import Account


class RuleTranslation(Struct, kw_only=True):
    text: str
    hint: str = ""


class Rule(Struct, kw_only=True):
    """`translations` are by the language's code."""

    id: str
    text: str
    hint: str = ""
    translations: dict[str, RuleTranslation] = field(default_factory=dict)


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
