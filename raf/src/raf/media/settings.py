"""The `raf.media` section."""

from __future__ import annotations

from typing import Annotated

import msgspec

Positive = Annotated[int, msgspec.Meta(ge=1)]


class MediaSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Pictures, films and sounds that people upload."""

    folder: str = "media"
    """Where they are kept, relative to `data_dir`."""
    max_bytes: Positive = 16 * 1024 * 1024
    """The largest picture."""
    max_film_bytes: Positive = 99 * 1024 * 1024
    """The largest film or sound, as Mastodon."""
    max_film_pixels: Positive = 8_294_400
    """The largest frame of a film, as Mastodon: 3840 × 2160. Larger than 1920 × 1080 is kept smaller."""
    max_frame_rate: Positive = 120
    """Frames a second of a film. More than 60 are kept as 60."""
    max_film_seconds: Positive = 20 * 60
    """The longest film."""
    max_sound_seconds: Positive = 3 * 60 * 60
    """The longest sound."""
    processing_seconds: Positive = 30 * 60
    """The most processor time that one film may take."""
    max_pixels: Positive = 33_177_600
    """The largest picture, as Mastodon: 7680 × 4320. Larger ones are refused before they are decoded."""
    max_frames: Positive = 500
    """The longest animation."""
    description_limit: Positive = 1500
    """Characters of a description."""
    unattached_hours: Positive = 24
    """An upload that no post took is deleted after this."""
    films_at_once: Positive = 1
    """Films and sounds encoded at the same time by a process; each may take 2 GB of memory."""
    at_once: Positive = 1
    """Pictures decoded at the same time; each may take max_pixels × 8 bytes of memory."""
    uploads_of_account: Positive = 30
    """Uploads an account may make in half an hour (as Mastodon)."""
