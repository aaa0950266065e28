"""The grammar of values on a command line and in variables, typed by the declared field."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrov.core.settings.declared import ANYTHING, declared
from ostrov.core.settings.values import read_value, split_top


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("1_000", 1000),
        ("0x1f", 31),
        ("1.5", 1.5),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("inf", float("inf")),
        ("true", True),
        ("False", False),
        ("null", None),
        ("NULL", None),
        ("none", "none"),
        ("", ""),
        ("text with spaces", "text with spaces"),
        ("http://h:80/a?b=c", "http://h:80/a?b=c"),
        ("12:30", "12:30"),
        ("1.2.3", "1.2.3"),
        ("'5'", "5"),
        ('"true"', "true"),
        (r"'it\'s'", "it's"),
        (r'"a\"b"', 'a"b'),
        (r"'a\nb'", r"a\nb"),
        ("[]", []),
        ("[1, b, null]", [1, "b", None]),
        ("[a b , 'c, d']", ["a b", "c, d"]),
        ("[[1],[2,[3]]]", [[1], [2, [3]]]),
        ("{}", {}),
        ("{a: 1, b: {c: [x]}}", {"a": 1, "b": {"c": ["x"]}}),
        ("{a=1, 'b c'=http://x:80}", {"a": 1, "b c": "http://x:80"}),
        (r"[a\,b]", ["a,b"]),
        ("[${a.b}, x]", ["${a.b}", "x"]),
        ("[1, 2,]", [1, 2]),
        ("[1", "[1"),
        ("[1] 2", "[1] 2"),
        ("{a}", "{a}"),
        ("[,]", "[,]"),
        ("@format {this.a}", "@format {this.a}"),
        ("${a.b}", "${a.b}"),
        ("9" * 5000, "9" * 5000),
        ("[" * 500 + "]" * 500, "[" * 500 + "]" * 500),
    ],
)
def test_a_free_value_is_what_it_looks_like(text: str, value: Any) -> None:
    found = read_value(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["123456", "true", "null", "1e5", "[a, b]", "{a: 1}", " spaces ", "", "it's", "a,b"])
def test_a_text_field_takes_everything_as_text(text: str) -> None:
    assert read_value(text, declared(str)) == text


def test_a_quoted_text_loses_its_quotes_even_there() -> None:
    assert read_value("'a b'", declared(str)) == "a b"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (str | None, "null", None),
        (str | None, "5", "5"),
        (int | None, "null", None),
        (int | str, "5", 5),
        (int | str, "true", "true"),
        (int | str, "x", "x"),
        (float | str, "5", 5),
        (list[str], "[1, true]", ["1", "true"]),
        (list[int], "[1, 2]", [1, 2]),
        (tuple[str, ...], "[1]", ["1"]),
        (dict[str, str], "{a: 1}", {"a": "1"}),
        (list[str] | str, "[a]", ["a"]),
        (list[str] | str, "5", "5"),
        (Literal["1", "2"], "1", "1"),
        (Literal["a"], "b", "b"),
        (bool, "yes", True),
        (bool, "Off", False),
        (bool, "true", True),
        (datetime, "2026-01-02T03:04:05", "2026-01-02T03:04:05"),
        (Path, "a/b", "a/b"),
    ],
)
def test_a_value_is_typed_by_its_field(kind: Any, text: str, value: Any) -> None:
    assert read_value(text, declared(kind)) == value


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        ("[a,b],c", ["[a,b]", "c"]),
        ("'a,b',{c: 1, d: 2}", ["'a,b'", "{c: 1, d: 2}"]),
        ("it's,fine", ["it's", "fine"]),
        ("it's,isn't", ["it's", "isn't"]),
        (r"a\,b,c", [r"a\,b", "c"]),
        ("f(a,b),c", ["f(a,b)", "c"]),
        ("${a},${b}", ["${a}", "${b}"]),
    ],
)
def test_commas_split_only_outside_of_quotes_and_brackets(text: str, pieces: list[str]) -> None:
    assert split_top(text) == pieces


@given(st.text(alphabet="[]{}()'\",:=\\$ a1.\n", max_size=30) | st.text(max_size=30))
def test_every_text_has_a_value(text: str) -> None:
    for place in (ANYTHING, declared(str), declared(list[int]), declared(dict[str, str]), declared(int | None)):
        read_value(text, place)
    split_top(text)


scalars = st.integers(-(2**63), 2**63) | st.booleans() | st.none() | st.text(max_size=6)
nested = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=8
)


def _written(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_written(name)}: {_written(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return (
        {None: "null", True: "true", False: "false"}.get(value, str(value))
        if not isinstance(value, int) or isinstance(value, bool)
        else str(value)
    )


@given(nested)
def test_a_value_that_was_written_down_is_read_back(value: Any) -> None:
    assert read_value(_written(value)) == value
