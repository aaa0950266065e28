"""What a filter's words match (app/models/custom_filter_keyword.rb, Mastodon 4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

CONTEXTS = ("home", "notifications", "public", "thread", "account")
ACTIONS = ("warn", "hide", "blur")
WORD_FIRST, WORD_LAST = re.compile(r"\w"), re.compile(r"\w\Z")
BREAKS = re.compile(r"<br\s*/?>|</p>|</li>")
TAGS = re.compile(r"<[^>]+>")


def pattern(keywords: Iterable[tuple[str, bool]]) -> re.Pattern[str] | None:
    """What finds any of (keyword, whether it must be a whole word); None when there are none.

    A keyword is text, not an expression. Upper and lower case are alike; where it begins or ends with a letter or digit, a
    whole word has none beside it.
    """
    parts = []
    for keyword, whole in keywords:
        before = r"\b" if whole and WORD_FIRST.match(keyword) else ""
        after = r"\b" if whole and WORD_LAST.search(keyword) else ""
        parts.append(before + re.escape(keyword) + after)
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def plain(html: str) -> str:
    """The words of a post's HTML, its paragraphs apart."""
    return unescape(TAGS.sub("", BREAKS.sub("\n\n", html)))
