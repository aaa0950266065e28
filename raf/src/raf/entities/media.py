"""Pictures, films and sounds as the API shows them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


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
