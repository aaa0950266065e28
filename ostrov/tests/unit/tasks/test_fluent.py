"""The words of the `schedule` library: what each line means, and which are refused where they stand."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ostrov import schedule
from ostrov.run.tasks.errors import Refused, ScheduleError
from ostrov.run.tasks.fluent import BOARD
from ostrov.run.tasks.rule import parse, same, zone_of

BERLIN = "Europe/Berlin"
NOON = datetime(2025, 6, 4, 12, 0, 30, tzinfo=ZoneInfo(BERLIN)).timestamp()  # a Wednesday


def job(name: str = "all", day: datetime | None = None) -> None: ...


@pytest.fixture(autouse=True)
def empty_board(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No lines, and no project that another test has left open."""
    monkeypatch.setattr("ostrov.core.application._current", None)
    kept, BOARD.jobs = BOARD.jobs, []
    yield
    BOARD.jobs = kept


def ticks(line: schedule.Job, count: int = 2, start: float = NOON) -> list[str]:
    rule, found, tick = line.do(job).rule(BERLIN, start), [], None
    after = start
    for _ in range(count):
        tick = rule.next(after, tick)
        if tick is None:
            break
        after = tick
        found.append(datetime.fromtimestamp(tick, ZoneInfo(BERLIN)).strftime("%d.%m. %H:%M:%S"))
    return found


LINES: list[tuple[Any, list[str]]] = [
    (lambda e: e(10).minutes, ["04.06. 12:10:30", "04.06. 12:20:30"]),
    (lambda e: e().hour, ["04.06. 13:00:30", "04.06. 14:00:30"]),
    (lambda e: e().day.at("10:30"), ["05.06. 10:30:00", "06.06. 10:30:00"]),
    (lambda e: e().day.at("18:30:15"), ["04.06. 18:30:15", "05.06. 18:30:15"]),
    (lambda e: e().monday, ["09.06. 12:00:30", "16.06. 12:00:30"]),
    (lambda e: e().wednesday, ["11.06. 12:00:30", "18.06. 12:00:30"]),
    (lambda e: e().wednesday.at("13:15"), ["04.06. 13:15:00", "11.06. 13:15:00"]),
    (lambda e: e().sunday.at("9:05"), ["08.06. 09:05:00", "15.06. 09:05:00"]),
    (lambda e: e().minute.at(":17"), ["04.06. 12:01:17", "04.06. 12:02:17"]),
    (lambda e: e().hour.at(":45"), ["04.06. 12:45:00", "04.06. 13:45:00"]),
    (lambda e: e().hour.at("15:20"), ["04.06. 12:15:20", "04.06. 13:15:20"]),
    (lambda e: e(30).seconds, ["04.06. 12:01:00", "04.06. 12:01:30"]),
    (lambda e: e(5).minutes.at(":17"), ["04.06. 12:05:17", "04.06. 12:10:17"]),
    (lambda e: e(2).hours.at(":45"), ["04.06. 14:45:00", "04.06. 16:45:00"]),
    (lambda e: e(3).days.at("10:30"), ["07.06. 10:30:00", "10.06. 10:30:00"]),
    (lambda e: e(3).days, ["07.06. 12:00:30", "10.06. 12:00:30"]),
    (lambda e: e(2).weeks, ["18.06. 12:00:30", "02.07. 12:00:30"]),
    (lambda e: e().day.at("12:30", "Asia/Tokyo"), ["05.06. 05:30:00", "06.06. 05:30:00"]),
    (lambda e: e().hour.until("2025-06-04 13:30"), ["04.06. 13:00:30"]),
    (lambda e: e().hour.until("14:00:30"), ["04.06. 13:00:30", "04.06. 14:00:30"]),
    (lambda e: e().hour.until(clock_time(13, 30)), ["04.06. 13:00:30"]),
    (lambda e: e().hour.until(timedelta(hours=1)), ["04.06. 13:00:30"]),
    (lambda e: e().hour.until(datetime(2025, 6, 4, 11, 30, tzinfo=UTC)), ["04.06. 13:00:30"]),
    (lambda e: e().hour.until(datetime(2020, 1, 1)), []),
]


@pytest.mark.parametrize(("line", "expected"), LINES, ids=[str(number) for number in range(len(LINES))])
def test_a_line_ticks_as_the_library_says(line: Any, expected: list[str]) -> None:
    assert ticks(line(schedule.every), max(2, len(expected))) == expected


def test_a_span_draws_each_tick_and_every_scheduler_draws_the_same() -> None:
    rule = schedule.every(5).to(10).minutes.do(job).rule(BERLIN, NOON)
    tick, lengths = NOON, set()
    for _ in range(50):
        following = rule.next(tick, tick)
        assert following is not None
        assert following == rule.next(tick, tick)
        lengths.add((following - tick) / 60)
        tick = following
    assert lengths == {5, 6, 7, 8, 9, 10}
    late = rule.next(NOON + 86400, NOON)
    assert late is not None
    assert NOON + 86400 < late <= NOON + 86400 + 600


def test_days_keep_their_time_of_day_over_both_changes_of_the_clock() -> None:
    for start in (datetime(2025, 3, 29, 10, tzinfo=ZoneInfo(BERLIN)), datetime(2025, 10, 25, 10, tzinfo=ZoneInfo(BERLIN))):
        assert [tick[7:] for tick in ticks(schedule.every(2).days, 2, start.timestamp())] == ["10:00:00"] * 2
    gap = datetime(2025, 3, 28, 1, tzinfo=ZoneInfo(BERLIN)).timestamp()
    assert ticks(schedule.every(2).days.at("02:30"), 2, gap) == ["30.03. 03:00:00", "01.04. 02:30:00"]
    twice = datetime(2025, 10, 24, 1, tzinfo=ZoneInfo(BERLIN)).timestamp()
    assert ticks(schedule.every(2).days.at("02:30"), 2, twice) == ["26.10. 02:30:00", "28.10. 02:30:00"]


def test_every_rule_is_read_from_the_ledger_as_it_was_written() -> None:
    for line, _ in LINES:
        rule = line(schedule.every).do(job).rule(BERLIN, NOON)
        assert parse(rule.text, zone_of(rule)) == rule
    span = schedule.every(5).to(10).days.at("10:30").do(job).rule(BERLIN, NOON)
    assert parse(span.text, zone_of(span)) == span
    for text in ("", "each", "each x", "until", "until x: every 5", "later 5"):
        with pytest.raises(ValueError):
            parse(text, BERLIN).next(NOON)


def test_a_length_of_time_is_counted_from_the_first_start() -> None:
    line = schedule.every().hour.until(timedelta(hours=8)).do(job)
    assert same(line.rule(BERLIN, NOON), line.rule(BERLIN, NOON + 3600))
    assert not same(line.rule(BERLIN, NOON), schedule.every().hour.until(timedelta(hours=9)).do(job).rule(BERLIN, NOON))


def test_the_arguments_go_with_the_line() -> None:
    line = schedule.every().day.do(job, "ann", day=datetime(2025, 1, 2))
    assert line.arguments == '{"name":"ann","day":"2025-01-02T00:00:00"}'
    assert line.key == f"{__name__}.job {line.arguments} every day"
    assert schedule.every().day.do(job).key == f"{__name__}.job every day"
    assert schedule.every().day.do(job).key == f"{__name__}.job every day #2"
    with pytest.raises(Refused, match="it takes no argument 'nobody'"):
        schedule.every().day.do(job, nobody=1)
    with pytest.raises(Refused, match="argument name"):
        schedule.every().day.do(job, object())


def test_tags_find_lines_and_clear_takes_them_off() -> None:
    first = schedule.every().day.do(job).tag("mail", "daily")
    second = schedule.every().hour.do(job, "b").tag("mail")
    third = schedule.every().week.do(job, "c")
    assert schedule.get_jobs("mail") == [first, second]
    schedule.clear("daily")
    assert schedule.get_jobs() == [second, third]
    schedule.cancel_job(third)
    assert schedule.get_jobs() == [second]
    schedule.clear()
    assert schedule.get_jobs() == []


def test_the_decorator_leaves_the_function_as_it_is() -> None:
    assert schedule.repeat(schedule.every().day.at("10:30"), "ann")(job) is job
    assert [line.arguments for line in schedule.get_jobs()] == ['{"name":"ann"}']


class Thing:
    def method(self) -> None: ...


@pytest.mark.parametrize("function", [lambda: None, functools.partial(job, "x"), Thing().method, Thing.method, print, 5])
def test_what_no_later_process_could_find_is_refused(function: Any) -> None:
    with pytest.raises(ScheduleError, match="durably"):
        schedule.every().day.do(function)

    def closure() -> None: ...

    with pytest.raises(ScheduleError, match="durably"):
        schedule.every().day.do(closure)
    assert schedule.get_jobs() == []


@pytest.mark.parametrize(
    "line",
    [
        lambda e: e(0),
        lambda e: e(1.5),
        lambda e: e(2).minute,
        lambda e: e(2).monday,
        lambda e: e().minute.hour,
        lambda e: e(5).to(3),
        lambda e: e().day.at("25:00"),
        lambda e: e().day.at("10"),
        lambda e: e().day.at(10),
        lambda e: e().hour.at("10:30:00"),
        lambda e: e().minute.at("17"),
        lambda e: e().second.at(":17"),
        lambda e: e().week.at("10:30"),
        lambda e: e().at("10:30"),
        lambda e: e().day.at("10:30", "Mars/Olympus"),
        lambda e: e().day.until("whenever"),
        lambda e: e().day.until(5),
        lambda e: e().do(job),
        lambda e: e().day.do(job).do(job),
    ],
)
def test_a_line_that_cannot_be_is_refused_where_it_stands(line: Any) -> None:
    with pytest.raises(ScheduleError):
        line(schedule.every)
