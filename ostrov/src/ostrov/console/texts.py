"""What the console says in English and Russian. English phrases are the keys; a component's `texts/ru.toml` holds the Russian.

A phrase that counts is written with both English forms (`"{count} run|{count} runs"`) and has three Russian ones in a list.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

LANGUAGES = {"en": "English", "ru": "Русский"}


class Catalogue:
    """Phrases of one language. Called as `_("Restart {name}", name=…)` in templates and views."""

    def __init__(self, language: str, phrases: Mapping[str, str | list[str]]) -> None:
        self.language = language
        self.phrases = phrases

    def __call__(self, phrase: str, **values: Any) -> str:
        found = self.phrases.get(phrase, phrase)
        text = found if isinstance(found, str) else found[0]
        return text.format(**values) if values else text

    def count(self, phrase: str, count: int, **values: Any) -> str:
        """A phrase of both English forms, in the form that `count` asks for."""
        found = self.phrases.get(phrase)
        forms = found if isinstance(found, list) else phrase.split("|")
        form = russian_form(count) if isinstance(found, list) else int(count != 1)
        return forms[min(form, len(forms) - 1)].format(count=count, **values)


def russian_form(count: int) -> int:
    """0 for один, 1 for два, 2 for пять (CLDR plural rules of `ru`)."""
    count = abs(count)
    if count % 10 == 1 and count % 100 != 11:
        return 0
    if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14):
        return 1
    return 2


@lru_cache
def phrases_of(package: str, language: str) -> dict[str, Any]:
    """The phrases that one component's package brings; empty when it brings none."""
    source = files(package) / "texts" / f"{language}.toml"
    return tomllib.loads(source.read_text("utf-8")) if source.is_file() else {}


def catalogue(language: str, packages: Iterable[str]) -> Catalogue:
    """The catalogue of a language over the packages of all components; of one phrase the first package's wins."""
    phrases: dict[str, Any] = {}
    if language != "en":
        for package in packages:
            for phrase, text in phrases_of(package, language).items():
                phrases.setdefault(phrase, text)
    return Catalogue(language, phrases)


def choose_language(cookie: str, accepted: str, default: str = "en") -> str:
    """The language of a request: the person's own choice, else the first that the browser accepts (RFC 9110 §12.5.4)."""
    if cookie in LANGUAGES:
        return cookie
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")[:20]):
        tag, _, options = part.strip().partition(";")
        weight = 1.0
        if options.strip().startswith("q="):
            try:
                weight = float(options.strip()[2:])
            except ValueError:
                continue
        wishes.append((-weight, place, tag.partition("-")[0].lower()))
    return next((tag for weight, _, tag in sorted(wishes) if tag in LANGUAGES and weight < 0), default)
