"""The languages pages are written in: words from gettext catalogues, plural forms, dates and numbers.

Templates and handlers say everything in English; `locales/<code>.po` holds the other languages. What is read of them, and of
CLDR by Babel (5 MB), is read when somebody first wants it.
"""

from __future__ import annotations

import gettext
import hashlib
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = ("en", "ru")
OWN_NAMES = {
    "ru": "Русский",
    "en": "English",
    "uk": "Українська",
    "be": "Беларуская",
    "kk": "Қазақ тілі",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "pl": "Polski",
    "tr": "Türkçe",
    "ka": "ქართული",
    "hy": "Հայերեն",
    "zh": "中文",
    "ja": "日本語",
    "ko": "한국어",
}
"""What a post may be written in, each in its own words. From CLDR, by hand: a Locale of each would hold a megabyte."""
FOLDER = Path(__file__).with_name("locales")


class Language:
    """One language. What it says is trusted HTML; values put into it are escaped."""

    def __init__(self, code: str, folder: Path = FOLDER) -> None:
        self.code = code
        self._folder = folder
        self._said: dict[str, Markup] = {}

    @cached_property
    def locale(self) -> Locale:
        """What CLDR knows of it."""
        from babel import Locale

        return Locale.parse(self.code)

    @cached_property
    def digest(self) -> str:
        """Of all its words: it changes when one of them does."""
        path = self._folder / f"{self.code}.po"
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""

    @cached_property
    def _translations(self) -> gettext.NullTranslations:
        return read_catalogue(self._folder / f"{self.code}.po") if self.code != "en" else gettext.NullTranslations()

    def say(self, message: str, **values: Any) -> Markup:
        """What a message is in this language, with `%(name)s` filled in."""
        said = self._said.get(message)
        if said is None:
            said = self._said[message] = trusted(self._translations.gettext(message))
        return said % values if values else said

    def words(self, message: str) -> str:
        """The same of a text that is not ours (a setting), as plain words: one that the catalogue knows is translated."""
        return self._translations.gettext(message) if message else ""

    def plural(self, one: str, many: str, number: int, **values: Any) -> Markup:
        """The form of a message that belongs to a number, which is `%(num)s` in it."""
        return trusted(self._translations.ngettext(one, many, number)) % {"num": self.number(number), **values}

    def forms(self, one: str, many: str) -> dict[str, str]:
        """A message's forms by CLDR category (one, few, many, other), for scripts that count by themselves."""
        found: dict[str, str] = {}
        for number in (*range(1, 21), 100, 0):
            category = self.locale.plural_form(number)
            found.setdefault(category, self._translations.ngettext(one, many, number))
        found.setdefault("other", found.get("many") or self._translations.ngettext(one, many, 5))
        return found

    def number(self, value: int) -> str:
        """12 345, as the language groups digits."""
        if value < 1000:
            return str(value)
        from babel.numbers import format_decimal

        return str(format_decimal(value, locale=self.locale))

    def short_number(self, value: int) -> str:
        """1.2K; nothing for 0, as beside a button."""
        if value < 1000:
            return str(value) if value else ""
        from babel.numbers import format_compact_decimal

        return str(format_compact_decimal(value, locale=self.locale, fraction_digits=1))

    def size(self, value: int) -> str:
        """Bytes as people say them: 340 kB, 1.2 MB."""
        from babel.units import format_unit

        for unit, factor in (("digital-gigabyte", 10**9), ("digital-megabyte", 10**6)):
            if value >= factor:
                return str(format_unit(round(value / factor, 1), unit, "short", locale=self.locale))
        return str(format_unit(max(1, round(value / 1000)), "digital-kilobyte", "short", locale=self.locale))

    def short_date(self, iso: str) -> str:
        """5 Mar; with the year when it is not this one."""
        from babel.dates import format_skeleton

        moment = parse_time(iso)
        skeleton = "MMMd" if moment.year == datetime.now(UTC).year else "yMMMd"
        return str(format_skeleton(skeleton, moment, locale=self.locale))

    def long_date(self, when: str | float) -> str:
        """The day and the time, in UTC."""
        from babel.dates import format_datetime

        moment = parse_time(when) if isinstance(when, str) else datetime.fromtimestamp(when, UTC)
        return str(format_datetime(moment, "d MMMM y, HH:mm" if self.code == "ru" else "MMMM d, y, HH:mm", locale=self.locale))

    def month(self, iso: str) -> str:
        """March 2026."""
        from babel.dates import format_date

        return str(format_date(parse_time(iso), "MMMM y", locale=self.locale))

    @cached_property
    def other_languages(self) -> list[tuple[str, str]]:
        """What a post may be written in, by code, each in its own words."""
        return sorted(OWN_NAMES.items(), key=lambda pair: pair[0] != self.code)


def trusted(html: str) -> Markup:
    """HTML that we wrote: what a template rendered, what a catalogue says."""
    return Markup(html)  # noqa: S704


def read_catalogue(path: Path) -> gettext.GNUTranslations:
    """A `.po` file, compiled in memory."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def read_languages(codes: Iterable[str] = LANGUAGES) -> dict[str, Language]:
    return {code: Language(code) for code in codes}


def parse_time(iso: str) -> datetime:
    """A time as the API writes it. A date alone is its midnight."""
    return datetime.fromisoformat(iso).replace(tzinfo=UTC)


def preferred(accept_language: str, known: Iterable[str] = LANGUAGES) -> str:
    """The language a browser asks for (RFC 9110 §12.5.4) among the known ones, else the first of them."""
    known = tuple(known)
    best, best_weight = known[0], 0.0
    for part in accept_language.split(","):
        tag, _, parameter = part.strip().partition(";")
        code = tag.partition("-")[0].lower()
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        if code in known and weight > best_weight:
            best, best_weight = code, weight
    return best
