"""Clients and their tokens."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field


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
