"""When schedules tick, also on the nights when the clock is changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ostrov import task
from ostrov.run.tasks.errors import NotATask
from ostrov.run.tasks.options import TaskOptions
from ostrov.run.tasks.rule import Cron, Every, rule_of

BERLIN = ZoneInfo("Europe/Berlin")  # 2026-03-29 02:00 → 03:00, 2026-10-25 03:00 → 02:00


def ticks(expression: str, start: datetime, count: int) -> list[str]:
    rule, moment, found = Cron(expression, "Europe/Berlin"), start.timestamp(), []
    for _ in range(count):
        moment = rule.next(moment)
        found.append(datetime.fromtimestamp(moment, BERLIN).strftime("%d %H:%M %z"))
    return found


def test_a_daily_time_keeps_its_wall_clock_over_both_changes() -> None:
    assert ticks("30 10 * * *", datetime(2026, 3, 28, tzinfo=BERLIN), 3) == [
        "28 10:30 +0100",
        "29 10:30 +0200",
        "30 10:30 +0200",
    ]
    assert ticks("30 10 * * *", datetime(2026, 10, 24, tzinfo=BERLIN), 3) == [
        "24 10:30 +0200",
        "25 10:30 +0100",
        "26 10:30 +0100",
    ]


def test_a_time_that_is_left_out_runs_once_that_night() -> None:
    found = ticks("30 2 * * *", datetime(2026, 3, 28, 12, tzinfo=BERLIN), 2)
    assert found == ["29 03:00 +0200", "30 02:30 +0200"]


def test_a_time_that_comes_twice_runs_once() -> None:
    found = ticks("30 2 * * *", datetime(2026, 10, 24, 12, tzinfo=BERLIN), 2)
    assert found == ["25 02:30 +0200", "26 02:30 +0100"]


def test_every_quarter_of_an_hour_follows_the_real_time() -> None:
    start = datetime(2026, 10, 24, 23, 59, tzinfo=UTC)
    rule, moment = Cron("*/15 * * * *", "Europe/Berlin"), start.timestamp()
    for step in range(12):
        moment = rule.next(moment)
        assert moment == start.timestamp() + 60 + step * 900


def test_an_interval_stays_on_its_grid() -> None:
    rule = Every(600)
    assert rule.next(1000.0) == 1600.0
    assert rule.next(1600.0, 1600.0) == 2200.0
    assert rule.next(9999.0, 1600.0) == 10000.0
    assert rule.next(10000.0, 1600.0) == 10600.0


@pytest.mark.parametrize("options", [{"cron": "61 * * * *"}, {"cron": "x"}, {"cron": "0 0 31 2 *"}, {"every": 0.0}])
def test_a_rule_that_cannot_be_is_refused_where_it_stands(options: dict[str, Any]) -> None:
    with pytest.raises(NotATask):
        rule_of(TaskOptions(name="never", **options), "UTC")
    with pytest.raises(NotATask):
        task(**options)(lambda: None)


def test_an_unknown_time_zone_is_named() -> None:
    with pytest.raises(NotATask, match="Mars/Olympus"):
        task(cron="@daily", timezone="Mars/Olympus")(lambda: None)
