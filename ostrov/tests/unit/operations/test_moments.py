"""Times and durations as people write them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrov.core.operations.moments import parse_duration, parse_time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5 minutes", 300),
        ("1h30m", 5400),
        ("1 hour and 5 sec", 3605),
        ("90", 90),
        ("1.5 d", 129600),
        ("PT5M", 300),
        ("2w", 1209600),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", " ", "5 parsecs", "minutes", "5 minutes later", "P", "1h 30"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_duration(text)


@given(st.text(max_size=40))
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError, OverflowError):
        parse_duration(text)


def test_a_time_without_a_zone_is_utc() -> None:
    assert parse_time("2026-01-31 12:00") == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert parse_time("2026-01-31T12:00+03:00") == datetime(2026, 1, 31, 9, tzinfo=UTC)


def test_a_time_may_be_said_from_now() -> None:
    wait = parse_time("in 5 minutes") - datetime.now(UTC)
    assert timedelta(minutes=4, seconds=58) < wait <= timedelta(minutes=5)
