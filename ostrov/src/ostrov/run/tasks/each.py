"""Rules in the words of the `schedule` library that no cron line has: every third day, every two hours at half
past, from two to five hours. Pure: moments in, moments out."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from ostrov.run.tasks.wall import moment, shown

REAL = {"seconds": 1, "minutes": 60, "hours": 3600}
"""Units that follow the real time, in seconds."""
WALL = {"days": 1, "weeks": 7}
"""Units that follow the calendar, in days."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TEXT = re.compile(r"(\d+)(?: to (\d+))? (seconds|minutes|hours|days|weeks)(?: at (\d\d:\d\d:\d\d))?|([a-z]+day)(?: at (\S+))?")


@dataclass(frozen=True)
class Each:
    """Each `count` units of time, or each `weekday`; with `most` a number of units from `count` to `most`, drawn anew for each
    tick (from the tick itself, so that every scheduler draws the same).

    `at` is the time on the wall, `HH:MM:SS`, of which hours count their minutes and seconds and minutes their seconds; without
    it days and weeks keep the time of day of the first tick.
    """

    count: int
    unit: str
    timezone: str
    most: int | None = None
    weekday: int | None = None
    at: str | None = None

    @property
    def text(self) -> str:
        span = f"{self.count} to {self.most} {self.unit}" if self.most is not None else f"{self.count} {self.unit}"
        return "each " + (span if self.weekday is None else WEEKDAYS[self.weekday]) + (f" at {self.at}" if self.at else "")

    def next(self, after: float, tick: float | None = None) -> float:
        """The first tick after a moment, counted from a known `tick`, else from that moment."""
        base = after if tick is None or tick > after else tick
        units = self._drawn(base)
        if self.most is not None and self._step(base, units, base == after and tick is None) <= after:
            base, units = after, self._drawn(after)
        found, steps = base, 0
        if self.unit in REAL and self.at is None:
            length = units * REAL[self.unit]
            return base + (max(0, (after - base) // length) + 1) * length
        while found <= after:
            steps += 1
            found = self._step(base, units * steps, tick is None)
        return found

    def _step(self, base: float, units: int, first: bool) -> float:
        wall = shown(base, self.timezone)
        if self.unit in REAL:
            reached = base + units * REAL[self.unit]
            there = shown(reached, self.timezone)
            return reached + (self._at(there) - there).total_seconds()
        if first and self.weekday is not None:
            ahead = (self.weekday - wall.weekday()) % 7
            wall += timedelta(days=ahead - 7)
        return moment(self._at(wall + timedelta(days=units * WALL[self.unit])), self.timezone)

    def _at(self, wall: datetime) -> datetime:
        if self.at is None:
            return wall
        hour, minute, second = map(int, self.at.split(":"))
        if self.unit == "minutes":
            return wall.replace(second=second, microsecond=0)
        if self.unit == "hours":
            return wall.replace(minute=minute, second=second, microsecond=0)
        return wall.replace(hour=hour, minute=minute, second=second, microsecond=0)

    def _drawn(self, base: float) -> int:
        if self.most is None:
            return self.count
        return random.Random(f"{base!r} {self.text}").randint(self.count, self.most)  # noqa: S311 - no secret


def read(text: str, timezone: str) -> Each:
    """The rule of a text as `Each.text` writes it, without its first word. Raises ValueError."""
    found = TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a rule")
    count, most, unit, at, weekday, weekday_at = found.groups()
    if weekday is not None:
        return Each(1, "weeks", timezone, weekday=WEEKDAYS.index(weekday), at=weekday_at)
    return Each(int(count), unit, timezone, None if most is None else int(most), at=at)
