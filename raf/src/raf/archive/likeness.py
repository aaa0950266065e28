"""The profile of an archive: its `actor.json` as what one may set here."""

from __future__ import annotations

from typing import Any, Final

from raf.archive.plain import plain_text
from raf.forms import ProfileChange
from raf.posts.settings import PostSettings

PICTURES: Final = (("avatar", "icon"), ("header", "image"))


def profile_of(actor: dict[str, Any], limits: PostSettings) -> ProfileChange:
    """Name, words and facts, cut to what is allowed here; pictures are taken in beside it."""
    source = actor.get("source")
    typed = source.get("content") if isinstance(source, dict) and source.get("mediaType") == "text/plain" else None
    note = typed if isinstance(typed, str) else plain_text(_text(actor.get("summary")), {})
    rows = actor.get("attachment")
    facts = [
        (plain_text(_text(row.get("name")), {})[: limits.field_characters], plain_text(_text(row.get("value")), {}))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and row.get("type") == "PropertyValue"
    ]
    return ProfileChange(
        display_name=_text(actor.get("name"))[: limits.display_name],
        note=note[: limits.note],
        fields=[(name, value[: limits.field_characters]) for name, value in facts][: limits.fields],
    )


def picture_of(actor: dict[str, Any], name: str) -> str:
    """Where a picture lies in the archive; empty for none, and for one that would have to be fetched."""
    found = actor.get(name)
    path = _text(found.get("url")) if isinstance(found, dict) else ""
    return "" if "://" in path else path


def _text(value: object) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""
