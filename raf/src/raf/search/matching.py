"""A full-text condition as each database wants it. Stems are letters and digits only, so they need no quoting."""

from __future__ import annotations

from collections.abc import Sequence

from raf.search.query import Words


def fts5(wanted: Sequence[Words], unwanted: Sequence[Words] = ()) -> str:
    """As SQLite's FTS5 reads it (https://www.sqlite.org/fts5.html#full_text_query_syntax); something must be wanted."""
    every = " AND ".join(_fts5(words) for words in wanted)
    none = " OR ".join(_fts5(words) for words in unwanted)
    return f"({every}) NOT ({none})" if none else every


def tsquery(wanted: Sequence[Words], unwanted: Sequence[Words] = ()) -> str:
    """As PostgreSQL reads a `tsquery`."""
    return " & ".join([*(_tsquery(words) for words in wanted), *(f"!({_tsquery(words)})" for words in unwanted)])


def fts5_typed(stems: Sequence[str], last: str) -> str:
    """All of the stems, in any order; instead of the last one also a word that begins with `last`."""
    return " AND ".join([*(f'"{stem}"' for stem in stems[:-1]), f'("{stems[-1]}" OR "{last}"*)'])


def tsquery_typed(stems: Sequence[str], last: str) -> str:
    """The same for PostgreSQL."""
    return " & ".join([*(f"'{stem}'" for stem in stems[:-1]), f"('{stems[-1]}' | '{last}':*)"])


def tsvector(stems: Sequence[str]) -> str:
    """Stems with their places, as PostgreSQL reads a `tsvector`."""
    return " ".join(f"'{stem}':{place}" for place, stem in enumerate(stems, 1))


def _fts5(words: Words) -> str:
    return f'"{" ".join(words.stems)}"' + ("*" if words.open else "")


def _tsquery(words: Words) -> str:
    quoted = [f"'{stem}'" for stem in words.stems]
    if words.open:
        quoted[-1] += ":*"
    return f"({' <-> '.join(quoted)})" if len(quoted) > 1 else quoted[0]
