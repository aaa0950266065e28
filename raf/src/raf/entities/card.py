"""Previews of links as the API shows them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


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
