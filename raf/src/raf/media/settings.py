"""The `raf.media` section."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ostrov import Secret

Positive = Annotated[int, msgspec.Meta(ge=1)]
NotNegative = Annotated[int, msgspec.Meta(ge=0)]


class S3Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where files lie with `raf.media.storage=s3`: a bucket of any store that speaks Amazon's S3."""

    endpoint: str = ""
    """The store's address, `https://s3.example.org`; empty for Amazon's own."""
    bucket: str = ""
    """It has to be there. Nobody but the key may list it: a private post's files are found by their names alone."""
    region: str = "us-east-1"
    """Where the bucket lies; stores that have no regions take any."""
    key: Secret = ""
    """The access key; it has to read, write, list and delete in the bucket."""
    secret: Secret = ""
    prefix: str = ""
    """A folder of the bucket, for several houses in one."""
    path_style: bool = True
    """Whether the bucket stands in the path and not in the host's name."""
    timeout: Positive = 20
    """Seconds a request may take; a large file is sent in several."""


class MediaSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Pictures, films and sounds that people upload."""

    storage: Literal["local", "s3"] = "local"
    """Whether they are kept in `folder` or in the bucket of `raf.media.s3`."""
    folder: str = "media"
    """Where they are kept, relative to `data_dir`; with a bucket, what is being made and the cache."""
    s3: S3Settings = msgspec.field(default_factory=S3Settings)
    cache_budget: NotNegative = 1024 * 1024 * 1024
    """Bytes of a bucket's files that are kept on this machine as well; 0 for none."""
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
    wait_seconds: Annotated[float, msgspec.Meta(ge=0)] = 8.0
    """How long a form, and `POST /api/v1/media`, wait for a film or a sound to be processed before they answer without it."""
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
