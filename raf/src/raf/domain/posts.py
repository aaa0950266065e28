"""Decisions about posts: is this text allowed, what does it default to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from raf.domain import text as texts
from raf.domain.events import Posted, PostEdited, RafEvent
from raf.domain.text import Piece
from raf.domain.visibility import VISIBILITIES
from raf.errors import Invalid, Refused
from raf.forms import NewPost, PostChange

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")


class Defaults(NamedTuple):
    """What an account's posts are unless said otherwise."""

    visibility: str = "public"
    sensitive: bool = False
    language: str | None = None


class Draft(NamedTuple):
    """A text that is allowed, with what was found in it."""

    text: str
    spoiler_text: str
    visibility: str
    sensitive: bool
    language: str | None
    found: list[Piece]


def draft(new: NewPost, defaults: Defaults, characters: int, media: int) -> Draft:
    """Decide on a new post. Raises Invalid with Mastodon's words, Refused for too many files."""
    if len(new.media_ids) > media or (new.media_ids and new.poll is not None):
        raise Refused(f"Cannot attach more than {media} files")
    visibility = new.visibility or defaults.visibility
    if visibility not in VISIBILITIES:
        raise Invalid({"visibility": [("ERR_INCLUSION", "is not included in the list")]})
    text, spoiler_text = new.text.strip(), new.spoiler_text.strip()
    if not text and spoiler_text:  # a warning about nothing is the post itself
        text, spoiler_text = spoiler_text, ""
    found = _checked(text, spoiler_text, characters, has_media=bool(new.media_ids))
    sensitive = defaults.sensitive if new.sensitive is None else new.sensitive
    language = language_of(new.language) or defaults.language
    return Draft(text, spoiler_text, visibility, sensitive or bool(spoiler_text), language, found)


def revision(change: PostChange, current: Draft, media_ids: tuple[int, ...], characters: int, media: int) -> Draft:
    """Decide on a new version of a post. Raises Invalid, Refused."""
    if len(media_ids) > media:
        raise Refused(f"Cannot attach more than {media} files")
    text = _or(change.text, current.text, str.strip)
    spoiler_text = _or(change.spoiler_text, current.spoiler_text, str.strip)
    if not text and spoiler_text:
        text, spoiler_text = spoiler_text, ""
    found = _checked(text, spoiler_text, characters, has_media=bool(media_ids))
    sensitive = _or(change.sensitive, current.sensitive, bool) or bool(spoiler_text)
    language = current.language if change.language is UNSET else language_of(change.language)
    return Draft(text, spoiler_text, current.visibility, sensitive, language, found)


def wordless(event: RafEvent) -> RafEvent:
    """An event of a deleted post without what it said and to whom: what is counted and what it belonged to stays."""
    if not isinstance(event, Posted | PostEdited):
        return event
    gone: dict[str, Any] = {"text": "", "spoiler_text": "", "mentions": (), "language": None}
    if event.poll is not None:
        gone["poll"] = msgspec.structs.replace(event.poll, options=("",) * len(event.poll.options))
    return msgspec.structs.replace(event, **gone)


def language_of(code: str | None) -> str | None:
    """A language code as it is kept, None for what is none."""
    if not code or not LANGUAGE.fullmatch(code):
        return None
    first, dash, rest = code.partition("-")
    return first.lower() + dash + rest


def _checked(text: str, spoiler_text: str, characters: int, *, has_media: bool) -> list[Piece]:
    if not text and not has_media:
        raise Invalid({"text": [("ERR_BLANK", "can't be blank")]})
    whole = text + spoiler_text
    if len(whole) > characters * 16 or "\0" in whole:  # refused before it is looked through
        raise Invalid({"text": [("ERR_TOO_LONG", f"character limit of {characters} exceeded")]})
    found = texts.pieces(text)
    if len(text) + len(spoiler_text) > characters or found:
        counted = texts.characters(text, found) + texts.characters(spoiler_text, [])
        if counted > characters:
            raise Invalid({"text": [("ERR_TOO_LONG", f"character limit of {characters} exceeded")]})
    return found


def _or(value: Any, otherwise: Any, form: Callable[[Any], Any]) -> Any:
    return otherwise if value is UNSET else form(value)
