"""What a person says of a filter, checked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, Struct, UnsetType

from raf.domain.filters import ACTIONS, CONTEXTS
from raf.errors import Invalid, Refused

LONGEST_TITLE = 256
LONGEST_KEYWORD = 512
LONGEST_TIME = 10 * 365 * 86400
MOST = 200
"""Filters of a person, and keywords of a filter: every post somebody reads is held against all of them."""


class KeywordChange(Struct, frozen=True, kw_only=True):
    """A new keyword, or with an `id` one to change or (`gone`) to take away."""

    id: int | None = None
    keyword: str | UnsetType = UNSET
    whole_word: bool | UnsetType = UNSET
    gone: bool = False


class FilterChange(Struct, frozen=True, kw_only=True):
    """Only what is set is changed. `expires_in` is in seconds from now, None for never."""

    title: str | UnsetType = UNSET
    contexts: tuple[str, ...] | UnsetType = UNSET
    action: str | UnsetType = UNSET
    expires_in: float | UnsetType | None = UNSET
    keywords: tuple[KeywordChange, ...] = ()


def checked(change: FilterChange, *, new: bool) -> FilterChange:
    """The change, cleaned. Raises Invalid, Refused (an unknown action)."""
    title = change.title.strip() if isinstance(change.title, str) else change.title
    contexts = change.contexts
    if contexts is not UNSET:
        contexts = tuple(dict.fromkeys(name.strip() for name in contexts if name.strip()))
    wrong: dict[str, list[tuple[str, str]]] = {}
    if title == "" or (new and title is UNSET):
        wrong["title"] = [("ERR_BLANK", "can't be blank")]
    elif isinstance(title, str) and len(title) > LONGEST_TITLE:
        wrong["title"] = [("ERR_TOO_LONG", f"is too long (maximum is {LONGEST_TITLE} characters)")]
    if (contexts is UNSET and new) or (contexts is not UNSET and (not contexts or not set(contexts) <= set(CONTEXTS))):
        wrong["context"] = [("ERR_INVALID", "None or invalid context supplied")]
    if wrong:
        raise Invalid(wrong)
    if change.action is not UNSET and change.action not in ACTIONS:
        raise Refused(f"'{change.action}' is not a valid filter_action")
    seconds = change.expires_in
    if seconds is not UNSET and seconds is not None:
        seconds = min(max(0.0, seconds), LONGEST_TIME)
    return FilterChange(
        title=title,
        contexts=contexts,
        action=change.action,
        expires_in=seconds,
        keywords=tuple(checked_keywords(change.keywords)),
    )


def checked_keywords(changes: Sequence[KeywordChange]) -> list[KeywordChange]:
    """Keywords without spaces around them. Raises Invalid."""
    return [change if change.gone else checked_keyword(change) for change in changes]


def checked_keyword(change: KeywordChange) -> KeywordChange:
    """Raises Invalid."""
    keyword = change.keyword.strip() if isinstance(change.keyword, str) else change.keyword
    if keyword == "" or (keyword is UNSET and change.id is None):
        raise Invalid({"keyword": [("ERR_BLANK", "can't be blank")]})
    if isinstance(keyword, str) and len(keyword) > LONGEST_KEYWORD:
        raise Invalid({"keyword": [("ERR_TOO_LONG", f"is too long (maximum is {LONGEST_KEYWORD} characters)")]})
    return KeywordChange(id=change.id, keyword=keyword, whole_word=change.whole_word)
