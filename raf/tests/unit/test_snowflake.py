"""Ids that are times."""

from __future__ import annotations

from raf.snowflake import Snowflakes, first_of, time_of
from raf.times import day, iso, midnight


def test_ids_only_grow_even_when_the_clock_does_not() -> None:
    made = Snowflakes(slot=1)
    ids = [made.next(at) for at in (1000.0, 1000.0, 999.0, 1000.001, *[1000.001] * 3000, 1001.0)]
    assert ids == sorted(set(ids))


def test_an_id_tells_its_time() -> None:
    identity = Snowflakes().next(1_700_000_000.123)
    assert abs(time_of(identity) - 1_700_000_000.123) < 0.001
    assert first_of(1_700_000_000.123) <= identity < first_of(1_700_000_000.124)


def test_processes_do_not_share_ids() -> None:
    assert Snowflakes(slot=1).next(1000.0) != Snowflakes(slot=2).next(1000.0)


def test_times_are_written_as_mastodon_writes_them() -> None:
    assert iso(1_700_000_000.1234) == "2023-11-14T22:13:20.123Z"
    assert iso(1_700_000_000.9999) == "2023-11-14T22:13:21.000Z"
    assert day(1_700_000_000) == "2023-11-14"
    assert midnight(1_700_000_000) == "2023-11-14T00:00:00.000Z"
