"""Log lines as people read them."""

from __future__ import annotations

import pytest

from ostrov.console.views.logs import draw, matches
from ostrov.core.supervisor.logbook import Line


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("INFO started", ""),
        ("2026 ERROR cannot", "bad"),
        ("Traceback (most recent call last):", "bad"),
        ("ValueError: no", "bad"),
        ("WARNING slow", "warn"),
        ("a forewarning", ""),
        ("0 failed", ""),
        ("3 failed", "bad"),
    ],
)
def test_a_line_weighs_what_it_says(text: str, level: str) -> None:
    assert draw(Line(1.5, "web", text)).level == level


def test_a_line_has_no_escape_codes_and_its_time_to_the_millisecond() -> None:
    drawn = draw(Line(3661.25, "web", "\x1b[1;31mred\x1b[0m & <b>"))
    assert (drawn.text, drawn.time, drawn.service) == ("red & <b>", "01:01:01.250", "web")


def test_words_are_found_in_either_case() -> None:
    line = Line(0, "web", "Listening on 8000")
    assert matches(line, "listening")
    assert matches(line, "")
    assert not matches(line, "worker")
