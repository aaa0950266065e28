"""What kind of picture some bytes are. The name and the type that the sender claims decide nothing."""

from __future__ import annotations

import re

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
"""The types that are taken in, and how their files end."""
TYPES = {extension: content_type for content_type, extension in EXTENSIONS.items()}
ACCEPTED = "JPEG, PNG, GIF, WebP or AVIF"
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
