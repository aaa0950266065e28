"""How results are shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest

from ostrov.cli.plain import cut, padded, plain, width
from ostrov.cli.rendering import fitted, lines_of, print_json


class Cup(msgspec.Struct):
    size: int
    note: str = ""


def test_rows_are_an_aligned_table() -> None:
    rows = [{"name": "ann", "cups": 3}, {"name": "boris", "cups": 12}]
    assert lines_of(rows) == ["NAME   CUPS", "ann       3", "boris    12"]


def test_structs_are_rows_too() -> None:
    assert lines_of([Cup(1), Cup(2, "no sugar")]) == ["SIZE  NOTE", "   1", "   2  no sugar"]


def test_a_mapping_is_named_lines_with_tables_below() -> None:
    assert lines_of({"first_name": "ann", "n": None, "cups": [Cup(1)]}) == [
        "first_name  ann",
        "n",
        "cups:",
        "  SIZE  NOTE",
        "     1",
    ]


def test_wide_characters_take_two_columns() -> None:
    assert width("茶") == 2
    assert padded("茶", 4) == "茶  "
    assert cut("茶茶茶", 4) == "茶…"


def test_nothing_that_others_wrote_steers_the_terminal() -> None:
    assert "\x1b" not in "".join(lines_of([{"name": "\x1b[31mred\x07\u202e"}]))
    assert plain("a\nb\r\nc\td") == "a b c    d"


@pytest.mark.parametrize("columns", [20, 40, 60, 79])
def test_a_table_fits_the_terminal_by_its_widest_columns(columns: int) -> None:
    found = fitted([4, 60, 8, 30], columns)
    assert sum(found) + 2 * 3 <= max(columns, 8 * 3 + 4 + 6)
    assert found[0] == 4
    assert found[2] == 8


def test_json_has_times_and_structs(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([Cup(1), datetime(2026, 1, 2, tzinfo=UTC)])
    assert json.loads(capsys.readouterr().out) == [{"size": 1, "note": ""}, "2026-01-02T00:00:00Z"]
