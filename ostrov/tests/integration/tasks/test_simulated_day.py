"""24 simulated hours over a change of the clock, three schedulers at once, one of them started anew in the middle: each tick of
each kind of schedule becomes a run exactly once."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ostrov import Component, run_tasks, schedule, task
from ostrov.run.tasks.scheduler import Scheduler
from ostrov.testing import running

pytestmark = pytest.mark.long
BERLIN = ZoneInfo("Europe/Berlin")
HOURS = 24
ran: Counter[str] = Counter()


@task(cron="*/15 * * * *", timezone="Europe/Berlin")
async def quarters() -> None:
    ran["quarters"] += 1


@task(cron="30 2 * * *", timezone="Europe/Berlin")
async def nightly() -> None:
    ran["nightly"] += 1


@task(every="10 minutes")
async def interval() -> None:
    ran["interval"] += 1


async def line(name: str) -> None:
    ran[name] += 1


schedule.every(7).minutes.do(line, "seven minutes")
schedule.every().hour.do(line, "hour")
schedule.every().day.at("02:30").do(line, "day")
schedule.every().sunday.at("02:30").do(line, "sunday")
schedule.every().sunday.at("02:30", "America/New_York").do(line, "new york")
schedule.every().monday.do(line, "monday")
schedule.every(5).minutes.at(":17").do(line, "seventeen")
schedule.every().hour.at(":30").do(line, "half")
schedule.every(2).hours.at(":45").do(line, "two hours")
schedule.every(5).to(10).minutes.do(line, "span")

component = Component(name="day", tasks=[__name__])
HERE = f"{__name__}:component"
SPRING = datetime(2025, 3, 29, 18, 0, 5, tzinfo=BERLIN)  # 02:00 → 03:00 in the night to the 30th, a Sunday
AUTUMN = datetime(2025, 10, 25, 18, 0, 5, tzinfo=BERLIN)  # 03:00 → 02:00 in the night to the 26th, a Sunday


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def expected(start: float, night: float, new_york: float) -> dict[str, list[float]]:
    """The ticks of the day as a person counts them: elapsed time for intervals, the wall for the rest."""
    end = start + HOURS * 3600
    minutes = [m for m in range(int(start) // 60 * 60, int(end) + 1, 60) if start < m <= end]

    def wall(minute: float) -> datetime:
        return datetime.fromtimestamp(minute, BERLIN)

    def after(first: float, step: float) -> list[float]:
        return [first + step * k for k in range(int((end - first) // step) + 1)]

    return {
        "quarters": [m for m in minutes if wall(m).minute % 15 == 0],
        "nightly": [night],
        "interval": after(start + 600, 600),
        "seven minutes": after(start + 420, 420),
        "hour": after(start + 3600, 3600),
        "day": [night],
        "sunday": [night],
        "new york": [new_york],
        "monday": [],
        "seventeen": after(start + 300 + 12, 300),  # 18:00:05, five minutes on, at second 17
        "half": [m for m in minutes if wall(m).minute == 30],
        "two hours": after(start + 2 * 3600 + 45 * 60 - 5, 2 * 3600),
    }


@pytest.mark.parametrize(
    ("begin", "night", "new_york"),
    [
        (SPRING, "2025-03-30T01:00", "2025-03-30T06:30"),
        (AUTUMN, "2025-10-26T00:30", "2025-10-26T06:30"),
    ],
    ids=["March", "October"],
)
async def test_each_tick_of_a_day_is_one_run(
    begin: datetime, night: str, new_york: str, tmp_path: Path, database: list[str]
) -> None:
    ran.clear()
    start = begin.timestamp()
    clock = Clock(start)
    end = start + HOURS * 3600
    late = random.Random(1)
    overrides = [*database, "tasks.timezone=Europe/Berlin"]
    async with AsyncExitStack() as stack:
        applications = [await stack.enter_async_context(running(tmp_path, [HERE], overrides)) for _ in range(3)]
        schedulers = [Scheduler(application, clock) for application in applications]
        for one in schedulers:
            await one.declare()
        started_anew = False
        while clock.now <= end + 60:  # also what is due at the very end
            wait = min(await asyncio.gather(*(one.fire_due() for one in schedulers)))
            await run_tasks(applications[0])
            if clock.now > start + 12 * 3600 and not started_anew:
                started_anew = True
                schedulers[1] = Scheduler(applications[1], clock)
                await schedulers[1].declare()
            clock.now += wait + late.random()
        rows = await applications[0].store.read(
            lambda c: c.rows("SELECT schedule_key, arguments, tick FROM task_finished_run WHERE state = 'successful'")
        )
    found: dict[str, list[float]] = {"monday": []}
    for key, arguments, tick in rows:
        name = arguments.split('"')[3] if "name" in arguments else key.rpartition(".")[2]
        if tick <= end:
            found.setdefault(name, []).append(tick)
    span = sorted(found.pop("span"))
    assert {name: sorted(ticks) for name, ticks in found.items()} == expected(start, utc(night), utc(new_york))
    gaps = {(later - earlier) / 60 for earlier, later in zip([start, *span], span, strict=False)}
    assert gaps == {5, 6, 7, 8, 9, 10}
    assert end - span[-1] < 600
    assert sum(ran.values()) == len(rows)
    assert time.time() > end
