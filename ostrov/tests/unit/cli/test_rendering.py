"""How results are shown."""

from __future__ import annotations

import json
from collections.abc import Callable
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


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """A terminal of so many columns."""

    def of(columns: int) -> None:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))

    return of


RUN = {
    "id": "01a20cab-5ed6-76ab-9264-382c6d6df0d5",
    "task": "raf.media.develop",
    "state": "dead",
    "created": datetime.now(UTC),
    "finished": None,
    "queue": "media",
    "attempt": 3,
    "arguments": '{"media_id":117670470434820590}',
}


def test_on_a_terminal_that_is_wide_enough_nothing_is_cut(terminal: Callable[[int], None]) -> None:
    terminal(200)
    _, row = lines_of([RUN])
    for value in ("01a20cab-5ed6-76ab-9264-382c6d6df0d5", f"{RUN['created']:%Y-}", '{"media_id":117670470434820590}'):
        assert value in row


def test_on_a_narrower_one_times_are_short_and_empty_columns_are_left_out(terminal: Callable[[int], None]) -> None:
    terminal(110)
    head, row = lines_of([RUN])
    assert "FINISHED" not in head
    assert RUN["id"] in row
    assert f"{RUN['created']:%Y-}" not in row
    assert width(row) <= 110


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_on_a_narrow_one_a_row_is_lines_of_its_own(terminal: Callable[[int], None], columns: int) -> None:
    terminal(columns)
    lines = lines_of([RUN, RUN])
    assert all(width(text) <= columns for text in lines)
    assert len([text for text in lines if text.startswith(RUN["id"])]) == 2
    assert "  attempt 3" in "\n".join(lines) or " · attempt 3" in "\n".join(lines)
    assert "finished" not in "\n".join(lines)


@pytest.mark.parametrize("columns", [20, 40, 60, 79])
def test_a_table_fits_the_terminal_by_its_widest_columns(columns: int) -> None:
    found = fitted([4, 60, 8, 30], columns)
    assert sum(found) + 2 * 3 <= max(columns, 8 * 3 + 4 + 6)
    assert found[0] == 4
    assert found[2] == 8


def test_json_has_times_and_structs(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([Cup(1), datetime(2026, 1, 2, tzinfo=UTC)])
    assert json.loads(capsys.readouterr().out) == [{"size": 1, "note": ""}, "2026-01-02T00:00:00Z"]
