"""The `raf.media` section."""

from __future__ import annotations

from typing import Annotated

import msgspec

Positive = Annotated[int, msgspec.Meta(ge=1)]


class MediaSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Pictures that people upload."""

    folder: str = "media"
    """Where they are kept, relative to `data_dir`."""
    max_bytes: Positive = 16 * 1024 * 1024
    """The largest file."""
    max_pixels: Positive = 33_177_600
    """The largest picture, as Mastodon: 7680 × 4320. Larger ones are refused before they are decoded."""
    max_frames: Positive = 500
    """The longest animation."""
    description_limit: Positive = 1500
    """Characters of a description."""
    unattached_hours: Positive = 24
    """An upload that no post took is deleted after this."""
    at_once: Positive = 1
    """Pictures decoded at the same time; each may take max_pixels × 8 bytes of memory."""
    uploads_of_account: Positive = 30
    """Uploads an account may make in half an hour (as Mastodon)."""
