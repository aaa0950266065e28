"""Words as they are compared: lower case, without accents, cut down to their stems, Russian and English alike.

Both databases are given the same stems, so both find the same. Nothing is left out as too common, so phrases hold.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache, lru_cache
from typing import Any

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Thai, Lao, kana and Han are written without spaces: each character is a word, and what is looked for a phrase."""
CYRILLIC = re.compile("[\u0400-\u052f]")
LATIN = re.compile("[a-z]")
LONGEST = 64
"""Characters of a word that count."""
MOST = 16_000
"""Words of a text that count (PostgreSQL knows 16,383 places)."""
_LOCK = threading.Lock()


def stems(text: str) -> list[str]:
    """The stems of a text in its order: letters and digits only."""
    found: list[str] = []
    for word in WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        found += _parts(word) if UNSPACED.search(word) else (stem(word),)
        if len(found) >= MOST:
            return found[:MOST]
    return [one for one in found if one]


def last_word(text: str) -> str:
    """The last word of a text as it is compared, not cut down: what a longer one may begin with."""
    found = WORD.findall(unicodedata.normalize("NFKC", text).lower())
    return _letters(_plain(found[-1]))[:LONGEST] if found else ""


@lru_cache(65_536)
def stem(word: str) -> str:
    """The stem of one lower-case word."""
    plain = _plain(word)[:LONGEST]
    if CYRILLIC.search(plain):
        plain = _stemmed("russian", plain)
    elif LATIN.search(plain):
        plain = _stemmed("english", plain)
    return _letters(plain)


def _parts(word: str) -> list[str]:
    """The words of one that has unspaced characters in it."""
    parts = [part for part in re.split(f"({UNSPACED.pattern})", word) if part]
    return [part if UNSPACED.match(part) else stem(part) for part in parts]


def _plain(word: str) -> str:
    """Without accents, and ё as е; й stays, for it is a letter and not an accented и."""
    word = word.replace("ё", "е").replace("’", "'")
    if word.isascii() or CYRILLIC.search(word):
        return word if word.isascii() else word.replace("\u0301", "")
    bare = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(one for one in bare if unicodedata.category(one) != "Mn"))


def _letters(word: str) -> str:
    return "".join(one for one in word if one.isalnum())


def _stemmed(language: str, word: str) -> str:
    with _LOCK:  # a stemmer holds the word it works on
        stemmed: str = _stemmer(language).stemWord(word)
    return stemmed


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(language)
