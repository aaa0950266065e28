"""What somebody types to find posts, with Mastodon's operators (app/lib/search_query_parser.rb, 4.4): words, "phrases", words
that begin so*, each unwanted with a minus; `from:`, `has:`, `is:`, `language:`, `before:`, `after:`, `during:`, `in:`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from raf.errors import RafError
from raf.search.words import last_word, stems

PIECE = re.compile(
    r"(?P<sign>[-+])?(?:(?P<prefix>has|is|language|from|before|after|during|in):(?=\S))?"
    r'(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))',
    re.IGNORECASE,
)
QUOTES = str.maketrans("“”„«»＂−", '""""""-')
PLACES = ("all", "library", "public")
TRAITS = ("media", "image", "video", "audio", "poll", "link", "embed", "reply", "sensitive")
LANGUAGES = {"english": "en", "английский": "en", "russian": "ru", "русский": "ru"}
DAY = timedelta(days=1)
ALWAYS = (0.0, 2.0**47 / 1000)
MOST = 32
"""Pieces of a query that count."""


class BadQuery(RafError):
    """An operator has a value that it cannot have."""


@dataclass(frozen=True)
class Words:
    """Stems that follow each other; `open` when the last may go on."""

    stems: tuple[str, ...]
    open: bool = False


@dataclass
class Query:
    """All that a post must be, and must not be. `spans` are times from and before which, in epoch seconds.

    `authors` are names as `alice`, `alice@host` or `me`; a post has one of them. `place` is `library` for one's own posts and
    what one took part in, `public` for what everybody may find.
    """

    wanted: list[Words] = field(default_factory=list)
    unwanted: list[Words] = field(default_factory=list)
    traits: set[str] = field(default_factory=set)
    no_traits: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    no_languages: set[str] = field(default_factory=set)
    authors: list[str] = field(default_factory=list)
    no_authors: list[str] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)
    no_spans: list[tuple[float, float]] = field(default_factory=list)
    place: Literal["all", "library", "public"] = "all"

    def __bool__(self) -> bool:
        """Whether anything is looked for."""
        return any(
            (
                *(self.wanted, self.unwanted, self.traits, self.no_traits, self.languages, self.no_languages),
                *(self.authors, self.no_authors, self.spans, self.no_spans),
            )
        )

    @property
    def is_plain(self) -> bool:
        """Whether there are words alone, which may as well be somebody's name."""
        return bool(self.wanted) and not any((self.unwanted, self.traits, self.languages, self.authors, self.spans))


def parse(text: str) -> Query:
    """The query in a text. Raises BadQuery."""
    query = Query()
    for number, match in enumerate(PIECE.finditer(text.replace("\0", " ").translate(QUOTES))):
        if number == MOST:
            break
        refused = match["sign"] == "-"
        prefix = (match["prefix"] or "").lower()
        value = (match["phrase"] if match["phrase"] is not None else match["word"]).strip()
        if prefix:
            _add_operator(query, prefix, value, refused=refused)
        elif words := _words(value, whole=match["phrase"] is not None):
            (query.unwanted if refused else query.wanted).append(words)
    return query


def _words(value: str, *, whole: bool) -> Words | None:
    found = tuple(stems(value))
    if not found:
        return None
    if not whole and value.endswith("*"):
        return Words((*found[:-1], last_word(value)), open=True)
    return Words(found)


def _add_operator(query: Query, prefix: str, value: str, *, refused: bool) -> None:
    if prefix in ("has", "is"):
        (query.no_traits if refused else query.traits).add(value.lower())
    elif prefix == "language":
        (query.no_languages if refused else query.languages).add(language(value))
    elif prefix == "from":
        (query.no_authors if refused else query.authors).append(value.removeprefix("@").lower())
    elif prefix == "in":
        _set_place(query, value.lower(), refused=refused)
    else:
        begins, ends = moment(value)
        span = {"before": (ALWAYS[0], begins), "after": (ends, ALWAYS[1]), "during": (begins, ends)}[prefix]
        (query.no_spans if refused else query.spans).append(span)


def _set_place(query: Query, value: str, *, refused: bool) -> None:
    if value not in PLACES:
        raise BadQuery(f"in: is one of {', '.join(PLACES)}")
    other = {"library": "public", "public": "library", "all": "all"}[value] if refused else value
    query.place = other  # type: ignore[assignment]


def language(value: str) -> str:
    """The code of a language told by its code, with or without a country, or by its name."""
    low = value.lower()
    return LANGUAGES.get(low) or re.split("[-_]", low)[0]


def moment(value: str) -> tuple[float, float]:
    """The span that a day, a month, a year, a minute or an epoch second is, in UTC. Raises BadQuery."""
    if re.fullmatch(r"\d{5,11}", value):
        return float(value), float(value) + 1
    try:
        if re.fullmatch(r"\d{4}", value):
            year = datetime(int(value), 1, 1, tzinfo=UTC)
            return year.timestamp(), year.replace(year=year.year + 1).timestamp()
        if re.fullmatch(r"\d{4}-\d{2}", value):
            month = datetime.strptime(value, "%Y-%m").replace(tzinfo=UTC)
            return month.timestamp(), (month + 31 * DAY).replace(day=1).timestamp()
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        length = DAY if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", value) else timedelta(seconds=1)
        return found.timestamp(), (found + length).timestamp()
    except (ValueError, OverflowError):
        raise BadQuery(f"Invalid date: {value}") from None
