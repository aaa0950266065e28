"""Decisions about profiles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from raf.domain import text as texts
from raf.domain.posts import language_of
from raf.domain.visibility import PRIVATE, PUBLIC, UNLISTED
from raf.errors import Invalid
from raf.forms import ProfileChange

if TYPE_CHECKING:
    from raf.posts.settings import PostSettings

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What breaks the line a name stands in, or turns the words beside it round."""


def checked(change: ProfileChange, limits: PostSettings) -> ProfileChange:
    """The change as it is kept: trimmed, without empty fields. Raises Invalid."""
    clean: dict[str, object] = {}
    problems: dict[str, list[tuple[str, str]]] = {}
    if isinstance(change.display_name, str):
        clean["display_name"] = _trimmed(CONTROLS.sub("", change.display_name))
        if _longer(change.display_name, limits.display_name):
            problems["display_name"] = [_too_long(limits.display_name)]
    if isinstance(change.note, str):
        clean["note"] = _trimmed(change.note)
        if len(change.note) > limits.note * 16 or texts.characters(_trimmed(change.note)) > limits.note:
            problems["note"] = [("ERR_TOO_LONG", f"character limit of {limits.note} exceeded")]
    if isinstance(change.fields, list):
        fields = [(_trimmed(name), _trimmed(value)) for name, value in change.fields]
        clean["fields"] = fields = [row for row in fields if row[0] and row[1]]
        if len(fields) > limits.fields:
            problems["fields"] = [("ERR_TOO_LONG", f"has more than {limits.fields} rows")]
        elif any(_longer(text, limits.field_characters) for row in fields for text in row):
            problems["fields"] = [_too_long(limits.field_characters)]
    if isinstance(change.language, str):
        clean["language"] = language_of(change.language)
    if isinstance(change.visibility, str) and change.visibility not in (PUBLIC, UNLISTED, PRIVATE):
        problems["privacy"] = [("ERR_INCLUSION", "is not included in the list")]
    if problems:
        raise Invalid(problems)
    return msgspec.structs.replace(change, **clean)


def _trimmed(text: str) -> str:
    return text.replace("\0", "").strip()


def _longer(text: str, limit: int) -> bool:
    return len(text) > limit and (len(text) > limit * 16 or texts.characters(text, []) > limit)


def _too_long(limit: int) -> tuple[str, str]:
    return ("ERR_TOO_LONG", f"is too long (maximum is {limit} characters)")
