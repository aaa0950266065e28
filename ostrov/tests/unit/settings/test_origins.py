"""Every value of a file knows its exact line, however TOML lets it be written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrov.core.settings.positions import toml_lines

FILE = '''\
# a comment with [brackets] and = signs
name = "isle"  # not [this]
db.pool = 1

[web]
host = """
first = "not a key"
[not.a.table]
"""
port = 8_000
hosts = [
    "a",  # ]
    "b = 2",
    'c',
]
"quiet" = true
nickname = \'\'\'
x = 1\'\'\'

[web.spare]
path = "/s"

[[web.routes]]
path = "/1"

[[web.routes]]
port = 5
path = "/2"

[extra]
inline = {a = 1, "b c" = {d = [2,
3]}, e = "}"}
at = 1979-05-27 07:32:00Z
"q.uoted" . next = 1
nested = [[1, 2], [
  {x = 1},
  {x = 2}]]
'''
LINES = {
    ("name",): 2,
    ("db", "pool"): 3,
    ("web",): 5,
    ("web", "host"): 6,
    ("web", "port"): 10,
    ("web", "hosts"): 11,
    ("web", "hosts", 0): 12,
    ("web", "hosts", 1): 13,
    ("web", "hosts", 2): 14,
    ("web", "quiet"): 16,
    ("web", "nickname"): 17,
    ("web", "spare", "path"): 21,
    ("web", "routes"): 23,
    ("web", "routes", 0): 23,
    ("web", "routes", 0, "path"): 24,
    ("web", "routes", 1): 26,
    ("web", "routes", 1, "port"): 27,
    ("web", "routes", 1, "path"): 28,
    ("extra", "inline"): 31,
    ("extra", "inline", "a"): 31,
    ("extra", "inline", "b c", "d"): 31,
    ("extra", "inline", "b c", "d", 1): 32,
    ("extra", "inline", "e"): 32,
    ("extra", "at"): 33,
    ("extra", "q.uoted", "next"): 34,
    ("extra", "nested", 0, 1): 35,
    ("extra", "nested", 1, 0, "x"): 36,
    ("extra", "nested", 1, 1, "x"): 37,
}


@pytest.mark.parametrize("path", LINES)
def test_the_line_is_exact(path: tuple[str | int, ...]) -> None:
    tomllib.loads(FILE)
    assert toml_lines(FILE)[path] == LINES[path]


def test_windows_line_ends_count_once() -> None:
    assert toml_lines("a = 1\r\n\r\nb = 2\r\n") == {("a",): 1, ("b",): 3}


def test_tables_inside_an_array_of_tables_belong_to_its_last_element() -> None:
    lines = toml_lines("[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2\n[[a.d]]\n[[a.d]]\ne = 1\n")
    assert lines["a", 0, "b", "c"] == 3
    assert lines["a", 1, "b", "c"] == 6
    assert lines["a", 1, "d", 1, "e"] == 9


def test_origins_are_shown_for_each_value_inside_a_list_of_tables(island: Any) -> None:
    island.write("ostrov.toml", FILE)
    shown = {row.key: (row.value, row.origin) for row in island.load().tree.shown()}
    assert shown["web.routes[0].path"] == ('"/1"', "ostrov.toml:24")
    assert shown["web.routes[1].port"] == ("5", "ostrov.toml:27")
    assert shown["web.hosts"] == ('["a","b = 2","c"]', "ostrov.toml:11")
    assert shown['extra."q.uoted".next'] == ("1", "ostrov.toml:34")


def test_a_struct_that_a_file_adds_shows_its_defaults_too(island: Any) -> None:
    island.write("ostrov.toml", "[web.by_name.mail]\nport = 3\n\n[web.spare]\n")
    loaded = island.load()
    assert loaded.tree.origin("web.by_name.mail.port") == "ostrov.toml:2"
    assert loaded.tree.origin("web.by_name.mail.path") == "default in code"
    assert loaded.tree.origin("web.spare.path") == "default in code"
    assert loaded.settings.web.spare.path == "/"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)} = {_written(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(_written(inner) for inner in value) + "\n]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return _key(value)


def _key(text: str) -> str:
    return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\\x7f' else c for c in text) + '"'


values = st.recursive(
    st.integers(-100, 100) | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.\"'=[]#\n ", max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text("xyz.\"'=[]#\n ", min_size=1, max_size=4), values, max_size=5), st.integers(0, 3))
def test_every_value_of_any_file_has_the_line_where_it_stands(data: dict[str, Any], gap: int) -> None:
    text, expected = "", {}
    for name, value in data.items():
        text += "\n# [c]\n" * gap
        expected[name] = text.count("\n") + 1
        text += f"{_key(name)} = {_written(value)}\n"
    assert tomllib.loads(text) == data
    lines = toml_lines(text)
    assert {name: lines[name,] for name in data} == expected
    assert all(_has_line(lines, (name,), value) for name, value in data.items())


def _has_line(lines: dict[Any, int], path: tuple[Any, ...], value: Any) -> bool:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return path in lines and all(_has_line(lines, (*path, step), below) for step, below in inner)
