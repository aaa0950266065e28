"""What a client is told when something went wrong."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType


class Error(Struct, kw_only=True):
    """What every failed request answers."""

    error: str
    error_description: str | UnsetType = UNSET
    details: dict[str, list[dict[str, str]]] | UnsetType = UNSET
