"""Words are compared by their stems."""

from __future__ import annotations

import pytest

from raf.search.words import LONGEST, MOST, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("кокосовый", "кокосового"), ("Ёлка", "елки"), ("кофейни", "кофейня"), ("пили", "пила"), ("ЧАШКА", "чашку")),
        *(("coffees", "Coffee"), ("roasted", "roasting"), ("barista's", "baristas"), ("café", "cafe"), ("naïve", "naive")),
        *(("ﬁlter", "filter"), ("don’t", "don't")),
    ],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert stems(one) == stems(other)


@pytest.mark.parametrize(("one", "other"), [("кот", "кит"), ("чай", "час"), ("soy", "so"), ("раф", "граф")])
def test_other_words_are_others(one: str, other: str) -> None:
    assert stems(one) != stems(other)


def test_scripts_without_spaces_are_found_by_their_characters() -> None:
    assert stems("コーヒーを飲む") == list("コーヒーを飲む")


def test_only_letters_and_digits_are_left() -> None:
    found = stems(
        "a'b \"c\" d:* <e> f&g | !h (i) \x00j д'артаньян об’єкт a'ё ' OR 1=1 -- _k_ ☕ #тег @anna https://raf.example/?q=1"
    )
    assert all(stem.isalnum() for stem in found)
    assert stems("☕ … _ '") == []


def test_what_is_too_long_is_cut() -> None:
    assert len(stems("x" * 500)[0]) == LONGEST
    assert len(stems("a b " * MOST)) == MOST
