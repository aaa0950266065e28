"""What kind of picture, film or sound some bytes are. The name and the type that the sender claims decide nothing."""

from __future__ import annotations

import re

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "audio/mpeg": "mp3",
}
"""The types that are kept, and how their files end."""
TYPES = {extension: content_type for content_type, extension in EXTENSIONS.items()}
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif")
FILMS = ("video/mp4", "video/quicktime", "video/webm")
SOUNDS = ("audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/flac", "audio/wav")
TAKEN = (*PICTURES, *FILMS, *SOUNDS, "audio/x-m4a", "audio/x-wav", "audio/x-flac", "audio/mp3", "audio/webm")
"""The types that are taken in, by the names that clients may give them."""
ACCEPTED_PICTURES = "JPEG, PNG, GIF, WebP or AVIF"
ACCEPTED = "JPEG, PNG, GIF, WebP, AVIF, MP4, MOV, WebM, MP3, M4A, Ogg, FLAC or WAV"
AVIF = re.compile(rb"....ftyp(?:avif|avis|....(?:....)*?avi[fs])", re.DOTALL)


def picture_type(head: bytes) -> str | None:
    """The type of a picture by its first 64 bytes; None when it is not one that is taken in."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if AVIF.match(head[:64]):
        return "image/avif"
    return None


def content_type(head: bytes) -> str | None:
    """The type of a picture, film or sound by its first 64 bytes; None when it is not one that is taken in."""
    if (picture := picture_type(head)) is not None:
        return picture
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "audio/mp4" if brand in (b"M4A ", b"M4B ") else "video/quicktime" if brand == b"qt  " else "video/mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"ID3"):
        return "audio/mpeg"
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        layer = head[1] >> 1 & 3
        if layer == 0 and head[1] & 0xF0 == 0xF0:
            return "audio/aac"
        if layer == 1 and head[2] & 0xF0 not in (0x00, 0xF0):
            return "audio/mpeg"
    return None


def guessed_kind(content_type: str) -> str:
    """What the entity says until the file is processed: image, video or audio."""
    return {"image": "image", "video": "video"}.get(content_type.partition("/")[0], "audio")
