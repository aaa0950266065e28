"""What people type, read with Mastodon's operators."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from raf.search.matching import fts5, tsquery
from raf.search.query import BadQuery, Words, moment, parse


def day(year: int, month: int, date: int) -> float:
    return datetime(year, month, date, tzinfo=UTC).timestamp()


def test_words_phrases_beginnings_and_what_is_unwanted() -> None:
    query = parse('soy "coconut raf" -milk -"black tea" koko* +cup «с кокосом»')
    assert query.wanted == [
        Words(("soy",)),
        Words(("coconut", "raf")),
        Words(("koko",), open=True),
        Words(("cup",)),
        Words(("с", "кокос")),
    ]
    assert parse("over-roast*").wanted == [Words(("over", "roast"), open=True)]
    assert query.unwanted == [Words(("milk",)), Words(("black", "tea"))]


def test_operators_with_their_opposites() -> None:
    query = parse("from:@Anna -from:boris@elsewhere.example has:Image -is:reply language:Russian -language:en-GB in:library")
    assert (query.authors, query.no_authors) == (["anna"], ["boris@elsewhere.example"])
    assert (query.traits, query.no_traits) == ({"image"}, {"reply"})
    assert (query.languages, query.no_languages) == ({"ru"}, {"en"})
    assert (query.place, parse("x -in:library").place) == ("library", "public")


def test_times_are_days_in_utc() -> None:
    assert parse("before:2026-03-01").spans == [(0.0, day(2026, 3, 1))]
    assert parse("after:2026-03-01").spans[0][0] == day(2026, 3, 2)
    assert parse("during:2026-03-01").spans == [(day(2026, 3, 1), day(2026, 3, 2))]
    assert parse("-during:2026-12").no_spans == [(day(2026, 12, 1), day(2027, 1, 1))]
    assert moment("2025") == (day(2025, 1, 1), day(2026, 1, 1))
    assert moment("1767225600") == (day(2026, 1, 1), day(2026, 1, 1) + 1)
    assert moment("2026-01-01T03:00:00+03:00")[0] == day(2026, 1, 1)


@pytest.mark.parametrize(
    "text", ["before:yesterday", "during:2026-13", "after:9999", "after:9999-12-31", "in:here", "during:0000"]
)
def test_values_that_cannot_be_are_told(text: str) -> None:
    with pytest.raises(BadQuery):
        parse(text)


@pytest.mark.parametrize("text", ["", "  ", '"', "-", '""', "☕", "*", "-☕", "- -", "+", "in:all"])
def test_nothing_is_looked_for_in_nothing(text: str) -> None:
    assert not parse(text)


def test_words_with_a_colon_that_are_no_operators_are_words() -> None:
    assert parse("https://raf.example/tea").wanted == [Words(("https", "raf", "exampl", "tea"))]
    assert parse("note: from: me").wanted == [Words(("note",)), Words(("from",)), Words(("me",))]


def test_both_databases_are_asked_the_same() -> None:
    query = parse('a "b c" d* -e -"f g"')
    assert fts5(query.wanted, query.unwanted) == '("a" AND "b c" AND "d"*) NOT ("e" OR "f g")'
    assert tsquery(query.wanted, query.unwanted) == "'a' & ('b' <-> 'c') & 'd':* & !('e') & !(('f' <-> 'g'))"
