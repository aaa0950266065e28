"""Times, sizes and words as people read them."""

from __future__ import annotations

import pytest

from ostrov.console.rendering import ago, as_json, duration, moment, number, query_string, size, ticks, ucfirst


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "—"),
        (0, "0 ms"),
        (0.0000034, "3 µs"),
        (0.0123, "12 ms"),
        (0.9996, "1.0 s"),
        (9.96, "10 s"),
        (59.6, "1 m"),
        (61, "1 m 1 s"),
        (3600, "1 h"),
        (3725, "1 h 2 m"),
        (86399.9, "1 d"),
        (90000, "1 d 1 h"),
        (-5, "−5.0 s"),
    ],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("back", "text"),
    [(0, "just now"), (5, "5 s ago"), (61, "1 m ago"), (7200, "2 h ago"), (200000, "2 d ago"), (-70, "in 1 m")],
)
def test_distances_in_time(back: float, text: str) -> None:
    assert ago(1_000_000 - back, 1_000_000) == text


def test_numbers_and_sizes() -> None:
    assert (number(1234567), number(0.5), number(2.0), number(None)) == ("1\u202f234\u202f567", "0.5", "2", "—")
    assert (size(0), size(1023), size(1536), size(123456789), size(None)) == ("0 B", "1023 B", "1.5 KiB", "118 MiB", "—")
    assert moment(0) == "1970-01-01 00:00:00"
    assert moment(None) == "—"


def test_text_in_backticks_is_code_and_everything_else_is_escaped() -> None:
    assert ticks("`ostrov up` & <b>") == "<code>ostrov up</code> &amp; &lt;b&gt;"
    assert ticks("an odd ` tick") == "an odd ` tick"
    assert ticks("`<script>`") == "<code>&lt;script&gt;</code>"


def test_sentences_begin_with_a_capital_but_names_stay() -> None:
    assert ucfirst("there is none") == "There is none"
    assert ucfirst("tasks.retry: no") == "tasks.retry: no"
    assert ucfirst("") == ""


def test_values_of_any_kind_have_a_text() -> None:
    assert [as_json(value) for value in (None, 1, True, 2.5, [1, "a"], {"a": object})][:5] == [
        "—",
        "1",
        "true",
        "2.5",
        '[1,"a"]',
    ]


def test_a_query_leaves_out_what_is_empty() -> None:
    assert query_string({"a": "", "b": None, "c": "x y", "d": 0}) == "?c=x+y&d=0"
    assert query_string({}) == ""
